import type { ConfigMap } from '../../../lib/api';
import { configMapError, knativeTypes } from '../../../lib/api';
import { type PlatformOptions, platformManifest } from '../../../lib/platform';
import { type AnyObject, anyObjects } from './any-object';

const objects = (options: PlatformOptions = {}) => platformManifest(options, '1.2.3').objects;
const keys = (options: PlatformOptions) =>
  objects(options).map(({ kind, metadata: { namespace, name } }) => `${kind} ${namespace ? `${namespace}/` : ''}${name}`);
const one = (options: PlatformOptions, kind: string, name: string, namespace?: string) => {
  const found = objects(options).filter(
    ({ kind: k, metadata }) =>
      k === kind && metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
  );
  if (found.length !== 1) throw new Error(`${found.length} of ${kind} ${name}`);
  return found[0] as unknown as AnyObject;
};

test.each(['small', 'ha'] as const)('the objects of profile %s', (profile) => {
  expect(keys({ profile })).toMatchSnapshot();
});

test('every kind that is served has its definition, and those of Eventing go with the part', () => {
  const names = (options: PlatformOptions) => platformManifest(options, '1').crds.map(({ metadata }) => metadata.name);
  expect(names({})).toEqual(knativeTypes.map(({ plural, group }) => `${plural}.${group}`));
  expect(names({ parts: ['serving'] })).toContain('services.serving.knative.dev');
  expect(names({ parts: ['serving'] }).filter((name) => /eventing|messaging|sources/.test(name ?? ''))).toEqual([]);
});

describe.each(['small', 'ha'] as const)('profile %s without eventing', (profile) => {
  const options: PlatformOptions = { profile, parts: ['serving'], mutatingPolicies: 'v1', tls: {}, webhook: true };

  test('has nothing of Eventing: no kind, namespace, right, policy, volume or pod', () => {
    const { crds, objects: others } = platformManifest(options, '1.2.3');
    const eventing =
      /knative-eventing|\b(eventing|messaging|flows|sources|sinks)\.knative|"kind":"PersistentVolumeClaim"|"claimName":"|knc-(eventing|source)/;
    const found = [...crds, ...others].flatMap((object) => {
      // The webhook leaves both namespaces alone, be they there or not.
      const text = JSON.stringify(object).replaceAll(/"NotIn","values":\[[^\]]*\]/g, '');
      const [match] = eventing.exec(text) ?? [];
      return match === undefined ? [] : [`${object.kind} ${object.metadata.name}: ${match}`];
    });
    expect(found).toEqual([]);
  });

  test('has the rest as it is with eventing, and pods that know', () => {
    const without = new Set(keys(options));
    const names = keys({ ...options, parts: ['serving', 'eventing'] });
    const ofEvents = /eventing|source|events|request-reply|brokers|sink-binding|signatures-(flows|messaging|sinks)|-tokens$/;
    expect(names.filter((key) => !without.has(key) && !ofEvents.test(key))).toEqual([]);
    expect([...without].filter((key) => !names.includes(key))).toEqual([]);
    const pods = objects(options).filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet') as AnyObject[];
    for (const { spec } of pods) expect(spec.template.spec.containers[0].args.join(' ')).toMatch(/--role \S+ --parts serving/);
  });
});

test('a workload takes what adding eventing changes: only its pods', () => {
  const fixed = (options: PlatformOptions) => {
    const { template: _, ...rest } = one(options, 'StatefulSet', 'knc-runtime').spec;
    return rest;
  };
  expect(fixed({ parts: ['serving'] })).toEqual(fixed({}));
});

test('every object says that it is part of the platform, and has the labels that were asked for', () => {
  const { crds, objects: others } = platformManifest({ profile: 'ha', labels: { team: 'a' } }, '1.2.3');
  for (const { metadata } of [...crds, ...others]) {
    expect(metadata.labels).toMatchObject({ team: 'a', 'app.kubernetes.io/part-of': 'knative-constructs' });
  }
});

test('no two objects are the same one', () => {
  for (const profile of ['small', 'ha'] as const) expect(new Set(keys({ profile })).size).toBe(keys({ profile }).length);
});

test('both namespaces hold their pods to the restricted standard, and the pods hold to it', () => {
  for (const name of ['knative-serving', 'knative-eventing']) {
    expect(one({}, 'Namespace', name).metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
  }
  const workloads = objects({ profile: 'ha' }).filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  expect(workloads).toHaveLength(4);
  for (const { spec } of workloads as AnyObject[]) {
    const pod = spec.template.spec;
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(pod.containers[0].securityContext).toEqual({
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    });
  }
});

test('what an update may not change does not tell the version', () => {
  for (const { spec } of objects({ profile: 'ha' }).filter(
    ({ kind }) => kind === 'Deployment' || kind === 'StatefulSet',
  ) as AnyObject[]) {
    expect(JSON.stringify(spec.selector)).not.toContain('1.2.3');
  }
});

test('gateways are replaced without a gap: first one more, taken from the endpoints before it ends, one node at a time', () => {
  const { spec } = one({ profile: 'ha' }, 'Deployment', 'knc-gateway');
  expect(spec.replicas).toBeUndefined();
  expect(spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  expect(spec.template.spec.containers[0].lifecycle).toEqual({ preStop: { sleep: { seconds: 8 } } });
  expect(spec.template.spec.terminationGracePeriodSeconds).toBe(48);
  expect(one({ profile: 'ha', replicas: { gateway: 3 } }, 'HorizontalPodAutoscaler', 'knc-gateway').spec).toMatchObject({
    ...{ minReplicas: 3, maxReplicas: 10 },
  });
  expect(one({ profile: 'ha' }, 'PodDisruptionBudget', 'knc-gateway').spec.maxUnavailable).toBe(1);
});

test('events are kept on a volume, or in memory without one', () => {
  const events = { storage: '5Gi', storageClass: 'fast' };
  const kept = one({ events }, 'StatefulSet', 'knc-runtime').spec;
  expect(one({ events }, 'PersistentVolumeClaim', 'events-knc-runtime-0', 'knative-serving').spec).toEqual({
    ...{ accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '5Gi' } } },
  });
  expect(one({ profile: 'ha' }, 'PersistentVolumeClaim', 'events-knc-eventing-0', 'knative-eventing').spec.resources).toEqual({
    requests: { storage: '1Gi' },
  });
  expect(kept.template.spec.volumes).toEqual([{ name: 'events', persistentVolumeClaim: { claimName: 'events-knc-runtime-0' } }]);
  const [container] = kept.template.spec.containers;
  expect(container.args).toEqual(expect.arrayContaining(['--state', '/data']));
  expect(container.env).toContainEqual({ name: 'KNC_STATE_SIZE', value: '5Gi' });
  expect(container.startupProbe).toMatchObject({ httpGet: { path: '/healthz' }, periodSeconds: 1, failureThreshold: 60 });
  const forgotten = one({ events: 'memory' }, 'StatefulSet', 'knc-runtime').spec;
  expect(forgotten.template.spec.volumes).toBeUndefined();
  expect(keys({ events: 'memory' }).filter((key) => key.startsWith('PersistentVolumeClaim'))).toEqual([]);
  expect(forgotten.template.spec.containers[0].args).not.toContain('--state');
  expect(JSON.stringify(forgotten)).not.toContain('KNC_STATE_SIZE');
});

test('requests come in by a load balancer, a port of nodes or a Gateway', () => {
  const ingress = (exposure: PlatformOptions['exposure']) => one({ exposure: exposure! }, 'Service', 'knc-ingress').spec;
  expect(ingress('loadBalancer')).toMatchObject({ type: 'LoadBalancer', ports: [{ port: 80, targetPort: 8080 }] });
  expect(ingress({ nodePort: 31080 })).toMatchObject({ type: 'NodePort', ports: [{ nodePort: 31080 }] });
  const gateway = { gateway: { name: 'public', namespace: 'infra' }, hostnames: ['*.example.com'] };
  expect(ingress(gateway).type).toBe('ClusterIP');
  expect(one({ exposure: gateway }, 'HTTPRoute', 'knc-ingress').spec).toEqual({
    parentRefs: [{ name: 'public', namespace: 'infra' }],
    hostnames: ['*.example.com'],
    rules: [{ backendRefs: [{ name: 'knc-ingress', port: 80 }] }],
  });
});

test('settings are written as Knative reads them', () => {
  const data = (settings: PlatformOptions['settings'], name: string, namespace: string) =>
    one({ settings: settings!, domain: 'example.com' }, 'ConfigMap', name, namespace).data;
  const serving = 'knative-serving';
  expect(
    data({ autoscaler: { stableWindow: { toMilliseconds: () => 90_000 }, minScale: 1 } }, 'config-autoscaler', serving),
  ).toEqual({
    ...{ 'stable-window': '1m30s', 'min-scale': '1' },
  });
  expect(data({ domains: { 'x.org': { app: 'x' } } }, 'config-domain', serving)).toEqual({
    ...{ 'example.com': '', 'x.org': '{"selector":{"app":"x"}}' },
  });
  expect(data({ defaults: { revisionLimits: { ephemeralStorage: '1Gi' } } }, 'config-defaults', serving)).toEqual({
    'revision-ephemeral-storage-limit': '1Gi',
  });
  expect(data({ features: { podSpecDNSPolicy: 'Enabled' } }, 'config-features', serving)).toEqual({
    'kubernetes.podspec-dnspolicy': 'Enabled',
  });
  expect(data({ eventingFeatures: { authenticationOidc: true } }, 'config-features', 'knative-eventing')).toEqual({
    'authentication-oidc': 'enabled',
  });
  const raw = { serving: { 'config-autoscaler': { 'min-scale': '5' } } };
  expect(data({ autoscaler: { minScale: 1 }, raw }, 'config-autoscaler', serving)).toEqual({ 'min-scale': '5' });
});

test('the sidecar of services is the image of the platform, and in no pod unless it is asked for', () => {
  const data = (options: PlatformOptions) => one(options, 'ConfigMap', 'config-deployment').data;
  const image = 'example.com/knc:1';
  expect(data({ image })).toEqual({ 'queue-sidecar-image': image });
  expect(data({ image, queueSidecar: true })).toEqual({ 'queue-sidecar-image': image, 'queue-sidecar-enabled': 'true' });
  const deployment = {
    queueSidecarImage: 'mirror/knc:1',
    queueSidecarRequests: { memory: '64Mi' },
    queueSidecarLimits: { cpu: '1' },
  };
  expect(data({ image, settings: { deployment } })).toEqual({
    'queue-sidecar-image': 'mirror/knc:1',
    'queue-sidecar-memory-request': '64Mi',
    'queue-sidecar-cpu-limit': '1',
  });
});

test('every ConfigMap of a platform is one that Knative can read', () => {
  for (const map of objects({ domain: 'example.com' }).filter(({ kind }) => kind === 'ConfigMap') as ConfigMap[]) {
    expect(configMapError(map, (text) => JSON.parse(text))).toBeUndefined();
  }
});

test('network policies let metrics be read by whom they name, and links be dialled by the platform alone', () => {
  const spec = one({ profile: 'ha', metricsFrom: ['monitoring'] }, 'NetworkPolicy', 'knc-gateway').spec;
  const from = (port: number) => spec.ingress.filter((rule: AnyObject) => rule.ports.some((one: AnyObject) => one.port === port));
  expect(from(8080)).toEqual([{ ports: [{ protocol: 'TCP', port: 8080 }] }]);
  expect(from(8081)[0].from).toEqual([{ namespaceSelector: {} }]);
  expect(from(9443)[0].from).toEqual([
    {
      namespaceSelector: {
        matchExpressions: [
          { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['knative-serving', 'knative-eventing'] },
        ],
      },
      podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'knative-constructs' } },
    },
  ]);
  expect(from(9090)[0].from).toEqual([{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }]);
  expect(from(8086)).toEqual([]);
  expect(objects({ networkPolicies: false }).filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([]);
});

test('admission policies say what is wrong on one line, and never look at what the platform writes itself', () => {
  const policies = anyObjects(objects().filter(({ kind }) => kind === 'ValidatingAdmissionPolicy'));
  expect(policies.length).toBeGreaterThan(8);
  for (const { metadata, spec } of policies) {
    expect(spec.matchConditions[0].expression).toContain('system:serviceaccount:knative-serving:knc-runtime');
    for (const { expression, messageExpression } of spec.validations) {
      expect(`${metadata.name} ${expression}${messageExpression}`).not.toContain('\n');
      expect(messageExpression).not.toContain('undefined');
    }
    expect(one({}, 'ValidatingAdmissionPolicyBinding', metadata.name).spec.policyName).toBe(metadata.name);
  }
});
