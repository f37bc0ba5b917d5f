import { defaultServingConfig, type KubeObject, type Service, type ServingConfig, setDefaults } from '../../../../lib/api';
import { busybox, route, service, withFeatures } from '../support';

const defaulted = (object: KubeObject, config?: ServingConfig) => setDefaults(object, config) as Service;
const podOf = (spec: object, config?: ServingConfig, metadata?: object) =>
  defaulted(service(spec as never, { metadata: metadata as never }), config).spec.template.spec;
const containerOf = (container: object, spec: object = {}, config?: ServingConfig) =>
  podOf({ containers: [{ ...busybox, ...container }], ...spec }, config).containers[0]!;

const withDefaults = (defaults: Partial<ServingConfig['defaults']>): ServingConfig => ({
  ...defaultServingConfig,
  defaults: { ...defaultServingConfig.defaults, ...defaults },
});

test('a Service gets what it leaves out', () => {
  expect(defaulted(service()).spec).toEqual({
    template: {
      spec: {
        containers: [{ image: 'busybox', name: 'user-container', readinessProbe: { tcpSocket: {}, successThreshold: 1 } }],
        timeoutSeconds: 300,
        containerConcurrency: 0,
        enableServiceLinks: false,
      },
    },
    traffic: [{ percent: 100, latestRevision: true }],
  });
});

test('what the user says stays', () => {
  const spec = {
    containers: [{ ...busybox, name: 'a' }],
    timeoutSeconds: 99,
    containerConcurrency: 7,
    enableServiceLinks: true,
    idleTimeoutSeconds: 3,
  };
  expect(podOf(spec)).toMatchObject({ ...spec, containers: [{ name: 'a' }] });
});

test('the object that is given is not changed', () => {
  const object = service();
  const before = JSON.stringify(object);
  setDefaults(object);
  expect(JSON.stringify(object)).toBe(before);
});

describe('timeouts', () => {
  test('of zero are not set', () => {
    expect(podOf({ containers: [busybox], timeoutSeconds: 0 }).timeoutSeconds).toBe(300);
  });

  test.each([
    [300, undefined],
    [301, 300],
    [200, undefined],
  ])('of %i in all inherit a response start timeout of %p', (timeoutSeconds, expected) => {
    expect(podOf({ containers: [busybox], timeoutSeconds }).responseStartTimeoutSeconds).toBe(expected);
  });

  test('inherit an idle timeout that is configured', () => {
    const config = withDefaults({ revisionIdleTimeout: 20_000 });
    expect(podOf({ containers: [busybox] }, config).idleTimeoutSeconds).toBe(20);
    expect(podOf({ containers: [busybox], idleTimeoutSeconds: 0 }, config).idleTimeoutSeconds).toBe(0);
    expect(podOf({ containers: [busybox], timeoutSeconds: 20 }, config).idleTimeoutSeconds).toBeUndefined();
  });
});

describe('names of containers', () => {
  const names = (containers: object[], initContainers?: object[], config?: ServingConfig) => {
    const spec = podOf(
      { containers: containers.map((c) => ({ ...busybox, ...c })), ...(initContainers ? { initContainers } : {}) },
      config,
      { name: 'hello', labels: { app: 'x' } },
    );
    return [...spec.containers, ...(spec.initContainers ?? [])].map((c) => c.name);
  };

  test('are numbered where there are several', () => {
    expect(names([{}, {}, { name: 'c' }])).toEqual(['user-container-0', 'user-container-1', 'c']);
  });

  test('avoid those that the user took', () => {
    expect(names([{ name: 'user-container-0' }, {}])).toEqual(['user-container-0', 'user-container-1']);
    expect(names([{}], [{ name: 'user-container' }])).toEqual(['user-container-0', 'user-container']);
  });

  test('of init containers have a pattern of their own', () => {
    expect(names([{}], [{}])).toEqual(['user-container', 'init-container']);
  });

  test('come from a template over the metadata of the Service', () => {
    const config = withDefaults({ containerNameTemplate: '{{.Name}}-{{index .Labels "app"}}' });
    expect(names([{}], undefined, config)).toEqual(['hello-x']);
  });
});

describe('probes', () => {
  test.each([
    [undefined, { tcpSocket: {}, successThreshold: 1 }],
    [{}, { tcpSocket: {}, successThreshold: 1 }],
    [{ httpGet: { path: '/' } }, { httpGet: { path: '/' }, successThreshold: 1 }],
    [
      { exec: { command: ['x'] }, successThreshold: 3 },
      { exec: { command: ['x'] }, successThreshold: 3 },
    ],
    [{ periodSeconds: 10 }, { tcpSocket: {}, periodSeconds: 10, successThreshold: 1, failureThreshold: 3, timeoutSeconds: 1 }],
    [
      { periodSeconds: 10, failureThreshold: 7, timeoutSeconds: 4 },
      { tcpSocket: {}, periodSeconds: 10, successThreshold: 1, failureThreshold: 7, timeoutSeconds: 4 },
    ],
    [{ grpc: { port: 1 } }, { grpc: { port: 1, service: '' }, successThreshold: 1 }],
  ])('for readiness of %j become %j', (probe, expected) => {
    expect(containerOf(probe === undefined ? {} : { readinessProbe: probe }).readinessProbe).toEqual(expected);
  });

  test('for liveness stay as they are but for the service of gRPC', () => {
    expect(containerOf({ livenessProbe: { grpc: {}, periodSeconds: 5 } }).livenessProbe).toEqual({
      grpc: { service: '' },
      periodSeconds: 5,
    });
  });

  test('are given only to the container that serves', () => {
    const [serving, sidecar] = podOf({ containers: [{ ...busybox, ports: [{ containerPort: 80 }] }, busybox] }).containers;
    expect(serving?.readinessProbe).toBeDefined();
    expect(sidecar?.readinessProbe).toBeUndefined();
  });
});

test('amounts of the installation are used where the container says none', () => {
  const config = withDefaults({ revisionRequests: { cpu: '100m', memory: '200M' }, revisionLimits: { cpu: '1' } });
  expect(containerOf({ resources: { requests: { memory: '1G' } } }, {}, config).resources).toEqual({
    requests: { cpu: '100m', memory: '1G' },
    limits: { cpu: '1' },
  });
  expect(containerOf({}).resources).toBeUndefined();
});

test('mounts are read-only unless the volume can be written', () => {
  const volumes = [
    { name: 's', secret: { secretName: 's' } },
    { name: 'e', emptyDir: {} },
  ];
  const volumeMounts = [
    { name: 's', mountPath: '/s' },
    { name: 'e', mountPath: '/e' },
  ];
  expect(containerOf({ volumeMounts }, { volumes }).volumeMounts).toEqual([
    { name: 's', mountPath: '/s', readOnly: true },
    { name: 'e', mountPath: '/e' },
  ]);
});

test('service links are left to Kubernetes if the installation says so', () => {
  expect(podOf({ containers: [busybox] }, withDefaults({ enableServiceLinks: undefined }))).not.toHaveProperty(
    'enableServiceLinks',
  );
});

describe('secure-pod-defaults', () => {
  const SAFE = { allowPrivilegeEscalation: false, seccompProfile: { type: 'RuntimeDefault' }, capabilities: { drop: ['ALL'] } };

  test('do nothing unless they are on', () => {
    expect(containerOf({}).securityContext).toBeUndefined();
  });

  test.each([
    ['Enabled', {}, { ...SAFE, runAsNonRoot: true }],
    ['AllowRootBounded', {}, SAFE],
    [
      'Enabled',
      { ports: [{ containerPort: 80 }] },
      { ...SAFE, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] }, runAsNonRoot: true },
    ],
    [
      'Enabled',
      { securityContext: { runAsNonRoot: false, capabilities: { drop: [] } } },
      { ...SAFE, capabilities: { drop: [] }, runAsNonRoot: false },
    ],
  ] as const)('of %s make %j safe', (securePodDefaults, container, expected) => {
    expect(containerOf(container, {}, withFeatures({ securePodDefaults })).securityContext).toEqual(expected);
  });

  test('leave to the pod what the pod says', () => {
    const securityContext = { seccompProfile: { type: 'Unconfined' }, runAsNonRoot: false };
    expect(containerOf({}, { securityContext }, withFeatures({ securePodDefaults: 'Enabled' })).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
  });
});

test('a Route has no targets of its own accord, but completes those it has', () => {
  expect(defaulted(route(undefined)).spec).toEqual({ traffic: undefined });
  expect(defaulted(route([{ revisionName: 'r' }, { configurationName: 'c', percent: 100 }])).spec).toEqual({
    traffic: [
      { revisionName: 'r', latestRevision: false, percent: 0 },
      { configurationName: 'c', latestRevision: true, percent: 100 },
    ],
  });
});

test('kinds of others come back as they are', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: {} };
  expect(setDefaults(pod)).toBe(pod);
});
