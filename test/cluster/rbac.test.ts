import type { PlatformRole, PolicyRule } from '../../lib/platform';
import { grantsOf, needsOf, resolvePlatform, rulesOf } from '../../lib/platform';
import { install } from './platform';
import { describeCluster } from './support';
import { kubectl, until } from './tools';

const ACCOUNT = 'system:serviceaccount:knative-serving:knc-runtime';

/** Whether the account of the platform may do it, as the API server's authorizer decides. */
async function may(verb: string, resource: string, more = ''): Promise<boolean> {
  const [plural, subresource] = resource.split('/');
  const part = subresource === undefined ? '' : ` --subresource=${subresource}`;
  const asked = kubectl(`auth can-i ${verb} ${plural}${part} --as=${ACCOUNT}${more === '' ? ' --all-namespaces' : more}`);
  // It says no by its exit code, too.
  return asked.then(
    (text) => text.trim() === 'yes',
    () => false,
  );
}

/** What `kubectl auth can-i` calls a resource. */
const nameOf = (group: string, resource: string): string => {
  const [plural, subresource] = resource.split('/');
  return `${plural}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
};

describeCluster('the rights of an installation', () => {
  beforeAll(() => install(), 240_000);

  test.each<[string, string, string]>([
    ['list', 'secrets', ''],
    ['watch', 'secrets', ''],
    ['delete', 'secrets', ''],
    ['get', 'serviceaccounts/token', ''],
    ['create', 'pods', ''],
    ['delete', 'pods', ''],
    ['create', 'pods/exec', ''],
    ['get', 'nodes', ''],
    ['create', 'clusterrolebindings.rbac.authorization.k8s.io', ''],
    ['update', 'clusterroles.rbac.authorization.k8s.io', ''],
    ['impersonate', 'users', ''],
    ['create', 'validatingadmissionpolicies.admissionregistration.k8s.io', ''],
    ['update', 'customresourcedefinitions.apiextensions.k8s.io', ''],
    ['delete', 'namespaces', ''],
    ['update', 'configmaps', ' -n knative-serving'],
    ['delete', 'leases.coordination.k8s.io', ' -n knative-serving'],
    ['get', 'leases.coordination.k8s.io', ' -n kube-system'],
    ['delete', 'services.serving.knative.dev', ''],
    ['create', 'services.serving.knative.dev', ''],
    ['update', 'statefulsets.apps', ''],
  ])('do not let it %s %s', async (verb, resource, more) => {
    expect(await may(verb, resource, more)).toBe(false);
  });

  test('let each role do everything that its table says', async () => {
    const needs = needsOf(resolvePlatform({}, ''));
    const rules = (['controller', 'gateway', 'eventing', 'source'] as PlatformRole[]).flatMap((role): readonly PolicyRule[] =>
      rulesOf(grantsOf(role, needs).filter(({ namespace, names }) => namespace === undefined && names === undefined)),
    );
    const asked = new Set(
      rules.flatMap(({ apiGroups: [group = ''], resources, verbs }) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${nameOf(group, resource)}`)),
      ),
    );
    expect(asked.size).toBeGreaterThan(150);
    // One answer has them all: a question for each would be hundreds of processes.
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: 'default' } };
    const answer = JSON.parse(
      await kubectl(`create -f - -o json --validate=false --as=${ACCOUNT}`, { input: JSON.stringify(review) }),
    ) as {
      readonly status: { readonly resourceRules: readonly PolicyRule[] };
    };
    const { resourceRules } = answer.status;
    expect(resourceRules.flatMap(({ verbs, resources }) => [...verbs, ...resources]).filter((word) => word === '*')).toEqual([]);
    const allowed = new Set(
      resourceRules
        .filter(({ resourceNames = [] }) => resourceNames.length === 0)
        .flatMap(({ apiGroups, resources, verbs }) =>
          apiGroups.flatMap((group) =>
            resources.flatMap((resource) => verbs.map((verb) => `${verb} ${nameOf(group, resource)}`)),
          ),
        ),
    );
    expect([...asked].filter((one) => !allowed.has(one))).toEqual([]);
    // What every account may do beside that: ask what it may do, and who it is.
    const basic = /selfsubject(access|rules)?reviews/;
    expect([...allowed].filter((one) => !asked.has(one) && !basic.test(one))).toEqual([]);
  });

  test('are enough: a service goes through its life, and nothing is forbidden', async () => {
    const service = {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'rights', namespace: 'default' },
      spec: {
        template: {
          metadata: { annotations: { 'autoscaling.knative.dev/window': '6s' } },
          spec: { containers: [{ image: 'registry.local/hello:1' }] },
        },
      },
    };
    await kubectl('apply -f -', { input: JSON.stringify(service) });
    await kubectl('wait ksvc/rights --for=condition=Ready --timeout=60s');
    await until(
      'end of its pods',
      async () => (await kubectl('get pods -l serving.knative.dev/service=rights -o name')) === '',
      90,
    );
    await kubectl('delete ksvc/rights --timeout=60s');
    const log = await kubectl('logs -n knative-serving knc-runtime-0 --tail=-1');
    expect(log.split('\n').filter((line) => /forbidden/i.test(line))).toEqual([]);
  }, 240_000);
});
