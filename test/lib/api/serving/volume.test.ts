import { busybox, CONTAINER, POD, refusals, service, withFeatures } from '../support';

/** A pod with one volume, mounted. */
const pod = (source: object, mount: object = {}, name = 'v') =>
  service({
    volumes: [{ name, ...source }],
    containers: [{ ...busybox, volumeMounts: [{ name, mountPath: '/mnt', ...mount }] }],
  });

const VOLUME = `${POD}.volumes[0]`;
const MOUNT = `${CONTAINER}.volumeMounts[0]`;

test.each([
  ['a Secret', { secret: { secretName: 's', items: [{ key: 'a', path: 'b' }] } }],
  ['a ConfigMap', { configMap: { name: 'c' } }],
  ['an empty directory', { emptyDir: { medium: 'Memory', sizeLimit: '1Gi' } }],
  ['one secret projection', { projected: { sources: [{ secret: { name: 's' } }, { configMap: { name: 'c' } }] } }],
  [
    'a projected token',
    { projected: { sources: [{ serviceAccountToken: { audience: 'a', expirationSeconds: 600, path: 'token' } }] } },
  ],
  [
    'a fact about the pod',
    { projected: { sources: [{ downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name' } }] } }] } },
  ],
])('%s is a volume', (_, source) => {
  expect(refusals(pod(source))).toEqual([]);
});

test.each([
  ['hostPath', { hostPath: { path: '/x' } }, 'HostPath', 'podSpecVolumesHostPath'],
  ['csi', { csi: { driver: 'x' } }, 'CSI', 'podSpecVolumesCSI'],
  ['ephemeral', { ephemeral: { volumeClaimTemplate: { spec: {} } } }, 'Ephemeral', 'podSpecVolumesEphemeral'],
  ['image', { image: { reference: 'busybox' } }, 'Image', 'podSpecVolumesImage'],
] as const)('a volume of kind %s needs its feature', (field, source, name, feature) => {
  expect(refusals(pod(source))).toEqual([
    `${name} volume support is disabled, but found ${name} volume v: ${VOLUME}.${field}`,
    `must not set the field(s): ${VOLUME}.${field}`,
  ]);
  expect(refusals(pod(source), withFeatures({ [feature]: 'Enabled' }))).toEqual([]);
});

test('empty directories can be switched off', () => {
  expect(refusals(pod({ emptyDir: {} }), withFeatures({ podSpecVolumesEmptyDir: 'Disabled' }))).toEqual([
    `EmptyDir volume support is disabled, but found EmptyDir volume v: ${VOLUME}.emptyDir`,
    `must not set the field(s): ${VOLUME}.emptyDir`,
  ]);
});

describe('a persistent volume claim', () => {
  const claim = (readOnly: boolean) => ({ persistentVolumeClaim: { claimName: 'data', readOnly } });
  const on = withFeatures({ podSpecPersistentVolumeClaim: 'Enabled' });
  const writable = withFeatures({ podSpecPersistentVolumeClaim: 'Enabled', podSpecPersistentVolumeWrite: 'Enabled' });

  test('needs the feature', () => {
    expect(refusals(pod(claim(true), { readOnly: true }))).toEqual([
      `Persistent volume claim support is disabled, but found persistent volume claim data: ${VOLUME}.persistentVolumeClaim`,
      `must not set the field(s): ${VOLUME}.persistentVolumeClaim`,
    ]);
  });

  test('needs another feature to be written', () => {
    expect(refusals(pod(claim(true), { readOnly: true }), on)).toEqual([]);
    expect(refusals(pod(claim(false)), on)).toEqual([
      `Persistent volume write support is disabled, but found persistent volume claim data that is not read-only: ${VOLUME}.persistentVolumeClaim`,
    ]);
    expect(refusals(pod(claim(false)), writable)).toEqual([]);
  });

  test('that is read-only is mounted read-only', () => {
    expect(refusals(pod(claim(true), { readOnly: false }), on)).toEqual([
      `volume is readOnly but volume mount is not: ${MOUNT}.readOnly`,
    ]);
  });
});

const oneOf = (...fields: string[]) =>
  [...fields]
    .sort()
    .map((field) => `${VOLUME}.${field}`)
    .join(', ');

test.each([
  ['no source', {}, [`expected exactly one, got neither: ${oneOf('secret', 'configMap', 'projected', 'emptyDir')}`]],
  [
    'two sources',
    { secret: { secretName: 's' }, configMap: { name: 'c' } },
    [`expected exactly one, got both: ${oneOf('configMap', 'secret')}`],
  ],
  [
    'a kind of Kubernetes that Knative has not',
    { nfs: { server: 'a', path: '/' }, emptyDir: {} },
    [`must not set the field(s): ${VOLUME}.nfs`],
  ],
  ['a bad medium', { emptyDir: { medium: 'Disk' } }, [`invalid value: Disk: ${VOLUME}.emptyDir.medium`]],
  ['a negative size', { emptyDir: { sizeLimit: '-1' } }, [`invalid value: -1: ${VOLUME}.emptyDir.sizeLimit`]],
  [
    'an item without a path',
    { secret: { secretName: 's', items: [{ key: 'a' }] } },
    [`missing field(s): ${VOLUME}.secret.items[0].path`],
  ],
  [
    'a projection of two sources',
    { projected: { sources: [{ secret: { name: 's' }, configMap: { name: 'c' } }] } },
    [`expected exactly one, got both: ${oneOf('projected.sources[0].configMap', 'projected.sources[0].secret')}`],
  ],
  [
    'a projection without names',
    { projected: { sources: [{ secret: {} }, { configMap: {} }] } },
    [`missing field(s): ${VOLUME}.projected.sources[0].secret.name, ${VOLUME}.projected.sources[1].configMap.name`],
  ],
  [
    'a token without a path',
    { projected: { sources: [{ serviceAccountToken: {} }] } },
    [`missing field(s): ${VOLUME}.projected.sources[0].serviceAccountToken.path`],
  ],
  [
    'a file from two facts',
    {
      projected: {
        sources: [{ downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'x' }, resourceFieldRef: { resource: 'y' } }] } }],
      },
    },
    [
      `Within a single item, cannot set both: ${oneOf('projected.sources[0].downwardAPI.items[0].fieldRef', 'projected.sources[0].downwardAPI.items[0].resourceFieldRef')}`,
    ],
  ],
])('a volume with %s is refused', (_, source, expected) => {
  expect(refusals(pod(source))).toEqual(expected);
});

test('which sources a volume may have depends on the features', () => {
  expect(refusals(pod({}), withFeatures({ podSpecVolumesCSI: 'Enabled' }))).toEqual([
    `expected exactly one, got neither: ${oneOf('secret', 'configMap', 'projected', 'emptyDir', 'csi')}`,
  ]);
});

test.each([
  ['a bad name', pod({ emptyDir: {} }, {}, '@@@'), [`invalid value: @@@: ${VOLUME}.name`]],
  [
    'one name for two volumes',
    service({
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'v', emptyDir: {} },
      ],
      containers: [{ ...busybox, volumeMounts: [{ name: 'v', mountPath: '/a' }] }],
    }),
    [`duplicate volume name "v": ${POD}.volumes[1].name`],
  ],
  [
    'nobody who mounts it',
    service({ volumes: [{ name: 'v', emptyDir: {} }], containers: [busybox] }),
    [`volume with name "v" not mounted: ${VOLUME}.name`],
  ],
])('a volume with %s is refused for that', (_, object, expected) => {
  expect(refusals(object)).toEqual(expected);
});

test.each([
  ['/', `mountPath "/" is a reserved path: ${MOUNT}.mountPath`],
  ['//', `mountPath "/" is a reserved path: ${MOUNT}.mountPath`],
  ['/dev', `mountPath "/dev" is a reserved path: ${MOUNT}.mountPath`],
  ['/dev/', `mountPath "/dev" is a reserved path: ${MOUNT}.mountPath`],
  ['/dev/x/../log', `mountPath "/dev/log" is a reserved path: ${MOUNT}.mountPath`],
  ['not/absolute', `invalid value: not/absolute: ${MOUNT}.mountPath`],
])('a volume is not mounted at %s', (mountPath, expected) => {
  expect(refusals(pod({ emptyDir: {} }, { mountPath }))).toEqual([expected]);
});

test('two mounts have two places', () => {
  const object = service({
    volumes: [{ name: 'v', emptyDir: {} }],
    containers: [
      {
        ...busybox,
        volumeMounts: [
          { name: 'v', mountPath: '/a' },
          { name: 'v', mountPath: '/a/' },
        ],
      },
    ],
  });
  expect(refusals(object)).toEqual([`invalid value: "/a/" must be unique: ${CONTAINER}.volumeMounts[1].mountPath`]);
});

test('a mount needs its volume', () => {
  const object = service({ containers: [{ ...busybox, volumeMounts: [{ name: 'nope', mountPath: '/a' }] }] });
  expect(refusals(object)).toEqual([`volumeMount has no matching volume: ${MOUNT}.name`]);
});

test('mounts of a Secret are made read-only, so that leaving it out is no error', () => {
  expect(refusals(pod({ secret: { secretName: 's' } }, { readOnly: false }))).toEqual([]);
});

test('mount propagation needs its feature and goes one way', () => {
  const off = `Volume Mount Propagation support is disabled, but found volume mount v with mount propagation: ${MOUNT}.mountPropagation`;
  expect(refusals(pod({ emptyDir: {} }, { mountPropagation: 'None' }))).toEqual([
    off,
    `must not set the field(s): ${MOUNT}.mountPropagation`,
  ]);
  const on = withFeatures({ podSpecVolumesMountPropagation: 'Enabled' });
  expect(refusals(pod({ emptyDir: {} }, { mountPropagation: 'HostToContainer' }), on)).toEqual([]);
  expect(refusals(pod({ emptyDir: {} }, { mountPropagation: 'Bidirectional' }), on)).toEqual([
    `mount propagation should be set to None or HostToContainer: ${MOUNT}.mountPropagation`,
  ]);
});
