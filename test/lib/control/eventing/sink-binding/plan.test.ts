import type { Container, Deployment, KubeObject, ObjectMeta, ServingConfig, SinkBinding, Stored } from '../../../../../lib/api';
import { sinkBindingReconciler } from '../../../../../lib/control/eventing';
import { NOW, ownedBy, summary } from '../../support/objects';
import { type Facts, observe } from '../../support/observe';
import { config, k8sService, OIDC_OFF, object, toService, withOidc } from '../support/objects';

const FINALIZER = 'sinkbindings.sources.knative.dev';
const URL = 'http://hello.default.svc.cluster.local';
const TOLD = [{ name: 'K_SINK', value: URL }, { name: 'K_CE_OVERRIDES' }];
const BEFORE = '2026-01-01T09:00:00Z';
const AFTER = '2026-01-01T11:00:00Z';

const toDeployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'heart' };
const binding = (spec: Partial<SinkBinding['spec']> = {}, metadata: ObjectMeta = {}, status?: SinkBinding['status']) =>
  object<SinkBinding>('sources.knative.dev/v1', 'SinkBinding', metadata.name ?? 'bind', {
    spec: { subject: toDeployment, sink: toService('hello'), ...spec },
    metadata: { finalizers: [FINALIZER], ...metadata },
    ...(status ? { status } : {}),
  });

const withPods = (apiVersion: string, kind: string, containers: readonly Partial<Container>[], metadata: ObjectMeta = {}) =>
  object<Deployment>(apiVersion, kind, metadata.name ?? 'heart', {
    spec: { template: { spec: { containers } } } as unknown as Deployment['spec'],
    metadata,
  });
const deployment = (env?: Container['env'], metadata?: ObjectMeta) =>
  withPods('apps/v1', 'Deployment', [{ name: 'main', image: 'x', ...(env ? { env } : {}) }], metadata);
const namespace = (labels: Record<string, string> = {}): Stored<KubeObject> => {
  const made = object('v1', 'Namespace', 'default', { metadata: { labels } });
  return { ...made, metadata: { ...made.metadata, namespace: undefined } } as Stored<KubeObject>;
};
const INCLUDED = namespace({ 'bindings.knative.dev/include': 'true' });

const plan = (parent: Stored<SinkBinding>, objects: Facts['objects'], settings: ServingConfig = config, facts: Facts = {}) =>
  sinkBindingReconciler.plan(
    parent,
    observe({
      ...facts,
      answers: { 'job-admission/jobs': { by: 'server' }, ...facts.answers },
      objects: [parent, k8sService('hello'), INCLUDED, ...(objects ?? [])],
    }),
    settings,
    NOW,
  );
const conditions = (...args: Parameters<typeof plan>) => summary(plan(...args).status);
const written = (...args: Parameters<typeof plan>) =>
  (plan(...args).patch ?? []).map(({ type, name, patch }) => [`${type.kind} ${name}`, 'merge' in patch ? patch.merge : patch]);
const inTemplate = (containers: readonly unknown[]) => ({ spec: { template: { spec: { containers } } } });

describe('the plan of a SinkBinding', () => {
  it('holds itself before it binds anything', () => {
    const parent = binding({}, { finalizers: [] });
    expect(plan(parent, [deployment()])).toEqual({
      patch: [expect.objectContaining({ patch: { merge: { metadata: { finalizers: [FINALIZER] } } } })],
    });
  });

  it('tells all containers, in place of what they had, and is ready with upstream’s conditions', () => {
    const env = [
      { name: 'K_SINK', value: 'http://old' },
      { name: 'A', value: '1' },
    ];
    expect(written(binding(), [deployment(env)])).toEqual([
      ['Deployment heart', inTemplate([{ name: 'main', image: 'x', env: [{ name: 'A', value: '1' }, ...TOLD] }])],
    ]);
    const parent = binding();
    expect(plan(parent, [deployment(TOLD)]).patch).toEqual([]);
    expect(conditions(parent, [deployment(TOLD)])).toEqual({
      OIDCIdentityCreated: OIDC_OFF,
      OIDCTokenSecretCreated: OIDC_OFF,
      Ready: 'True',
      SinkBindingAvailable: 'True',
      SinkProvided: 'True',
      TrustBundlePropagated: 'True',
    });
    expect(plan(parent, [deployment(TOLD)]).status).toMatchObject({ sinkUri: URL, observedGeneration: 1 });
  });

  it('tells certificates and what every event is to be given', () => {
    const sink = { uri: 'https://x.example.com/', CACerts: 'PEM' };
    const [[, patch]] = written(binding({ sink, ceOverrides: { extensions: { team: 'red' } } }), [deployment()]) as [
      [string, object],
    ];
    expect(JSON.stringify(patch)).toContain(
      JSON.stringify([
        { name: 'K_SINK', value: 'https://x.example.com/' },
        { name: 'K_CA_CERTS', value: 'PEM' },
        { name: 'K_CE_OVERRIDES', value: '{"extensions":{"team":"red"}}' },
      ]),
    );
  });

  it('finds subjects by their labels, also by expressions, and is available without any', () => {
    const selector = { matchLabels: { sends: 'yes' }, matchExpressions: [{ key: 'off', operator: 'DoesNotExist' as const }] };
    const parent = binding({ subject: { apiVersion: 'apps/v1', kind: 'Deployment', selector } });
    const labelled = (name: string, labels: Record<string, string>) => deployment(undefined, { name, labels });
    const objects = [labelled('a', { sends: 'yes' }), labelled('b', { sends: 'yes', off: '' }), labelled('c', {})];
    expect(written(parent, objects).map(([what]) => what)).toEqual(['Deployment a']);
    expect(conditions(parent, [])).toMatchObject({ SinkBindingAvailable: 'True', Ready: 'True' });
  });

  it('labels its namespace as upstream’s controller does, unless somebody has decided', () => {
    const observed = (own: Stored<KubeObject>) =>
      sinkBindingReconciler.plan(
        binding(),
        observe({ objects: [binding(), k8sService('hello'), own, deployment(TOLD)] }),
        config,
        NOW,
      );
    expect(observed(namespace()).patch).toMatchObject([
      { name: 'default', patch: { merge: { metadata: { labels: { 'bindings.knative.dev/include': 'true' } } } } },
    ]);
    expect(observed(INCLUDED).patch).toEqual([]);
    expect(observed(namespace({ 'bindings.knative.dev/exclude': 'false' })).patch).toEqual([]);
  });

  const job = (env: Container['env'] | undefined, creationTimestamp: string, status?: unknown) => ({
    ...withPods('batch/v1', 'Job', [{ name: 'main', env }], { creationTimestamp }),
    ...(status ? { status } : {}),
  });
  const toJob = { subject: { apiVersion: 'batch/v1', kind: 'Job', name: 'heart' } };
  const served = { apiVersion: 'serving.knative.dev/v1', kind: 'Service' };
  const named = object('serving.knative.dev/v1', 'Service', 'heart', {
    spec: { template: { metadata: { name: 'heart-v1' }, spec: { containers: [{ image: 'x' }] } } },
  });

  it.each<[string, Partial<SinkBinding['spec']>, readonly KubeObject[], string]>([
    [
      'a subject of another namespace',
      { subject: { ...toDeployment, namespace: 'kube-system' } },
      [deployment(undefined, { name: 'heart', namespace: 'kube-system' })],
      'False/SubjectUnavailable: subjects of namespace "kube-system" are not bound from here: make the SinkBinding there',
    ],
    ['a subject that is missing', {}, [], 'False/SubjectMissing: deployments.apps "heart" not found'],
    [
      'a kind that is not served',
      { subject: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'heart' } },
      [],
      'False/SubjectUnavailable: objects of apps/v1, Kind=StatefulSet are not bound here; subjects are Deployment (apps/v1), ' +
        'Job (batch/v1), ReplicaSet (apps/v1), Service (serving.knative.dev/v1), Configuration (serving.knative.dev/v1)',
    ],
    [
      'a revision, of which nothing changes',
      { subject: { apiVersion: 'serving.knative.dev/v1', kind: 'Revision', name: 'r' } },
      [],
      'False/SubjectUnavailable: objects of serving.knative.dev/v1, Kind=Revision are not bound here; subjects are Deployment (apps/v1), ' +
        'Job (batch/v1), ReplicaSet (apps/v1), Service (serving.knative.dev/v1), Configuration (serving.knative.dev/v1)',
    ],
    [
      'a subject that is excluded',
      {},
      [deployment(undefined, { labels: { 'bindings.knative.dev/exclude': 'true' } })],
      'False/BindingFailed: Deployment "heart" or its namespace is labelled bindings.knative.dev/exclude=true',
    ],
    [
      'a subject that is made from another object',
      {},
      [deployment(undefined, ownedBy(object('serving.knative.dev/v1', 'Revision', 'r')))],
      'False/BindingFailed: Deployment "heart" belongs to another object, which would take the change back: bind that',
    ],
    [
      'a subject that an older binding has',
      {},
      [deployment(), binding({}, { name: 'older', creationTimestamp: BEFORE })],
      'False/BindingFailed: Deployment "heart" is bound by SinkBinding "older", which is older',
    ],
    [
      'a Job that is older than its binding',
      toJob,
      [job(undefined, BEFORE)],
      'False/BindingFailed: Job "heart" is older than its binding, and a Job\'s template cannot be changed: make it anew',
    ],
    [
      'a Job that is older, and over',
      toJob,
      [job(undefined, BEFORE, { conditions: [{ type: 'Complete', status: 'True' }] })],
      'True',
    ],
    ['a Job that is newer: its pods are told', toJob, [job(undefined, AFTER)], 'True'],
    [
      'a service whose revision is named by its author',
      { subject: { ...served, name: 'heart' } },
      [named],
      'False/BindingFailed: Service "heart" names its revision: give it another name, and the address goes in',
    ],
  ])('says so of %s', (_what, spec, objects, expected) => {
    expect(conditions(binding(spec), objects)).toMatchObject({ SinkBindingAvailable: expected });
    expect(plan(binding(spec), objects).patch).toEqual([]);
  });

  describe('with Jobs on a cluster, where somebody else tells them', () => {
    const told = (by: unknown, subject: object, ...jobs: readonly Stored<KubeObject>[]) =>
      plan(binding({ subject: { ...toJob.subject, ...subject } }), jobs, config, { answers: { 'job-admission/jobs': by } });
    const available = (...args: Parameters<typeof told>) => summary(told(...args).status)['SinkBindingAvailable'];
    const byLabel = { name: undefined, selector: { matchLabels: {} } };

    it('asks who, and does not guess', () => {
      const { asks, status } = told(undefined, {}, job(undefined, AFTER) as Stored<KubeObject>);
      expect(asks).toEqual([{ topic: 'job-admission', key: 'jobs', input: {} }]);
      expect(summary(status)['SinkBindingAvailable']).toBe('Unknown');
      expect(plan(binding(), [deployment()]).asks).toEqual([]);
    });

    it.each([{}, byLabel])('refuses them by name where nobody does, whether they are there or not', (subject) => {
      for (const jobs of [[], [job(undefined, AFTER)]]) {
        expect(available({ by: 'none' }, subject, ...(jobs as Stored<KubeObject>[]))).toMatch(
          /^False\/JobsNotBound: Job subjects are not bound on this cluster.*mutatingPolicies: v1.*webhook: true/,
        );
      }
    });

    it('says what mends it where somebody was to tell them and cannot', () => {
      expect(available({ by: 'none', why: 'look at its pods' }, {})).toBe('False/JobsNotBound: look at its pods');
    });

    it('says which Job was made while the webhook could not be asked: by name or by labels, as it marks those that wait', () => {
      const made = job(undefined, AFTER) as Stored<KubeObject>;
      for (const subject of [{}, byLabel]) {
        expect(available({ by: 'webhook' }, subject, made)).toBe(
          'False/BindingFailed: Job "heart" was made while the webhook, which tells Jobs, could not be asked: make it anew',
        );
        expect(available({ by: 'webhook' }, subject, job(TOLD, AFTER) as Stored<KubeObject>)).toBe('True');
      }
      const { template } = made.spec as { template: object };
      const marked = { metadata: { annotations: { 'bindings.knative.dev/waiting-for': 'bind' } } };
      expect(available({ by: 'webhook' }, {}, { ...made, spec: { template: { ...template, ...marked } } })).toBe('True');
    });

    it('says which Job was made before it was heard of, unless its pods are told all the same', () => {
      const made = job(undefined, AFTER) as Stored<KubeObject>;
      const marked = { metadata: { annotations: { 'bindings.knative.dev/waiting-for': 'bind' } } };
      const { template } = made.spec as { template: object };
      const waits = { ...made, spec: { template: { ...template, ...marked } } };
      expect(available({ by: 'policy' }, byLabel, made)).toBe(
        'False/BindingFailed: Job "heart" was made before anybody who tells Jobs had heard of this binding: make it anew',
      );
      expect(available({ by: 'policy' }, byLabel, waits)).toBe('True');
      expect(available({ by: 'policy' }, {}, made)).toBe('True');
      expect(available({ by: 'policy' }, byLabel, job(TOLD, AFTER) as Stored<KubeObject>)).toBe('True');
    });
  });

  it('says why a subject refuses to be changed', () => {
    const facts = { failures: { 'Deployment/heart': 'no' } };
    expect(conditions(binding(), [deployment()], config, facts)['SinkBindingAvailable']).toBe(
      'False/BindingFailed: failed binding subject heart: no',
    );
  });

  it('waits with its subjects until the sink has an address, and keeps the one that it knew', () => {
    const lost = { sink: toService('gone') };
    const why = 'failed to get object default/gone: services "gone" not found';
    const missing = `False/NoAddressable: Addressable could not be extracted from destination: ${why}`;
    expect(conditions(binding(lost), [deployment()])).toMatchObject({
      SinkProvided: missing,
      SinkBindingAvailable: 'Unknown/SinkNotResolved: Subjects wait for the address of the sink.',
      Ready: missing,
    });
    expect(written(binding(lost), [deployment(TOLD)])).toEqual([]);
    const known = binding(lost, {}, { sinkUri: 'http://known' });
    expect(JSON.stringify(written(known, [deployment()]))).toContain('http://known');
    expect(plan(known, [deployment()]).status).toMatchObject({ sinkUri: 'http://known' });
  });

  it('tells its error once', () => {
    const first = plan(binding(), []);
    expect(first.events).toEqual([{ type: 'Warning', reason: 'InternalError', message: 'deployments.apps "heart" not found' }]);
    expect(plan(binding({}, {}, first.status as SinkBinding['status']), []).events).toEqual([]);
  });

  it('has an identity and wants a token only where both count', () => {
    const audience = { uri: 'http://x.example.com/', audience: 'me' };
    expect(conditions(binding(), [deployment(TOLD)], withOidc)).toMatchObject({
      OIDCIdentityCreated: 'True/Sink has no audience defined',
      OIDCTokenSecretCreated: 'True/Sink has no audience defined',
    });
    expect(plan(binding(), [deployment(TOLD)], withOidc).asks).toEqual([]);
    expect(conditions(binding({ sink: audience }), [deployment()], withOidc)).toMatchObject({
      OIDCIdentityCreated: 'True',
      Ready: 'Unknown/TokenNotIssued: The token of the service account has not been issued yet.',
    });
  });

  describe('where its sink wants a token', () => {
    const sink = { uri: 'http://x.example.com/', audience: 'me' };
    const parent = binding({ sink });
    const name = 'bind-oidc-sources.knative.dev-sinkbinding';
    const account = object('v1', 'ServiceAccount', name, { metadata: { uid: 'sa', ...ownedBy(parent) } });
    const answered = (answer: object) => ({ answers: { 'token-secret/default/bind': answer } });

    it('asks for a Secret with a token of its identity, and says which', () => {
      expect(plan(parent, [account], withOidc).asks).toEqual([
        {
          ...{ topic: 'token-secret', key: 'default/bind' },
          input: {
            ...{ namespace: 'default', name: 'bind-oidc-token' },
            owner: expect.objectContaining({ kind: 'SinkBinding', name: 'bind', controller: true, blockOwnerDeletion: false }),
            token: { serviceAccount: name, uid: 'sa', audience: 'me' },
          },
        },
      ]);
      const { status } = plan(parent, [account], withOidc, answered({ present: true }));
      expect(status).toMatchObject({ auth: { serviceAccountName: name }, oidcTokenSecretName: 'bind-oidc-token' });
      expect(summary(status)).toMatchObject({ OIDCTokenSecretCreated: 'True' });
    });

    it('says why there is none', () => {
      const problem = 'secret bind-oidc-token not owned by SinkBinding bind';
      const { status } = plan(parent, [account], withOidc, answered({ present: false, problem }));
      expect(summary(status).OIDCTokenSecretCreated).toBe(`False/Unable to reconcile OIDC token secret: ${problem}`);
      expect(status).not.toHaveProperty('oidcTokenSecretName');
    });

    it('mounts it into all containers beside what they have, once', () => {
      const spec = {
        initContainers: [{ name: 'first', image: 'x' }],
        containers: [{ name: 'main', image: 'x', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
        volumes: [{ name: 'v', emptyDir: {} }],
      };
      const subject = (pods: object) =>
        object<Deployment>('apps/v1', 'Deployment', 'heart', { spec: { template: { spec: pods } } as never });
      const [[, patch]] = written(parent, [account, subject(spec)], withOidc) as [[string, { spec: Deployment['spec'] }]];
      const told = patch.spec.template.spec;
      const mount = { name: 'oidc-token', mountPath: '/oidc', readOnly: true };
      expect(told.initContainers![0]!.volumeMounts).toEqual([mount]);
      expect(told.containers[0]!.volumeMounts).toEqual([{ name: 'v', mountPath: '/v' }, mount]);
      expect(told.volumes).toEqual([
        { name: 'v', emptyDir: {} },
        { name: 'oidc-token', projected: { sources: [{ secret: { name: 'bind-oidc-token' } }] } },
      ]);
      expect(written(parent, [account, subject(told)], withOidc)).toEqual([]);
      const filledIn = told.volumes!.map((volume) =>
        volume.name === 'v' ? volume : { ...volume, projected: { ...(volume['projected'] as object), defaultMode: 420 } },
      );
      expect(written(parent, [account, subject({ ...told, volumes: filledIn })], withOidc)).toEqual([]);
      const [[, undone]] = written(parent, [subject(told)]) as [[string, { spec: Deployment['spec'] }]];
      expect(undone.spec.template.spec.volumes).toEqual([{ name: 'v', emptyDir: {} }]);
      expect(undone.spec.template.spec.initContainers![0]!.volumeMounts).toEqual([]);
    });

    it('has the Secret taken away once nobody wants a token any more', () => {
      const before = binding({ sink }, {}, { oidcTokenSecretName: 'bind-oidc-token' });
      const off = plan(before, [account]);
      expect(off.asks).toEqual([expect.objectContaining({ input: expect.not.objectContaining({ token: expect.anything() }) })]);
      expect(off.status).toMatchObject({ oidcTokenSecretName: 'bind-oidc-token' });
      expect(plan(before, [account], config, answered({ present: false })).status).not.toHaveProperty('oidcTokenSecretName');
    });
  });
});

describe('a SinkBinding that goes', () => {
  const going = binding({}, { deletionTimestamp: AFTER });

  it('takes back what it told, and lets itself go', () => {
    expect(written(going, [deployment([{ name: 'A', value: '1' }, ...TOLD])])).toEqual([
      ['Deployment heart', inTemplate([{ name: 'main', image: 'x', env: [{ name: 'A', value: '1' }] }])],
      ['SinkBinding bind', { metadata: { finalizers: [] } }],
    ]);
  });

  it('leaves a subject to the next binding that names it', () => {
    const next = binding({}, { name: 'next' });
    expect(written(going, [deployment(TOLD), next]).map(([what]) => what)).toEqual(['SinkBinding bind']);
    expect(written(next, [deployment(), going]).map(([what]) => what)).toEqual(['Deployment heart']);
  });

  it('goes when its subject has gone', () => {
    expect(written(going, []).map(([what]) => what)).toEqual(['SinkBinding bind']);
  });
});
