import type { KubeObject } from '../../../../lib/api';
import { CountingExecutor, noLog, VirtualClock } from '../../../../lib/base';
import { ACCESS_TOPIC, type AccessAnswer, type AccessQuestion } from '../../../../lib/control';
import { type Cluster, ClusterError } from '../../../../lib/kube';
import { AccessAnswers } from '../../../../lib/roles/cluster-answers';

interface Review extends KubeObject {
  readonly spec: {
    readonly user: string;
    readonly groups: readonly string[];
    readonly resourceAttributes: Readonly<Record<'namespace' | 'verb' | 'group' | 'resource', string>>;
  };
}

function world(may: (review: Review['spec']) => boolean) {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor);
  const reviews: Review['spec'][] = [];
  const create = async (_type: unknown, review: Review) => {
    reviews.push(review.spec);
    return { ...review, status: { allowed: may(review.spec) } };
  };
  const cluster = { create } as unknown as Cluster;
  const answers: AccessAnswer[] = [];
  const access = new AccessAnswers({ cluster, clock, executor, log: noLog });
  const ask = (input: AccessQuestion) =>
    access.ask({ topic: ACCESS_TOPIC, key: 'default/s', input }, (_key, answer) => answers.push(answer as AccessAnswer));
  return { access, ask, answers, reviews, clock };
}

const question: AccessQuestion = {
  user: 'system:serviceaccount:default:watcher',
  verbs: ['get', 'list', 'watch'],
  resources: [
    { group: '', resource: 'pods' },
    { group: 'apps', resource: 'deployments' },
  ],
  namespaces: ['a', 'b'],
};

describe('rights on a cluster', () => {
  test('what is missing is named as upstream names it, by resource and namespace', async () => {
    const { ask, answers, reviews, clock } = world(
      ({ resourceAttributes: { namespace, resource, verb } }) => namespace === 'a' && (resource === 'pods' || verb === 'get'),
    );
    ask(question);
    await clock.advance(0);
    expect(answers).toEqual([
      {
        enforced: true,
        missing: [
          'get, list, watch resource "pods" in API group "" in Namespace "b"',
          'list, watch resource "deployments" in API group "apps" in Namespace "a"',
          'get, list, watch resource "deployments" in API group "apps" in Namespace "b"',
        ],
      },
    ]);
    expect(reviews).toHaveLength(12);
    expect(reviews[0]).toEqual({
      user: 'system:serviceaccount:default:watcher',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      resourceAttributes: { namespace: 'a', verb: 'get', group: '', resource: 'pods' },
    });
  });

  test('rights that are granted later are noticed, and those that are taken away', async () => {
    let granted = false;
    const { ask, answers, clock } = world(() => granted);
    ask({ ...question, namespaces: ['a'], resources: [{ group: '', resource: 'pods' }] });
    await clock.advance(60_000);
    expect(answers).toHaveLength(1);
    granted = true;
    await clock.advance(10_000);
    expect(answers.at(-1)).toEqual({ enforced: true, missing: [] });
    granted = false;
    await clock.advance(600_000);
    expect(answers.at(-1)?.missing).toHaveLength(1);
    expect(answers).toHaveLength(3);
  });

  test('an API server that fails changes nothing of what was known, and is asked again', async () => {
    let down = true;
    const { ask, answers, clock } = world(() => {
      if (down) throw new ClusterError('Unavailable', 'gone');
      return true;
    });
    ask(question);
    await clock.advance(30_000);
    expect(answers).toEqual([]);
    down = false;
    await clock.advance(10_000);
    expect(answers).toEqual([{ enforced: true, missing: [] }]);
  });

  test('two who ask the same at once are one question, and nobody asks for what was forgotten', async () => {
    const { access, ask, reviews, clock } = world(() => false);
    ask(question);
    access.ask({ topic: ACCESS_TOPIC, key: 'default/other', input: question }, () => {});
    await clock.advance(0);
    expect(reviews).toHaveLength(12);
    access.stop();
    await clock.advance(3_600_000);
    expect(reviews).toHaveLength(12);
  });

  test('a right that the API server has just refused is reviewed at once, whatever was known of it', async () => {
    let allowed = true;
    const { ask, answers, reviews, clock } = world(() => allowed);
    const one: AccessQuestion = {
      ...question,
      verbs: ['watch'],
      resources: [{ group: '', resource: 'pods' }],
      namespaces: ['a'],
    };
    ask(one);
    await clock.advance(0);
    allowed = false;
    ask({ ...one, doubted: true });
    await clock.advance(0);
    expect(answers.map(({ missing }) => missing)).toEqual([[], ['watch resource "pods" in API group "" in Namespace "a"']]);
    expect(reviews).toHaveLength(2);
    // And then as any that is missing: until it is granted.
    allowed = true;
    await clock.advance(10_000);
    expect(answers.at(-1)).toEqual({ enforced: true, missing: [] });
  });
});
