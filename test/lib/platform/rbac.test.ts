import { type KubeObject, knativeTypes, PodType, type ResourceType, SecretType } from '../../../lib/api';
import { autoscalingReconcilers, eventingReconcilers, servingReconcilers } from '../../../lib/control';
import {
  grantsOf,
  needsOf,
  type PlatformOptions,
  type PlatformRole,
  type PolicyRule,
  platformManifest,
  resolvePlatform,
  rulesOf,
} from '../../../lib/platform';

const ROLES: readonly PlatformRole[] = ['controller', 'gateway', 'eventing', 'source'];
const NEEDS = needsOf(resolvePlatform({}, '1'));

interface Role extends KubeObject {
  readonly rules: readonly PolicyRule[];
}

const rolesOf = (options: PlatformOptions): Role[] =>
  platformManifest(options, '1').objects.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole') as Role[];

const may = (
  role: PlatformRole,
  verb: string,
  { group, plural }: Pick<ResourceType, 'group' | 'plural'>,
  needs = NEEDS,
): boolean =>
  rulesOf(grantsOf(role, needs).filter(({ namespace, names }) => namespace === undefined && names === undefined)).some(
    ({ apiGroups, resources, verbs }) =>
      apiGroups.includes(group) && resources.includes(plural) && (verbs as readonly string[]).includes(verb),
  );

describe.each(['small', 'ha'] as const)('the roles of profile %s', (profile) => {
  const roles = rolesOf({ profile, settings: { eventingFeatures: { authenticationOidc: true } } });

  test('name every group, kind and verb: there is no star', () => {
    expect(roles.length).toBeGreaterThan(5);
    const words = roles.flatMap(({ rules }) =>
      rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [] }) => [
        ...apiGroups,
        ...resources,
        ...verbs,
        ...resourceNames,
      ]),
    );
    expect(words.filter((word) => word.includes('*'))).toEqual([]);
  });

  test('give no rights over rights, nodes or other workloads, and impersonate nobody', () => {
    const all = roles.flatMap(({ rules }) => rules);
    const groups = new Set(all.flatMap(({ apiGroups }) => apiGroups));
    expect([...groups].filter((group) => /rbac|certificates|admissionregistration|apiextensions/.test(group))).toEqual([]);
    const resources = new Set(all.flatMap((rule) => rule.resources));
    for (const resource of [
      'nodes',
      'pods/exec',
      'pods/portforward',
      'pods/log',
      'daemonsets',
      'statefulsets',
      'persistentvolumes',
    ]) {
      expect(resources).not.toContain(resource);
    }
    expect(all.flatMap(({ verbs }) => verbs as readonly string[])).not.toContain('impersonate');
  });
});

test('every grant says what it is for', () => {
  for (const role of ROLES) for (const { why } of grantsOf(role, NEEDS)) expect(why).toMatch(/^\S.{5,}/);
});

test('controllers may follow every kind that a reconciler has or watches, and write the status of what it has', () => {
  const reconcilers = [...servingReconcilers, ...autoscalingReconcilers, ...eventingReconcilers];
  const missing = reconcilers.flatMap(({ name, type, watches }) => [
    ...[type, ...watches]
      .filter((kind) => !may('controller', 'list', kind) || !may('controller', 'watch', kind))
      .map(({ plural }) => `${name} follows ${plural}`),
    ...(knativeTypes.includes(type) && !may('controller', 'update', { group: type.group, plural: `${type.plural}/status` })
      ? [`${name} writes the status of ${type.plural}`]
      : []),
  ]);
  expect(missing).toEqual([]);
});

test('a reconciler with a finalizer may put it on its parent', () => {
  const held = [...servingReconcilers, ...eventingReconcilers].filter(({ finalizer }) => finalizer !== undefined);
  expect(held.length).toBeGreaterThan(3);
  expect(held.filter(({ type }) => !may('controller', 'patch', type)).map(({ name }) => name)).toEqual([]);
});

test('the gateway reads no Secret and writes nothing but a scale', () => {
  const rules = rulesOf(grantsOf('gateway', NEEDS));
  expect(rules.flatMap(({ resources }) => resources)).not.toContain('secrets');
  const writes = rules.filter(({ verbs }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)));
  expect(writes).toEqual([{ apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['patch'] }]);
});

test('nobody may list Secrets unless senders prove who they are, and the controller reads those of pulls by name alone', () => {
  for (const role of ROLES) {
    expect(may(role, 'list', SecretType)).toBe(false);
    expect(may(role, 'watch', SecretType)).toBe(false);
  }
  expect(ROLES.filter((role) => may(role, 'get', SecretType))).toEqual(['controller']);
  expect(may('controller', 'get', SecretType, { ...NEEDS, pullSecrets: false })).toBe(false);
  const oidc = { ...NEEDS, oidc: true };
  expect(ROLES.filter((role) => may(role, 'list', SecretType, oidc))).toEqual(['eventing']);
  expect(ROLES.filter((role) => may(role, 'create', { group: '', plural: 'serviceaccounts/token' }, oidc))).toEqual([
    'eventing',
    'source',
  ]);
});

test('a source reads nothing of what it tells by rights of its own: it asks for tokens of the accounts that may', () => {
  for (const needs of [NEEDS, { ...NEEDS, oidc: true }]) {
    const rules = rulesOf(grantsOf('source', needs).filter(({ namespace }) => namespace === undefined));
    expect(rules).toEqual([
      { apiGroups: ['sources.knative.dev'], resources: ['apiserversources', 'pingsources'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['services'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
    ]);
  }
  expect(ROLES.filter((role) => may(role, 'create', { group: '', plural: 'serviceaccounts/token' }))).toEqual(['source']);
});

test.each(['small', 'ha'] as const)(
  'with %s, tokens of the cluster’s own accounts and of other parts are refused to the platform',
  (profile) => {
    const policy = platformManifest({ profile }, '1').objects.find(
      ({ kind, metadata }) => kind === 'ValidatingAdmissionPolicy' && metadata.name === 'knative-constructs-tokens',
    ) as unknown as {
      readonly spec: {
        readonly matchConstraints: unknown;
        readonly matchConditions: readonly { readonly expression: string }[];
        readonly validations: readonly { readonly expression: string }[];
      };
    };
    expect(policy.spec.matchConstraints).toEqual({
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['serviceaccounts/token'] }],
    });
    const account = profile === 'small' ? 'knative-serving:knc-runtime' : 'knative-eventing:knc-source';
    expect(policy.spec.matchConditions).toHaveLength(1);
    expect(policy.spec.matchConditions[0]?.expression).toMatch(/^request\.userInfo\.username in /);
    expect(policy.spec.matchConditions[0]?.expression).toContain(`system:serviceaccount:${account}`);
    expect(policy.spec.validations[0]?.expression).toContain('kube-system');
    expect(policy.spec.validations[1]?.expression).toContain(account.replace(':', '/'));
  },
);

test('the keys of RequestReplies are one Secret, which is there from the start', () => {
  const role = rolesOf({}).find(
    ({ kind, metadata }) =>
      kind === 'Role' && metadata.name === 'knative-constructs-eventing' && metadata.namespace === 'knative-eventing',
  );
  expect(role?.rules.find(({ resources }) => resources.includes('secrets'))).toEqual({
    ...{ apiGroups: [''], resources: ['secrets'], resourceNames: ['request-reply-keys'] },
    verbs: ['get', 'list', 'watch', 'patch'],
  });
  expect(platformManifest({}, '1').objects).toContainEqual(
    expect.objectContaining({ kind: 'Secret', metadata: expect.objectContaining({ name: 'request-reply-keys' }) }),
  );
});

test('with small one account has every role; with ha each has its own', () => {
  const bound = (options: PlatformOptions) =>
    Object.fromEntries(
      platformManifest(options, '1')
        .objects.filter(({ kind }) => kind === 'ClusterRoleBinding')
        .map((binding) => {
          const { roleRef, subjects } = binding as unknown as { roleRef: { name: string }; subjects: { name: string }[] };
          return [roleRef.name.replace('knative-constructs-', ''), subjects.map(({ name }) => name)];
        }),
    );
  const all = ['knc-runtime'];
  expect(bound({})).toEqual({ controller: all, gateway: all, eventing: all, source: all });
  expect(bound({ profile: 'ha' })).toEqual({
    ...{ controller: ['knc-controller'], gateway: ['knc-gateway'], eventing: ['knc-eventing'], source: ['knc-source'] },
  });
});

test('people with edit may write what they declare, and not what controllers make of it', () => {
  const edit = rolesOf({}).find(({ metadata }) => metadata.name === 'knative-constructs-edit');
  expect(edit?.metadata.labels).toMatchObject({ 'rbac.authorization.k8s.io/aggregate-to-edit': 'true' });
  const writable = edit?.rules.flatMap(({ resources }) => resources) ?? [];
  expect(writable).toEqual(expect.arrayContaining(['services', 'brokers', 'pingsources']));
  expect(
    writable.filter((resource) => ['ingresses', 'serverlessservices', 'metrics', 'podautoscalers'].includes(resource)),
  ).toEqual([]);
});

test('one rule names each resource once, with all verbs that are granted', () => {
  const grant = { group: '', resources: ['pods'], why: 'because it is a test' };
  expect(
    rulesOf([
      { ...grant, verbs: ['watch', 'list'] },
      { ...grant, verbs: ['get'] },
    ]),
  ).toEqual([{ apiGroups: [''], resources: [PodType.plural], verbs: ['get', 'list', 'watch'] }]);
});
