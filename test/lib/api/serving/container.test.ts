import { busybox, CONTAINER, POD, refusals, service, withContainer, withFeatures } from '../support';

const badPort = (port: number) =>
  `invalid value: ${port} is a reserved port: ${CONTAINER}.ports[0].containerPort\n${port} is a reserved port, please use a different value`;

test.each([
  ['an image alone', {}],
  ['an unnamed port', { ports: [{ containerPort: 8888 }] }],
  ['a port named http1', { ports: [{ name: 'http1', containerPort: 8888 }] }],
  ['a port named h2c', { ports: [{ name: 'h2c', containerPort: 8888 }] }],
  ['an empty list of ports', { ports: [] }],
  ['protocol TCP', { ports: [{ containerPort: 8888, protocol: 'TCP' }] }],
  ['a zero host port, which Go cannot tell from none', { ports: [{ containerPort: 8888, hostPort: 0, hostIP: '' }] }],
  ['tty set to false', { tty: false, stdin: false }],
  [
    'requests up to their limits',
    { resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '0.5', memory: '1024Mi' } } },
  ],
  ['a whole number as an amount', { resources: { limits: { cpu: 2 } } }],
  ['all sources of variables', { envFrom: [{ configMapRef: { name: 'a' } }, { secretRef: { name: 'b' }, prefix: 'P_' }] }],
  ['a termination message policy', { terminationMessagePolicy: 'FallbackToLogsOnError' }],
  ['privileged set to false', { securityContext: { privileged: false, runAsUser: 1000 } }],
  ['null, which is no field', { args: null, env: null }],
])('a container with %s is accepted', (_, container) => {
  expect(refusals(withContainer(container))).toEqual([]);
});

test.each([
  ['no image', { image: undefined }, [`missing field(s): ${CONTAINER}.image`]],
  [
    'an image that is no reference',
    { image: 'foo:bar:baz' },
    [`Failed to parse image reference: ${CONTAINER}.image\nimage: "foo:bar:baz", error: could not parse reference: foo:bar:baz`],
  ],
  ['the name of the sidecar', { name: 'queue-proxy' }, [`"queue-proxy" is a reserved container name: ${CONTAINER}.name`]],
  ['a lifecycle', { lifecycle: {} }, [`must not set the field(s): ${CONTAINER}.lifecycle`]],
  [
    'fields that need a terminal or a device',
    { lifecycle: {}, stdin: true, stdinOnce: true, tty: true, volumeDevices: [{ name: 'disk', devicePath: '/dev/sda0' }] },
    [
      `must not set the field(s): ${['lifecycle', 'stdin', 'stdinOnce', 'tty', 'volumeDevices'].map((f) => `${CONTAINER}.${f}`).join(', ')}`,
    ],
  ],
  [
    'two ports',
    {
      ports: [
        { name: 'http1', containerPort: 8080 },
        { name: 'h2c', containerPort: 8081 },
      ],
    },
    [`more than one container port is set: ${POD}.containers[*].ports\nOnly a single port is allowed across all containers`],
  ],
  [
    'another protocol',
    { ports: [{ containerPort: 80, protocol: 'tdp' }] },
    [`invalid value: tdp: ${CONTAINER}.ports[0].protocol`],
  ],
  ['a host port', { ports: [{ hostPort: 80 }] }, [`must not set the field(s): ${CONTAINER}.ports[0].hostPort`]],
  ['a host address', { ports: [{ hostIP: '127.0.0.1' }] }, [`must not set the field(s): ${CONTAINER}.ports[0].hostIP`]],
  [
    'another port name',
    { ports: [{ name: 'foobar', containerPort: 8080 }] },
    [`Port name foobar is not allowed: ${CONTAINER}.ports[0].name\nName must be empty, or one of: 'h2c', 'http1'`],
  ],
  [
    'a port that is too large',
    { ports: [{ containerPort: 65536 }] },
    [`expected 0 <= 65536 <= 65535: ${CONTAINER}.ports[0].containerPort`],
  ],
  [
    'a reserved variable',
    { env: [{ name: 'PORT', value: 'Foo' }] },
    [`"PORT" is a reserved environment variable: ${CONTAINER}.env[0].name`],
  ],
  ['a variable without a name', { env: [{ value: 'Foo' }] }, [`missing field(s): ${CONTAINER}.env[0].name`]],
  ['a variable given twice', { env: [{ name: 'A' }, { name: 'A' }] }, [`Duplicate value: "A": ${CONTAINER}.env[1].name`]],
  [
    'variables from nowhere',
    { envFrom: [{}] },
    [`expected exactly one, got neither: ${CONTAINER}.envFrom[0].configMapRef, ${CONTAINER}.envFrom[0].secretRef`],
  ],
  [
    'variables from two places',
    { envFrom: [{ configMapRef: { name: 'a' }, secretRef: { name: 'b' } }] },
    [`expected exactly one, got both: ${CONTAINER}.envFrom[0].configMapRef, ${CONTAINER}.envFrom[0].secretRef`],
  ],
  [
    'an unknown termination message policy',
    { terminationMessagePolicy: 'Not a Policy' },
    [`invalid value: Not a Policy: ${CONTAINER}.terminationMessagePolicy`],
  ],
  [
    'a request above its limit',
    { resources: { requests: { cpu: '2' }, limits: { cpu: '500m' } } },
    [`invalid value: 2: ${CONTAINER}.resources.requests.cpu\nmust be less than or equal to cpu limit of 500m`],
  ],
  [
    'an amount below zero',
    { resources: { limits: { memory: '-1Gi' } } },
    [`invalid value: -1Gi: ${CONTAINER}.resources.limits.memory\nmust be greater than or equal to 0`],
  ],
])('a container with %s is refused', (_, container, expected) => {
  expect(refusals(withContainer(container))).toEqual(expected);
});

test.each([8008, 8012, 8013, 8022, 9090, 9091])('port %i belongs to the sidecar', (port) => {
  expect(refusals(withContainer({ ports: [{ containerPort: port }] }))).toEqual([badPort(port)]);
});

describe('several containers', () => {
  const pod = (...containers: object[]) => service({ containers });
  const serving = { ...busybox, ports: [{ containerPort: 8888 }] };

  test('may share a pod if one of them has the port', () => {
    expect(refusals(pod(serving, { image: 'helloworld' }))).toEqual([]);
  });

  test('need the feature', () => {
    expect(refusals(pod(serving, busybox), withFeatures({ multiContainer: 'Disabled' }))).toEqual([
      `multi-container is off, but found 2 containers: ${POD}.containers`,
    ]);
  });

  test('must say which of them serves', () => {
    expect(refusals(pod(busybox, { image: 'helloworld' }))).toEqual([`missing field(s): ${POD}.containers[*].ports`]);
  });

  test('must not both serve', () => {
    expect(refusals(pod(serving, { image: 'helloworld', ports: [{ containerPort: 9999 }] }))).toEqual([
      `more than one container port is set: ${POD}.containers[*].ports\nOnly a single port is allowed across all containers`,
    ]);
  });

  test('must not have one name', () => {
    expect(refusals(pod({ ...serving, name: 'a' }, { ...busybox, name: 'a' }))).toEqual([
      `duplicate container name "a": ${POD}.containers[1].name`,
    ]);
  });

  test('may set PORT where no requests arrive, but never what names the revision', () => {
    const sidecar = {
      image: 'helloworld',
      env: [
        { name: 'PORT', value: '1' },
        { name: 'K_SERVICE', value: 'x' },
      ],
    };
    expect(refusals(pod(serving, sidecar))).toEqual([
      `"K_SERVICE" is a reserved environment variable: ${POD}.containers[1].env[1].name`,
    ]);
  });

  test('are not probed beside the serving one unless the feature is on', () => {
    const sidecar = { image: 'helloworld', livenessProbe: { httpGet: { port: 80 } } };
    expect(refusals(pod(serving, sidecar))).toEqual([`must not set the field(s): ${POD}.containers[1].livenessProbe`]);
    expect(refusals(pod(serving, sidecar), withFeatures({ multiContainerProbing: 'Enabled' }))).toEqual([]);
  });

  test('need a port in a probe that has none to fall back on', () => {
    const sidecar = { image: 'helloworld', livenessProbe: { tcpSocket: {} } };
    expect(refusals(pod(serving, sidecar), withFeatures({ multiContainerProbing: 'Enabled' }))).toEqual([
      `invalid value: 0: ${POD}.containers[1].livenessProbe.tcpSocket.port\nProbe port must be specified`,
    ]);
  });
});

describe('init containers', () => {
  const pod = (init: object) =>
    service({ containers: [{ ...busybox, name: 'main' }], initContainers: [{ ...busybox, ...init }] });
  const on = withFeatures({ podSpecInitContainers: 'Enabled' });

  test('need the feature', () => {
    expect(refusals(pod({}))).toEqual([
      `must not set the field(s): ${POD}.initContainers`,
      `pod spec support for init-containers is off, but found 1 init containers: ${POD}.initContainers`,
    ]);
  });

  test('may have any port and PORT', () => {
    expect(refusals(pod({ ports: [{ name: 'metrics', containerPort: 9000 }], env: [{ name: 'PORT', value: '1' }] }), on)).toEqual(
      [],
    );
  });

  test('have no probes and no name of another container', () => {
    expect(refusals(pod({ name: 'main', readinessProbe: { tcpSocket: {} } }), on)).toEqual([
      `duplicate container name "main": ${POD}.initContainers[0].name`,
      `field not allowed in an init container: ${POD}.initContainers[0].readinessProbe`,
    ]);
  });
});
