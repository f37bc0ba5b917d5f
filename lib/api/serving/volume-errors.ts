import {
  disallowedFields,
  type FieldError,
  generic,
  invalidValue,
  missingField,
  missingOneOf,
  multipleOneOf,
  via,
  withRemedy,
} from '../../base';
import type { FeatureName, FeaturesConfig } from '../config';
import type { EmptyDirVolumeSource, KeyToPath, Volume, VolumeProjection } from '../generated/types';
import { dns1123LabelErrors } from '../names';
import { parseQuantity } from '../quantity';
import { turnOn } from './env-errors';

const SOURCES = [
  'secret',
  'configMap',
  'projected',
  'emptyDir',
  'persistentVolumeClaim',
  'hostPath',
  'csi',
  'ephemeral',
  'image',
] as const;
const PROJECTIONS = ['secret', 'configMap', 'serviceAccountToken', 'downwardAPI'] as const;

type Gated = Exclude<(typeof SOURCES)[number], 'secret' | 'configMap' | 'projected'>;

/** Kinds of volume that a feature must allow, and what they are called when it does not; a claim has words of its own. */
const GATED: Readonly<Record<Gated, readonly [FeatureName, string]>> = {
  emptyDir: ['podSpecVolumesEmptyDir', 'EmptyDir'],
  persistentVolumeClaim: ['podSpecPersistentVolumeClaim', ''],
  hostPath: ['podSpecVolumesHostPath', 'HostPath'],
  csi: ['podSpecVolumesCSI', 'CSI'],
  ephemeral: ['podSpecVolumesEphemeral', 'Ephemeral'],
  image: ['podSpecVolumesImage', 'Image'],
};

const gatedSources = Object.keys(GATED) as Gated[];

function claimErrors({ persistentVolumeClaim: claim }: Volume, features: FeaturesConfig): FieldError[] {
  if (!claim) return [];
  const off =
    features.podSpecPersistentVolumeClaim === 'Enabled'
      ? []
      : [
          withRemedy(
            generic(
              `Persistent volume claim support is disabled, but found persistent volume claim ${claim.claimName}`,
              'persistentVolumeClaim',
            ),
            turnOn('podSpecPersistentVolumeClaim'),
          ),
        ];
  const writable =
    claim.readOnly || features.podSpecPersistentVolumeWrite === 'Enabled'
      ? []
      : [
          withRemedy(
            generic(
              `Persistent volume write support is disabled, but found persistent volume claim ${claim.claimName} that is not read-only`,
              'persistentVolumeClaim',
            ),
            `Set readOnly: true on the claim. ${turnOn('podSpecPersistentVolumeWrite')}`,
          ),
        ];
  return [...off, ...writable];
}

function featureErrors(volume: Volume, features: FeaturesConfig): FieldError[] {
  return gatedSources.flatMap((source) => {
    const [feature, name] = GATED[source];
    if (volume[source] === undefined || features[feature] === 'Enabled') return [];
    const off = name
      ? [
          withRemedy(
            generic(`${name} volume support is disabled, but found ${name} volume ${volume.name ?? ''}`, source),
            turnOn(feature),
          ),
        ]
      : [];
    return [...off, ...(features[feature] === 'Disabled' ? [withRemedy(disallowedFields(source), turnOn(feature))] : [])];
  });
}

function itemErrors(items: readonly KeyToPath[] = []): FieldError[] {
  return items.flatMap((item, i) =>
    via(`items[${i}]`, [...(item.key ? [] : [missingField('key')]), ...(item.path ? [] : [missingField('path')])]),
  );
}

function projectionErrors(projection: VolumeProjection): FieldError[] {
  const { secret, configMap, serviceAccountToken: token, downwardAPI } = projection;
  const used = PROJECTIONS.filter((source) => projection[source] !== undefined);
  const named = (name: string, source: typeof secret) =>
    source ? via(name, [...(source.name ? [] : [missingField('name')]), ...itemErrors(source.items)]) : [];
  const files = (downwardAPI?.items ?? []).flatMap(({ path, fieldRef, resourceFieldRef }, i) =>
    via(`downwardAPI.items[${i}]`, [
      ...(fieldRef || resourceFieldRef ? [] : [missingOneOf('fieldRef', 'resourceFieldRef')]),
      ...(fieldRef && resourceFieldRef ? [generic('Within a single item, cannot set both', 'resourceFieldRef', 'fieldRef')] : []),
      ...(path ? [] : [missingField('path')]),
    ]),
  );
  return [
    ...named('secret', secret),
    ...named('configMap', configMap),
    ...(token && !token.path ? [missingField('serviceAccountToken.path')] : []),
    ...files,
    ...(used.length === 0 ? [missingOneOf(...PROJECTIONS)] : []),
    ...(used.length > 1 ? [multipleOneOf(...used)] : []),
  ];
}

function emptyDirErrors({ medium, sizeLimit }: EmptyDirVolumeSource): FieldError[] {
  return [
    ...(medium && medium !== 'Memory' ? [invalidValue(medium, 'medium')] : []),
    ...(sizeLimit !== undefined && (parseQuantity(sizeLimit) ?? 0) < 0 ? [invalidValue(sizeLimit, 'sizeLimit')] : []),
  ];
}

function imageErrors(image: NonNullable<Volume['image']>): FieldError[] {
  return [
    ...(image.reference ? [] : [missingField('reference')]),
    ...(['', 'IfNotPresent', 'Always', 'Never'].includes(image.pullPolicy ?? '')
      ? []
      : [invalidValue(image.pullPolicy, 'pullPolicy')]),
  ];
}

function sourceErrors(volume: Volume, features: FeaturesConfig): FieldError[] {
  const used = SOURCES.filter((source) => volume[source] !== undefined);
  const usable = SOURCES.filter((source) => !Object.hasOwn(GATED, source) || features[GATED[source as Gated][0]] === 'Enabled');
  return [
    ...via('secret', itemErrors(volume.secret?.items)),
    ...via('configMap', itemErrors(volume.configMap?.items)),
    ...via(
      'projected',
      (volume.projected?.sources ?? []).flatMap((source, i) => via(`sources[${i}]`, projectionErrors(source))),
    ),
    ...(volume.emptyDir ? via('emptyDir', emptyDirErrors(volume.emptyDir)) : []),
    ...(volume.image ? via('image', imageErrors(volume.image)) : []),
    ...(used.length === 0 ? [missingOneOf(...usable)] : []),
    ...(used.length > 1 ? [multipleOneOf(...used)] : []),
  ];
}

function nameErrors(name: string): FieldError[] {
  if (!name) return [missingField('name')];
  return dns1123LabelErrors(name).length > 0 ? [invalidValue(name, 'name')] : [];
}

/** The volumes of a pod; `mounted` has the names that some container mounts. */
export function volumeErrors(
  volumes: readonly Volume[] = [],
  mounted: ReadonlySet<string>,
  features: FeaturesConfig,
): FieldError[] {
  const seen = new Set<string>();
  return volumes.flatMap((volume, i) => {
    const name = volume.name ?? '';
    const duplicate = seen.has(name) ? [generic(`duplicate volume name ${JSON.stringify(name)}`, 'name')] : [];
    seen.add(name);
    const unused = mounted.has(name)
      ? []
      : [
          withRemedy(
            generic(`volume with name ${JSON.stringify(name)} not mounted`, 'name'),
            'Add a volumeMount to a container, or remove the volume.',
          ),
        ];
    return via(`[${i}]`, [
      ...duplicate,
      ...unused,
      ...nameErrors(name),
      ...claimErrors(volume, features),
      ...featureErrors(volume, features),
      ...sourceErrors(volume, features),
    ]);
  });
}
