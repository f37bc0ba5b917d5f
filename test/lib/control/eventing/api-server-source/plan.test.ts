import type { ApiServerSource, KubeObject, ObjectMeta, ServingConfig, Stored } from '../../../../../lib/api';
import { apiServerSourceReconciler } from '../../../../../lib/control/eventing';
import { NOW, ready, summary } from '../../support/objects';
import { type Facts, observe } from '../../support/observe';
import { config, k8sService, OIDC_OFF, object, toService, withOidc } from '../support/objects';

const SERVING = 'eventing/api-server-source/default/objects';
const ACCESS = 'access/default/objects';
const HOST = 'https://kubernetes.default.svc';
const ANSWERS = { [SERVING]: { generation: 1, source: HOST }, [ACCESS]: { missing: [], enforced: true } };

const source = (
  spec: Partial<ApiServerSource['spec']> = {},
  more: { readonly metadata?: ObjectMeta; readonly status?: ApiServerSource['status'] } = {},
) =>
  object<ApiServerSource>('sources.knative.dev/v1', 'ApiServerSource', 'objects', {
    spec: { sink: toService('hello'), resources: [{ apiVersion: 'v1', kind: 'Pod' }], ...spec },
    ...more,
  });
const namespace = (name: string, labels: Record<string, string>): Stored<KubeObject> => {
  const made = object('v1', 'Namespace', name, { metadata: { labels } });
  return { ...made, metadata: { ...made.metadata, namespace: undefined } } as Stored<KubeObject>;
};

const plan = (parent: Stored<ApiServerSource>, facts: Facts = {}, settings: ServingConfig = config) =>
  apiServerSourceReconciler.plan(parent, observe({ answers: ANSWERS, objects: [k8sService('hello')], ...facts }), settings, NOW);
const status = (...args: Parameters<typeof plan>) => plan(...args).status as NonNullable<ApiServerSource['status']>;

describe('the plan of an ApiServerSource', () => {
  it('is ready with upstream’s conditions, the address of its sink, what it sends and where it looks', () => {
    expect(summary(status(source()))).toEqual({
      Deployed: 'True',
      OIDCIdentityCreated: OIDC_OFF,
      Ready: 'True',
      SinkProvided: 'True',
      SufficientPermissions: 'True',
    });
    expect(status(source())).toMatchObject({
      observedGeneration: 1,
      sinkUri: 'http://hello.default.svc.cluster.local',
      namespaces: ['default'],
      ceAttributes: ['add', 'delete', 'update'].map((what) => ({ type: `dev.knative.apiserver.ref.${what}`, source: HOST })),
    });
    expect(status(source({ mode: 'Resource' })).ceAttributes?.[0]?.type).toBe('dev.knative.apiserver.resource.add');
  });

  it('asks what its service account may do, in every namespace that it watches', () => {
    const objects = [k8sService('hello'), namespace('b', { env: 'test' }), namespace('a', { env: 'test' }), namespace('c', {})];
    const parent = source({
      namespaceSelector: { matchLabels: { env: 'test' } },
      serviceAccountName: 'watcher',
      resources: [
        { apiVersion: 'apps/v1', kind: 'Deployment' },
        { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
      ],
    });
    expect(plan(parent, { objects }).asks?.[0]).toEqual({
      topic: 'access',
      key: 'default/objects',
      input: {
        user: 'system:serviceaccount:default:watcher',
        verbs: ['get', 'list', 'watch'],
        resources: [
          { group: 'apps', resource: 'deployments' },
          { group: 'networking.k8s.io', resource: 'networkpolicies' },
        ],
        namespaces: ['a', 'b'],
      },
    });
    expect(status(parent, { objects }).namespaces).toEqual(['a', 'b']);
    expect(status(source({ namespaceSelector: {} }), { objects }).namespaces).toEqual(['a', 'b', 'c']);
  });

  it('has rights reviewed at once when the API server refuses a watch', () => {
    const problem = 'cannot watch pods in namespace default: pods is forbidden: no';
    const refused = { ...ANSWERS, [SERVING]: { generation: 1, source: HOST, problem, forbidden: true } };
    const access = ({ asks }: ReturnType<typeof plan>) => asks?.find(({ topic }) => topic === 'access')?.input;
    expect(access(plan(source()))).not.toHaveProperty('doubted');
    expect(access(plan(source(), { answers: refused }))).toHaveProperty('doubted', true);
    expect(summary(status(source(), { answers: refused }))).toMatchObject({ Deployed: `False/WatchFailed: ${problem}` });
  });

  it('says what it may not do', () => {
    const missing = ['get, list, watch resource "pods" in API group "" in Namespace "default"'];
    const facts = { answers: { ...ANSWERS, [ACCESS]: { missing, enforced: true } } };
    const text = `User system:serviceaccount:default:default cannot ${missing[0]}`;
    expect(summary(status(source(), facts))['Ready']).toBe(`False: ${text}`);
    expect(plan(source(), facts).events).toMatchObject([
      { reason: 'InternalError', message: `insufficient permissions: ${text}` },
    ]);
  });

  it('says where rights are not checked, and does not ask where its author vouches for them', () => {
    const facts = { answers: { ...ANSWERS, [ACCESS]: { missing: [], enforced: false } } };
    expect(summary(status(source(), facts))).toMatchObject({
      SufficientPermissions:
        'True/NotEnforced: Rights are not checked here: on a cluster the service account has to be granted them.',
      Ready: 'True',
    });
    const skips = source(
      {},
      { metadata: { annotations: { 'features.knative.dev/apiserversource-skip-permissions-check': 'true' } } },
    );
    expect(plan(skips).asks?.map(({ topic }) => topic)).toEqual(['eventing']);
    expect(summary(status(skips))['SufficientPermissions']).toBe('True');
  });

  it('waits for rights and for somebody who watches, and says why nobody does', () => {
    const nobody = status(source(), { answers: {} });
    expect(summary(nobody)).toMatchObject({
      SufficientPermissions: 'Unknown',
      Deployed:
        "Unknown/DeploymentUnavailable: The Deployment 'apiserversource-objects-uid-apiserversource-objects' is unavailable.",
    });
    const problem = 'no kind StatefulSet in version apps/v1 is served here';
    const facts = { answers: { ...ANSWERS, [SERVING]: { generation: 1, source: HOST, problem } } };
    expect(summary(status(source(), facts))['Ready']).toBe(`False/WatchFailed: ${problem}`);
  });

  it('says that its sink is missing, tells it once, and keeps what it knew', () => {
    const parent = source({}, { status: { ...ready(), sinkUri: 'http://old' } });
    const lost = plan(parent, { objects: [] });
    const missing = 'False/NotFound: failed to get object default/hello: services "hello" not found';
    expect(summary(lost.status)).toMatchObject({ SinkProvided: missing, Ready: missing });
    expect(lost.status).toMatchObject({ sinkUri: 'http://old' });
    expect(lost.events).toMatchObject([{ reason: 'SinkNotFound' }]);
    expect(plan(source({}, { status: lost.status as never }), { objects: [] }).events).toEqual([]);
  });

  it('has a service account to send as where senders prove who they are', () => {
    const made = plan(source(), {}, withOidc);
    expect(made.apply?.map(({ object: one }) => one.metadata.name)).toEqual(['objects-oidc-sources.knative.dev-apiserversource']);
    expect(made.status).toMatchObject({ auth: { serviceAccountName: 'objects-oidc-sources.knative.dev-apiserversource' } });
  });
});
