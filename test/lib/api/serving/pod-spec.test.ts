import { busybox, CONTAINER, POD, refusals, service, warnings, withContainer, withFeatures } from '../support';

const pod = (fields: object) => service({ containers: [busybox], ...fields });

test('a pod needs a container', () => {
  expect(refusals(service({ containers: [] }))).toEqual([`missing field(s): ${POD}.containers`]);
  expect(refusals(service({}))).toEqual([`missing field(s): ${POD}.containers`]);
});

test.each([
  ['restartPolicy', 'Never'],
  ['terminationGracePeriodSeconds', 0],
  ['activeDeadlineSeconds', 5],
  ['nodeName', 'n'],
  ['hostname', 'h'],
  ['subdomain', 's'],
  ['priority', 0],
  ['readinessGates', [{ conditionType: 'a' }]],
  ['ephemeralContainers', [{ name: 'a' }]],
  ['overhead', { cpu: '1' }],
  ['os', { name: 'linux' }],
  ['setHostnameAsFQDN', false],
  ['preemptionPolicy', 'Never'],
  ['hostUsers', true],
  ['automountServiceAccountToken', true],
])('%s is never allowed', (field, value) => {
  expect(refusals(pod({ [field]: value }))).toEqual([`must not set the field(s): ${POD}.${field}`]);
});

test.each([
  ['restartPolicy', ''],
  ['nodeName', ''],
  ['hostNetwork', false],
  ['automountServiceAccountToken', false],
  ['serviceAccountName', 'robot'],
  ['imagePullSecrets', [{ name: 'regcred' }]],
  ['enableServiceLinks', true],
])('%s of %j is allowed', (field, value) => {
  expect(refusals(pod({ [field]: value }))).toEqual([]);
});

test.each([
  ['affinity', { nodeAffinity: {} }, 'podSpecAffinity'],
  [
    'topologySpreadConstraints',
    [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
    'podSpecTopologySpreadConstraints',
  ],
  ['hostAliases', [{ ip: '127.0.0.1', hostnames: ['a'] }], 'podSpecHostAliases'],
  ['nodeSelector', { kind: 'big' }, 'podSpecNodeSelector'],
  ['tolerations', [{ key: 'a' }], 'podSpecTolerations'],
  ['runtimeClassName', 'gvisor', 'podSpecRuntimeClassName'],
  [
    'securityContext',
    { runAsUser: 1, runAsGroup: 1, fsGroup: 1, supplementalGroups: [1], runAsNonRoot: true },
    'podSpecSecurityContext',
  ],
  ['shareProcessNamespace', true, 'podSpecShareProcessNamespace'],
  ['hostIPC', true, 'podSpecHostIPC'],
  ['hostPID', true, 'podSpecHostPID'],
  ['hostNetwork', true, 'podSpecHostNetwork'],
  ['priorityClassName', 'high', 'podSpecPriorityClassName'],
  ['schedulerName', 'mine', 'podSpecSchedulerName'],
  ['dnsPolicy', 'Default', 'podSpecDNSPolicy'],
  ['dnsConfig', { nameservers: ['1.2.3.4'] }, 'podSpecDNSConfig'],
] as const)('%s needs its feature', (field, value, feature) => {
  expect(refusals(pod({ [field]: value }))[0]).toContain(`must not set the field(s): ${POD}.${field}`);
  expect(refusals(pod({ [field]: value }), withFeatures({ [feature]: 'Allowed' }))).toEqual([]);
  expect(refusals(pod({ [field]: value }), withFeatures({ [feature]: 'Enabled' }))).toEqual([]);
});

test('a remedy names the key that turns a feature on', async () => {
  const { validate } = await import('../../../../lib/api');
  const [error] = validate(pod({ affinity: {} })).filter((e) => e.level !== 'warning');
  expect(error?.remedy).toBe('Set kubernetes.podspec-affinity: "enabled" in ConfigMap config-features to allow it.');
});

test.each([
  ['sysctls', [{ name: 'a', value: 'b' }]],
  ['seLinuxOptions', {}],
  ['windowsOptions', {}],
  ['fsGroupChangePolicy', 'Always'],
])('%s of the pod are not allowed even with the feature', (field, value) => {
  expect(refusals(pod({ securityContext: { [field]: value } }), withFeatures({ podSpecSecurityContext: 'Enabled' }))).toEqual([
    `must not set the field(s): ${POD}.securityContext.${field}`,
  ]);
});

test.each([
  ['runAsUser', -10],
  ['runAsUser', 2147483648],
  ['runAsGroup', -10],
  ['fsGroup', 2147483648],
])('the pod does not run with %s %i', (field, id) => {
  expect(refusals(pod({ securityContext: { [field]: id } }), withFeatures({ podSpecSecurityContext: 'Enabled' }))).toEqual([
    `expected 0 <= ${id} <= 2147483647: ${POD}.securityContext.${field}`,
  ]);
});

test('safe pod defaults admit a seccomp profile for the pod and nothing else', () => {
  const on = withFeatures({ securePodDefaults: 'Enabled' });
  expect(refusals(pod({ securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }), on)).toEqual([]);
  expect(refusals(pod({ securityContext: { runAsUser: 1 } }), on)).toEqual([
    `must not set the field(s): ${POD}.securityContext.runAsUser`,
  ]);
});

test.each([
  ['privileged', { privileged: true }, `must not set the field(s): ${CONTAINER}.securityContext.privileged`],
  ['procMount', { procMount: 'Unmasked' }, `must not set the field(s): ${CONTAINER}.securityContext.procMount`],
  [
    'capabilities.add',
    { capabilities: { add: ['all'] } },
    `must not set the field(s): ${CONTAINER}.securityContext.capabilities.add`,
  ],
  ['runAsUser', { runAsUser: -10 }, `expected 0 <= -10 <= 2147483647: ${CONTAINER}.securityContext.runAsUser`],
])('%s of a container is refused', (_, securityContext, expected) => {
  expect(refusals(withContainer({ securityContext }))).toEqual([expected]);
});

test('capabilities may be added with the feature, or the one for low ports with safe pod defaults', () => {
  const add = (...names: string[]) => withContainer({ securityContext: { capabilities: { add: names } } });
  expect(refusals(add('all'), withFeatures({ containerSpecAddCapabilities: 'Enabled' }))).toEqual([]);
  expect(refusals(add('NET_BIND_SERVICE'), withFeatures({ securePodDefaults: 'AllowRootBounded' }))).toEqual([]);
  expect(refusals(add('all'), withFeatures({ securePodDefaults: 'Enabled' }))).toHaveLength(1);
});

test.each(['fieldRef', 'resourceFieldRef'])('a variable from %s needs the feature', (source) => {
  const valueFrom =
    source === 'fieldRef' ? { fieldRef: { fieldPath: 'metadata.name' } } : { resourceFieldRef: { resource: 'limits.cpu' } };
  const object = withContainer({ env: [{ name: 'A', valueFrom }] });
  expect(refusals(object)).toEqual([`must not set the field(s): ${CONTAINER}.env[0].valueFrom.${source}`]);
  expect(refusals(object, withFeatures({ podSpecFieldRef: 'Enabled' }))).toEqual([]);
});

test('a service account has the name of an object', () => {
  expect(refusals(pod({ serviceAccountName: 'foo@bar.baz' }))).toEqual([
    `invalid value: foo@bar.baz: ${POD}.serviceAccountName\na lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
  ]);
});

describe('unsafe defaults', () => {
  const INSECURE = 'Kubernetes default value is insecure, Knative may default this to secure in a future release';
  const at = (...fields: string[]) => fields.map((field) => `${CONTAINER}.securityContext.${field}`);

  test('give warnings that refuse nothing', () => {
    expect(warnings(service())).toEqual([
      {
        message: INSECURE,
        level: 'warning',
        paths: at('allowPrivilegeEscalation', 'capabilities', 'runAsNonRoot', 'seccompProfile'),
      },
    ]);
    expect(refusals(service())).toEqual([]);
  });

  test('give none when everything is said, on purpose or not', () => {
    const securityContext = {
      allowPrivilegeEscalation: true,
      runAsNonRoot: false,
      capabilities: { drop: [] },
      seccompProfile: { type: 'Unconfined' },
    };
    expect(warnings(withContainer({ securityContext }))).toEqual([]);
  });

  test('give one for the capability that is spelled wrong', () => {
    const securityContext = {
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      capabilities: { drop: ['all'] },
      seccompProfile: { type: 'RuntimeDefault' },
    };
    expect(warnings(withContainer({ securityContext }))).toEqual([
      { message: 'invalid value: all', paths: at('capabilities.drop'), details: "Must be spelled as 'ALL'", level: 'warning' },
    ]);
  });

  test.each(['Enabled', 'AllowRootBounded'] as const)('give none with secure-pod-defaults %s', (securePodDefaults) => {
    expect(warnings(service(), withFeatures({ securePodDefaults }))).toEqual([]);
  });
});
