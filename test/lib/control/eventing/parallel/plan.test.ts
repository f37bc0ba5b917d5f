import type { KubeObject, Parallel } from '../../../../../lib/api';
import { parallelReconciler } from '../../../../../lib/control/eventing';
import { condition, NOW, ownedBy, ready, summary } from '../../support/objects';
import { type Facts, observe } from '../../support/observe';
import { config, object, POLICIES_OFF, toService } from '../support/objects';

const V1 = 'messaging.knative.dev/v1';
const BRANCHES = [{ filter: toService('f'), subscriber: toService('a') }, { subscriber: toService('b') }];
const parallel = (spec: Partial<Parallel['spec']> = {}) =>
  object<Parallel>('flows.knative.dev/v1', 'Parallel', 'ways', { spec: { branches: BRANCHES, ...spec } });
const plan = (parent: ReturnType<typeof parallel>, facts: Facts = {}) =>
  parallelReconciler.plan(parent, observe(facts), config, NOW);
const channel = (name: string, status: object = { address: { name: 'http', url: `http://${name}` } }): KubeObject =>
  object(V1, 'InMemoryChannel', name, { spec: {}, status, metadata: ownedBy(parallel()) });
const channelRef = (name: string) => ({ apiVersion: V1, kind: 'InMemoryChannel', name });
const subscription = (name: string, from: string, status: object = ready()): KubeObject =>
  object(V1, 'Subscription', name, { spec: { channel: channelRef(from) }, status, metadata: ownedBy(parallel()) });
const inDefault = (name: string) => ({ ref: { ...toService(name).ref, namespace: 'default' } });
const CHANNELS = ['ways-kn-parallel', 'ways-kn-parallel-0', 'ways-kn-parallel-1'].map((name) => channel(name));
const SUBSCRIPTIONS = [0, 1].flatMap((i) => [
  subscription(`ways-kn-parallel-filter-${i}`, 'ways-kn-parallel'),
  subscription(`ways-kn-parallel-${i}`, `ways-kn-parallel-${i}`),
]);
const CLOSING = { annotations: { 'flows.knative-constructs.dev/closing': 'true' } };
const specs = (result: ReturnType<typeof plan>) =>
  Object.fromEntries(
    result.apply!.filter(({ type }) => type.kind === 'Subscription').map(({ object: one }) => [one.metadata.name, one.spec]),
  );

describe('the plan of a Parallel', () => {
  it('makes a channel for all and one a branch, and leads through filters to subscribers', () => {
    const branches = [{ ...BRANCHES[0]!, reply: toService('own'), delivery: { retry: 1 } }, BRANCHES[1]!];
    const result = plan(parallel({ branches, reply: toService('all') }));
    expect(result.apply!.map(({ object: one }) => `${one.kind} ${one.metadata.name}`)).toEqual([
      'InMemoryChannel ways-kn-parallel',
      'InMemoryChannel ways-kn-parallel-0',
      'InMemoryChannel ways-kn-parallel-1',
      'Subscription ways-kn-parallel-filter-0',
      'Subscription ways-kn-parallel-0',
      'Subscription ways-kn-parallel-filter-1',
      'Subscription ways-kn-parallel-1',
    ]);
    const behind = (i: number) => ({ ref: { ...channelRef(`ways-kn-parallel-${i}`), namespace: 'default' } });
    expect(specs(result)).toEqual({
      'ways-kn-parallel-filter-0': { channel: channelRef('ways-kn-parallel'), subscriber: inDefault('f'), reply: behind(0) },
      'ways-kn-parallel-0': {
        channel: channelRef('ways-kn-parallel-0'),
        subscriber: inDefault('a'),
        reply: inDefault('own'),
        delivery: { retry: 1 },
      },
      'ways-kn-parallel-filter-1': { channel: channelRef('ways-kn-parallel'), subscriber: behind(1) },
      'ways-kn-parallel-1': { channel: channelRef('ways-kn-parallel-1'), subscriber: inDefault('b'), reply: inDefault('all') },
    });
  });

  it('waits for addresses and subscriptions', () => {
    const { status } = plan(parallel());
    expect(summary(status)).toEqual({
      Addressable: 'False/emptyAddress: addressable is nil',
      ChannelsReady: 'False/ChannelsNotReady: Channels are not ready yet, or there are none',
      EventPoliciesReady: POLICIES_OFF,
      Ready: expect.stringMatching(/^False/),
      SubscriptionsReady: 'False/SubscriptionsNotReady: Subscriptions are not ready yet, or there are none',
    });
    expect((status as Parallel['status'])!.ingressChannelStatus).toEqual({
      channel: { ...channelRef('ways-kn-parallel'), namespace: 'default' },
      ready: { type: 'Ready', status: 'False', reason: 'NotAddressable', message: 'Channel is not addressable' },
    });
    expect((status as Parallel['status'])!.branchStatuses![0]!.subscriberSubscriptionStatus).toEqual({
      subscription: { apiVersion: V1, kind: 'Subscription', name: 'ways-kn-parallel-0', namespace: 'default' },
    });
  });

  it('is ready with all of them, and reached where its first channel is', () => {
    const { status, remove } = plan(parallel(), { objects: [...CHANNELS, ...SUBSCRIPTIONS] });
    expect(summary(status)).toMatchObject({
      Ready: 'True',
      Addressable: 'True',
      ChannelsReady: 'True',
      SubscriptionsReady: 'True',
    });
    expect(status).toMatchObject({
      address: { name: 'http', url: 'http://ways-kn-parallel' },
      branchStatuses: [
        { filterSubscriptionStatus: { ready: condition('Ready', 'True') }, filterChannelStatus: { ready: { status: 'True' } } },
        { subscriberSubscriptionStatus: { ready: condition('Ready', 'True') } },
      ],
    });
    expect(remove).toEqual([]);
  });

  it.each<[string, (all: readonly KubeObject[]) => readonly KubeObject[], Record<string, string>, object]>([
    [
      'a channel of a branch has no address',
      ([ingress, , ...rest]) => [ingress!, channel('ways-kn-parallel-0', {}), ...rest],
      { Addressable: 'True', ChannelsReady: 'False/ChannelsNotReady: Channels are not ready yet, or there are none' },
      { branchStatuses: [{ filterChannelStatus: { ready: { status: 'False', reason: 'NotAddressable' } } }, {}] },
    ],
    [
      'its first channel has no address',
      ([, ...rest]) => [channel('ways-kn-parallel', {}), ...rest],
      { Addressable: 'False/emptyAddress: addressable is nil' },
      { ingressChannelStatus: { ready: { status: 'False', reason: 'NotAddressable' } } },
    ],
    [
      'the subscriber of a branch is missing',
      (all) => [
        ...all.slice(0, -1),
        subscription('ways-kn-parallel-1', 'ways-kn-parallel-1', {
          conditions: [condition('Ready', 'False', 'SubscriberResolveFailed')],
        }),
      ],
      {
        ChannelsReady: 'True',
        SubscriptionsReady: 'False/SubscriptionsNotReady: Subscriptions are not ready yet, or there are none',
      },
      {
        branchStatuses: [{}, { subscriberSubscriptionStatus: { ready: { status: 'False', reason: 'SubscriberResolveFailed' } } }],
      },
    ],
  ])('says so of itself where %s', (_what, change, expected, parts) => {
    const { status } = plan(parallel(), { objects: change([...CHANNELS, ...SUBSCRIPTIONS]) });
    expect(summary(status)).toMatchObject({ ...expected, Ready: expect.stringMatching(/^False/) });
    expect(status).toMatchObject({ observedGeneration: 1, ...parts });
  });

  it('names the service accounts of its subscriptions', () => {
    const as = (one: KubeObject): KubeObject => ({
      ...one,
      status: { ...ready(), auth: { serviceAccountName: one.metadata.name } },
    });
    const { status } = plan(parallel(), { objects: [...CHANNELS, ...SUBSCRIPTIONS.map(as)] });
    expect(status).toMatchObject({ auth: { serviceAccountNames: SUBSCRIPTIONS.map(({ metadata }) => metadata.name) } });
  });

  it('removes what a branch that is gone has left once the events that are its own are through', () => {
    const objects = [...CHANNELS, ...SUBSCRIPTIONS];
    const shorter = (answers: Facts['answers'] = {}) => plan(parallel({ branches: [BRANCHES[1]!] }), { objects, answers });
    const removed = (...drained: string[]) =>
      shorter(Object.fromEntries(drained.map((name) => [`eventing/drain/default/${name}`, { drained: true }]))).remove!.map(
        ({ type, name }) => `${type.kind} ${name}`,
      );
    const [filter, branch] = ['ways-kn-parallel/ways-kn-parallel-filter-1', 'ways-kn-parallel-1'] as const;
    expect(shorter().asks!.map(({ key }) => key)).toEqual([`drain/default/${filter}`, `drain/default/${branch}`]);
    expect(shorter().patch).toMatchObject([{ name: 'ways-kn-parallel-filter-1', patch: { merge: { metadata: CLOSING } } }]);
    expect(removed()).toEqual([]);
    expect(removed(filter)).toEqual(['Subscription ways-kn-parallel-filter-1']);
    expect(removed(filter, branch)).toEqual([
      'Subscription ways-kn-parallel-1',
      'Subscription ways-kn-parallel-filter-1',
      'InMemoryChannel ways-kn-parallel-1',
    ]);
  });

  it('opens a branch again that was closing', () => {
    const { metadata, ...rest } = SUBSCRIPTIONS[2]!;
    const closing = { ...rest, metadata: { ...metadata, ...CLOSING } };
    const annotations = { 'flows.knative-constructs.dev/closing': null };
    expect(plan(parallel(), { objects: [...CHANNELS, closing] }).patch).toMatchObject([
      { name: 'ways-kn-parallel-filter-1', patch: { merge: { metadata: { annotations } } } },
    ]);
    expect(plan(parallel(), { objects: [...CHANNELS, ...SUBSCRIPTIONS] }).patch).toEqual([]);
  });

  it.each<[string, Partial<Parallel['spec']>, Facts, string, string]>([
    [
      'a kind of channel is not served',
      { channelTemplate: { apiVersion: 'x/v1', kind: 'Y' } },
      {},
      'ChannelsReady',
      'False/ChannelsNotReady: failed to reconcile channel ways-kn-parallel at step -1: no channels of x/v1, Kind=Y are served here: use InMemoryChannel of messaging.knative.dev/v1',
    ],
    [
      'a channel is refused',
      {},
      { failures: { 'InMemoryChannel/ways-kn-parallel-1': 'quota' } },
      'ChannelsReady',
      'False/ChannelsNotReady: failed to reconcile channel ways-kn-parallel-1 at step 1: quota',
    ],
    [
      'a subscription is refused',
      {},
      { failures: { 'Subscription/ways-kn-parallel-filter-1': 'quota' } },
      'SubscriptionsReady',
      'False/SubscriptionsNotReady: failed to reconcile Subscription Objects for branch: 1 : quota',
    ],
  ])('says so where %s', (_what, spec, facts, type, expected) => {
    const result = plan(parallel(spec), facts);
    expect(summary(result.status)[type]).toBe(expected);
    expect(summary(result.status).Ready).toBe(expected);
    expect(result.events).toEqual([expect.objectContaining({ type: 'Warning', reason: 'InternalError' })]);
  });
});
