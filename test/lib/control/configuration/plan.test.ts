import { type Configuration, defaultServingConfig, type KubeObject, type Stored } from '../../../../lib/api';
import { configurationReconciler } from '../../../../lib/control/configuration';
import { configuration, failed, NOW, NOW_TEXT, ready, revision, summary, template } from '../support/objects';
import { observe } from '../support/observe';

const plan = (parent: Stored<Configuration>, objects: readonly KubeObject[] = [], failures: Record<string, string> = {}) =>
  configurationReconciler.plan(parent, observe({ objects, failures }), defaultServingConfig, NOW);
const messages = (result: ReturnType<typeof plan>) =>
  result.events!.map(({ type, reason, message }) => `${type} ${reason}: ${message}`);

describe('the plan of a Configuration', () => {
  it('makes the revision of its generation', () => {
    const parent = configuration('hello', {
      metadata: {
        generation: 7,
        labels: { 'serving.knative.dev/service': 'hello', 'serving.knative.dev/serviceUID': 'u', other: 'x' },
        annotations: { 'serving.knative.dev/lastModifier': 'ann' },
      },
      template: { metadata: { labels: { l: '1' }, annotations: { a: '1' } }, spec: template().spec },
    });
    const result = plan(parent);
    const { metadata, spec } = result.apply![0]!.object;
    expect(metadata).toEqual({
      name: 'hello-00007',
      namespace: 'default',
      labels: {
        l: '1',
        'serving.knative.dev/configuration': 'hello',
        'serving.knative.dev/configurationGeneration': '7',
        'serving.knative.dev/configurationUID': 'uid-configuration-hello',
        'serving.knative.dev/routingState': 'pending',
        'serving.knative.dev/service': 'hello',
        'serving.knative.dev/serviceUID': 'u',
      },
      annotations: { a: '1', 'serving.knative.dev/creator': 'ann', 'serving.knative.dev/routingStateModified': NOW_TEXT },
      ownerReferences: [expect.objectContaining({ kind: 'Configuration', uid: 'uid-configuration-hello', controller: true })],
    });
    expect(spec).toEqual(parent.spec.template.spec);
    expect(messages(result)).toEqual(['Normal Created: Created Revision "hello-00007"']);
    expect(result.status).toMatchObject({ latestCreatedRevisionName: 'hello-00007', observedGeneration: 7 });
    expect(summary(result.status)).toEqual({ Ready: 'Unknown' });
  });

  it('makes the revision active from the start where a route leads to the Configuration', () => {
    const parent = configuration('hello', { metadata: { annotations: { 'serving.knative.dev/routes': 'hello' } } });
    const { labels, annotations } = plan(parent).apply![0]!.object.metadata;
    expect(labels?.['serving.knative.dev/routingState']).toBe('active');
    expect(annotations?.['serving.knative.dev/routes']).toBe('hello');
  });

  it.each<[string, Configuration['status'], KubeObject[], string, string | undefined, string[]]>([
    ['waits for its revision', { latestCreatedRevisionName: 'hello-00001' }, [revision()], 'Unknown', undefined, []],
    [
      'becomes ready with its revision',
      {},
      [revision('hello-00001', { status: ready() })],
      'True',
      'hello-00001',
      [
        'Normal ConfigurationReady: Configuration becomes ready',
        'Normal LatestReadyUpdate: LatestReadyRevisionName updated to "hello-00001"',
      ],
    ],
    [
      'fails with its revision',
      {},
      [revision('hello-00001', { status: failed('boom') })],
      'False/RevisionFailed: Revision "hello-00001" failed with message: boom.',
      undefined,
      ['Warning LatestCreatedFailed: Latest created revision "hello-00001" has failed'],
    ],
    [
      'says so when the revision that was ready fails',
      { latestReadyRevisionName: 'hello-00001' },
      [revision('hello-00001', { status: failed('boom') })],
      'False/RevisionFailed: Revision "hello-00001" failed with message: boom.',
      'hello-00001',
      ['Warning LatestReadyFailed: Latest ready revision "hello-00001" has failed'],
    ],
    [
      'says that the latest ready revision is gone while the new one is not ready',
      { latestReadyRevisionName: 'hello-00000' },
      [revision('hello-00001')],
      'False/RevisionDeleted: Revision "hello-00000" was deleted.',
      'hello-00000',
      [],
    ],
  ])('%s', (_, status, objects, condition, latestReady, events) => {
    const result = plan(configuration('hello', { status: status! }), objects);
    expect(result.apply).toBeUndefined();
    expect(summary(result.status).Ready).toBe(condition);
    expect((result.status as Configuration['status'])?.latestReadyRevisionName).toBe(latestReady);
    expect(messages(result)).toEqual(events);
  });

  it('says once that a revision has failed', () => {
    const parent = configuration();
    const objects = [revision('hello-00001', { status: failed('boom') })];
    const first = plan(parent, objects);
    const second = plan({ ...parent, status: first.status as object }, objects);
    expect(second.events).toEqual([]);
    expect(second.status).toEqual(first.status);
  });

  it('takes the newest ready revision, none older than the one that it was', () => {
    const generation = (n: number, isReady: boolean) =>
      revision(`hello-0000${n}`, { generation: n, ...(isReady ? { status: ready() } : {}) });
    const parent = configuration('hello', { metadata: { generation: 4 }, status: { latestReadyRevisionName: 'hello-00002' } });
    const latest = (...objects: KubeObject[]) =>
      (plan(parent, objects).status as Configuration['status'])?.latestReadyRevisionName;
    expect(latest(generation(1, true), generation(2, true), generation(3, true), generation(4, false))).toBe('hello-00003');
    expect(latest(generation(1, true), generation(2, false), generation(4, false))).toBe('hello-00002');
    expect(latest(generation(1, true), generation(4, false))).toBe('hello-00001');
  });

  describe('with a name of its author', () => {
    const named = (image?: string) =>
      configuration('hello', { metadata: { generation: 5 }, template: template(image, 'hello-blue') });

    it('makes the revision of that name', () => {
      expect(plan(named()).apply![0]!.object.metadata.name).toBe('hello-blue');
    });

    it('uses a revision of an earlier generation again if the spec is the same', () => {
      const result = plan(named(), [revision('hello-blue', { generation: 2, status: ready() })]);
      expect(result.apply).toBeUndefined();
      expect(result.status).toMatchObject({ latestCreatedRevisionName: 'hello-blue', latestReadyRevisionName: 'hello-blue' });
      expect(summary(result.status).Ready).toBe('True');
    });

    it.each<[string, KubeObject]>([
      ['of another spec', revision('hello-blue', { generation: 2 })],
      ['of another Configuration', revision('hello-blue', { of: configuration('other'), generation: 5 })],
    ])('refuses one %s', (_, existing) => {
      const result = plan(named('example.com/other@sha256:11'), [existing]);
      expect(result.apply).toBeUndefined();
      expect(summary(result.status).Ready).toBe(
        'False/RevisionFailed: Revision creation failed with message: revisions.serving.knative.dev "hello-blue" already exists.',
      );
    });
  });

  it('says why a revision was refused', () => {
    const result = plan(configuration(), [], { 'Revision/hello-00001': 'quota' });
    expect(summary(result.status).Ready).toBe('False/RevisionFailed: Revision creation failed with message: quota.');
    expect(messages(result)).toEqual(['Warning CreationFailed: Failed to create Revision: quota']);
  });
});
