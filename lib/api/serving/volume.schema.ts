import {
  bool,
  define,
  exactlyOne,
  forbidden,
  int32,
  int64,
  list,
  opaque,
  quantity,
  str,
  stringMap,
} from '../schema/builders.schema';
import { ObjectFieldSelector, ResourceFieldSelector } from './env.schema';

const KeyToPath = define(
  'KeyToPath',
  'A key and the file that it becomes.',
  { key: str('The key.'), path: str('Path of the file, relative to the volume.'), mode: int32('Permission bits of the file.') },
  { required: ['key', 'path'] },
);

const items = () => list(KeyToPath, 'The keys to show. Default: all of them.', { listType: 'atomic' });
const defaultMode = () => int32('Permission bits of files. Default: 0644.');

const SecretVolumeSource = define('SecretVolumeSource', 'A Secret as files.', {
  secretName: str('Name of the Secret.'),
  items: items(),
  defaultMode: defaultMode(),
  optional: bool('Whether the Secret or its keys may be missing.'),
});

const ConfigMapVolumeSource = define(
  'ConfigMapVolumeSource',
  'A ConfigMap as files.',
  {
    name: str('Name of the ConfigMap.'),
    items: items(),
    defaultMode: defaultMode(),
    optional: bool('Whether the ConfigMap or its keys may be missing.'),
  },
  { atomic: true },
);

const projection = (name: string, of: string) =>
  define(
    name,
    `A ${of} as files of the projected volume.`,
    { name: str(`Name of the ${of}.`), items: items(), optional: bool(`Whether the ${of} or its keys may be missing.`) },
    { atomic: true },
  );

const ServiceAccountTokenProjection = define(
  'ServiceAccountTokenProjection',
  'A token of the pod’s service account, renewed before it expires.',
  {
    audience: str('Who the token is for. Default: the API server.'),
    expirationSeconds: int64('Life of the token in seconds. Default: 3600.'),
    path: str('Path of the file, relative to the volume.'),
  },
  { required: ['path'] },
);

const DownwardAPIVolumeFile = define(
  'DownwardAPIVolumeFile',
  'A fact about the pod as a file: exactly one of fieldRef and resourceFieldRef.',
  {
    path: str('Path of the file, relative to the volume.'),
    mode: int32('Permission bits of the file.'),
    fieldRef: ObjectFieldSelector,
    resourceFieldRef: ResourceFieldSelector,
  },
  { required: ['path'] },
);

const DownwardAPIProjection = define('DownwardAPIProjection', 'Facts about the pod as files.', {
  items: list(DownwardAPIVolumeFile, 'The files.', { listType: 'atomic' }),
});

const VolumeProjection = define(
  'VolumeProjection',
  'One source of a projected volume: exactly one of these.',
  {
    secret: projection('SecretProjection', 'Secret'),
    configMap: projection('ConfigMapProjection', 'ConfigMap'),
    serviceAccountToken: ServiceAccountTokenProjection,
    downwardAPI: DownwardAPIProjection,
  },
  {
    forbidden: { clusterTrustBundle: forbidden.object, podCertificate: forbidden.object },
    rules: exactlyOne('secret', 'configMap', 'serviceAccountToken', 'downwardAPI'),
  },
);

const ProjectedVolumeSource = define('ProjectedVolumeSource', 'Several sources in one directory.', {
  sources: list(VolumeProjection, 'The sources.', { listType: 'atomic', maxItems: 100 }),
  defaultMode: defaultMode(),
});

const EmptyDirVolumeSource = define('EmptyDirVolumeSource', 'A directory that lives as long as the pod.', {
  medium: str('Empty, or Memory.'),
  sizeLimit: quantity('Upper limit of its size.'),
});

const HostPathVolumeSource = define(
  'HostPathVolumeSource',
  'A path of the node. Needs the feature `kubernetes.podspec-volumes-hostpath`.',
  { path: str('The path.'), type: str('What the path must be, such as Directory.') },
  { required: ['path'] },
);

const PersistentVolumeClaimVolumeSource = define(
  'PersistentVolumeClaimVolumeSource',
  'A claim for a persistent volume. Needs the feature `kubernetes.podspec-persistent-volume-claim`.',
  {
    claimName: str('Name of the claim.'),
    readOnly: bool('Must be true unless the feature `kubernetes.podspec-persistent-volume-write` is on.'),
  },
  { required: ['claimName'] },
);

const CSIVolumeSource = define(
  'CSIVolumeSource',
  'A volume of a CSI driver. Needs the feature `kubernetes.podspec-volumes-csi`.',
  {
    driver: str('Name of the driver.'),
    fsType: str('File system to mount.'),
    readOnly: bool('Mount read-only.'),
    nodePublishSecretRef: opaque('The Secret that the driver needs: `{ name }`.'),
    volumeAttributes: stringMap('Properties that the driver understands.'),
  },
  { required: ['driver'] },
);

const EphemeralVolumeSource = define(
  'EphemeralVolumeSource',
  'A volume claimed for this pod alone. Needs the feature `kubernetes.podspec-volumes-ephemeral`.',
  { volumeClaimTemplate: opaque('The claim: metadata and spec of a PersistentVolumeClaim.') },
);

const ImageVolumeSource = define(
  'ImageVolumeSource',
  'The content of an image. Needs the feature `kubernetes.podspec-volumes-image`.',
  { reference: str('The image.'), pullPolicy: str('Always, IfNotPresent or Never.') },
);

const otherSources = [
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cephfs',
  'cinder',
  'downwardAPI',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'gitRepo',
  'glusterfs',
  'iscsi',
  'nfs',
  'photonPersistentDisk',
  'portworxVolume',
  'quobyte',
  'rbd',
  'scaleIO',
  'storageos',
  'vsphereVolume',
];

export const Volume = define(
  'Volume',
  'A volume of the pod: a name and exactly one source.',
  {
    name: str('Name, unique in the pod.', {
      maxLength: 63,
      rules: [
        {
          rule: "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
          messageExpression: "'invalid value: ' + self",
          message: 'invalid value',
        },
      ],
    }),
    secret: SecretVolumeSource,
    configMap: ConfigMapVolumeSource,
    projected: ProjectedVolumeSource,
    emptyDir: EmptyDirVolumeSource,
    hostPath: HostPathVolumeSource,
    persistentVolumeClaim: PersistentVolumeClaimVolumeSource,
    csi: CSIVolumeSource,
    ephemeral: EphemeralVolumeSource,
    image: ImageVolumeSource,
  },
  {
    required: ['name'],
    forbidden: Object.fromEntries(otherSources.map((name) => [name, forbidden.object])),
    rules: exactlyOne(
      'secret',
      'configMap',
      'projected',
      'emptyDir',
      'hostPath',
      'persistentVolumeClaim',
      'csi',
      'ephemeral',
      'image',
    ),
  },
);

export const VolumeMount = define(
  'VolumeMount',
  'Where a container sees a volume.',
  {
    name: str('Name of the volume.', { maxLength: 63 }),
    mountPath: str('Absolute path in the container.', {
      maxLength: 4096,
      rules: [
        { rule: "self.startsWith('/')", messageExpression: "'invalid value: ' + self", message: 'invalid value' },
        {
          rule: "!(self in ['/', '/dev', '/dev/', '/dev/log', '/dev/log/'])",
          messageExpression: `'mountPath "' + self + '" is a reserved path'`,
          message: 'a reserved path',
        },
      ],
    }),
    readOnly: bool('Needed for every kind of volume but emptyDir, persistentVolumeClaim and ephemeral.'),
    subPath: str('A path inside the volume. Default: its root.'),
    mountPropagation: str('None or HostToContainer. Needs the feature `kubernetes.podspec-volumes-mount-propagation`.', {
      maxLength: 63,
      rules: [
        { rule: "self in ['None', 'HostToContainer']", message: 'mount propagation should be set to None or HostToContainer' },
      ],
    }),
  },
  { required: ['name', 'mountPath'], forbidden: { subPathExpr: forbidden.string, recursiveReadOnly: forbidden.stringP } },
);
