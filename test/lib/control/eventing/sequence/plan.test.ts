import type { KubeObject, Sequence } from '../../../../../lib/api';
import { sequenceReconciler } from '../../../../../lib/control/eventing';
import { condition, NOW, ownedBy, ready, summary } from '../../support/objects';
import { type Facts, observe } from '../../support/observe';
import { config, object, POLICIES_OFF, toService } from '../support/objects';

const V1 = 'messaging.knative.dev/v1';
const sequence = (spec: Partial<Sequence['spec']> = {}) =>
  object<Sequence>('flows.knative.dev/v1', 'Sequence', 'fulfil', { spec: { steps: [toService('a'), toService('b')], ...spec } });
const plan = (parent: ReturnType<typeof sequence>, facts: Facts = {}) =>
  sequenceReconciler.plan(parent, observe(facts), config, NOW);
const address = (step: number) => ({
  name: 'http',
  url: `http://fulfil-kn-sequence-${step}-kn-channel.default.svc.cluster.local`,
});
const channel = (step: number, status: object = { ...ready(), address: address(step) }, spec = {}): KubeObject =>
  object(V1, 'InMemoryChannel', `fulfil-kn-sequence-${step}`, { spec, status, metadata: ownedBy(sequence()) });
const channelRef = (step: number) => ({ apiVersion: V1, kind: 'InMemoryChannel', name: `fulfil-kn-sequence-${step}` });
const subscription = (step: number, more: { status?: object; channel?: object; metadata?: object } = {}): KubeObject =>
  object(V1, 'Subscription', `fulfil-kn-sequence-${step}`, {
    spec: { channel: more.channel ?? channelRef(step) },
    status: more.status ?? ready(),
    metadata: more.metadata ?? ownedBy(sequence()),
  });
const inDefault = (name: string) => ({ ref: { ...toService(name).ref, namespace: 'default' } });
const made = (result: ReturnType<typeof plan>) => result.apply!.map(({ object: one }) => `${one.kind} ${one.metadata.name}`);
const removed = (result: ReturnType<typeof plan>) => result.remove!.map(({ type, name }) => `${type.kind} ${name}`);
const ALL = [channel(0), channel(1), subscription(0), subscription(1)];

describe('the plan of a Sequence', () => {
  it('makes a channel and a subscription for each step, each leading to the next, and the last to the reply', () => {
    const delivery = { retry: 3 };
    const result = plan(sequence({ steps: [{ ...toService('a'), delivery }, { uri: 'http://b' }], reply: toService('end') }));
    expect(made(result)).toEqual([
      'InMemoryChannel fulfil-kn-sequence-0',
      'InMemoryChannel fulfil-kn-sequence-1',
      'Subscription fulfil-kn-sequence-0',
      'Subscription fulfil-kn-sequence-1',
    ]);
    expect(result.apply![0]!.object.metadata).toEqual({
      name: 'fulfil-kn-sequence-0',
      namespace: 'default',
      ...ownedBy(sequence()),
    });
    expect(result.apply![2]!.object.spec).toEqual({
      channel: channelRef(0),
      subscriber: inDefault('a'),
      delivery,
      reply: { ref: { ...channelRef(1), namespace: 'default' } },
    });
    expect(result.apply![3]!.object.spec).toEqual({
      channel: channelRef(1),
      subscriber: { uri: 'http://b' },
      reply: inDefault('end'),
    });
  });

  it('says nothing of channels and subscriptions that have just been made', () => {
    const { status } = plan(sequence());
    expect(summary(status)).toEqual({
      Addressable: 'Unknown/emptyAddress: addressable is nil',
      ChannelsReady: 'Unknown/ChannelsNotReady: Channels are not ready yet, or there are none',
      EventPoliciesReady: POLICIES_OFF,
      Ready: expect.stringMatching(/^Unknown/),
      SubscriptionsReady: 'Unknown/SubscriptionsNotReady: Subscriptions are not ready yet, or there are none',
    });
    const noReady = { type: 'Ready', status: 'Unknown', reason: 'NoReady' };
    expect((status as Sequence['status'])!.channelStatuses![1]).toEqual({
      channel: { ...channelRef(1), namespace: 'default' },
      ready: { ...noReady, message: 'Channel does not have Ready condition' },
    });
    expect((status as Sequence['status'])!.subscriptionStatuses![0]).toEqual({
      subscription: { apiVersion: V1, kind: 'Subscription', name: 'fulfil-kn-sequence-0', namespace: 'default' },
      ready: { ...noReady, message: 'Subscription does not have Ready condition' },
    });
  });

  it('is ready with all of them, and reached where its first channel is', () => {
    const { status, remove } = plan(sequence(), { objects: ALL });
    expect(summary(status).Ready).toBe('True');
    expect(status).toMatchObject({
      address: { url: address(0).url },
      channelStatuses: [{ ready: condition('Ready', 'True') }, { ready: condition('Ready', 'True') }],
    });
    expect(remove).toEqual([]);
    const late = subscription(1, { status: { conditions: [condition('Ready', 'False', 'Why')] } });
    expect(summary(plan(sequence(), { objects: [...ALL.slice(0, 3), late] }).status).Ready).toMatch(
      /^Unknown\/SubscriptionsNotReady/,
    );
  });

  const NOT_READY = {
    ChannelsReady: 'Unknown/ChannelsNotReady: Channels are not ready yet, or there are none',
    SubscriptionsReady: 'Unknown/SubscriptionsNotReady: Subscriptions are not ready yet, or there are none',
  };
  it.each<[string, readonly KubeObject[], Record<string, string>, object]>([
    [
      'a channel has failed',
      [
        channel(0),
        channel(1, { conditions: [condition('Ready', 'False', 'Full', 'no room')] }),
        subscription(0),
        subscription(1),
      ],
      { Addressable: 'True', ChannelsReady: NOT_READY.ChannelsReady, SubscriptionsReady: 'True', Ready: NOT_READY.ChannelsReady },
      { channelStatuses: [{ ready: { status: 'True' } }, { ready: { status: 'False', reason: 'Full', message: 'no room' } }] },
    ],
    [
      'its first channel is ready without an address',
      [channel(0, ready()), channel(1), subscription(0), subscription(1)],
      {
        Addressable: 'Unknown/emptyAddress: addressable is nil',
        ChannelsReady: 'True',
        Ready: 'Unknown/emptyAddress: addressable is nil',
      },
      { channelStatuses: [{ ready: { status: 'True' } }, { ready: { status: 'True' } }] },
    ],
    [
      'the subscriber of a step is missing',
      [
        channel(0),
        channel(1),
        subscription(0, { status: { conditions: [condition('Ready', 'False', 'SubscriberResolveFailed', 'gone')] } }),
        subscription(1),
      ],
      { ChannelsReady: 'True', SubscriptionsReady: NOT_READY.SubscriptionsReady, Ready: NOT_READY.SubscriptionsReady },
      {
        subscriptionStatuses: [
          { ready: { status: 'False', reason: 'SubscriberResolveFailed', message: 'gone' } },
          { ready: { status: 'True' } },
        ],
      },
    ],
    [
      'a subscription says nothing yet',
      [channel(0), channel(1), subscription(0), subscription(1, { status: {} })],
      { SubscriptionsReady: NOT_READY.SubscriptionsReady },
      { subscriptionStatuses: [{ ready: { status: 'True' } }, { ready: { status: 'Unknown', reason: 'NoReady' } }] },
    ],
  ])('says so of itself where %s', (_what, objects, expected, parts) => {
    const { status } = plan(sequence(), { objects });
    expect(summary(status)).toMatchObject(expected);
    expect(status).toMatchObject({ observedGeneration: 1, ...parts });
  });

  it('names the service accounts of its subscriptions', () => {
    const as = (step: number) => subscription(step, { status: { ...ready(), auth: { serviceAccountName: `s${step}` } } });
    const { status } = plan(sequence(), { objects: [channel(0), channel(1), as(0), as(1)] });
    expect(status).toMatchObject({ auth: { serviceAccountNames: ['s0', 's1'] } });
    expect(plan(sequence(), { objects: ALL }).status).not.toHaveProperty('auth');
  });

  it('leaves the subscribers of its channels to those who write them, and asks for the rest of the template', () => {
    const channelTemplate = { apiVersion: V1, kind: 'InMemoryChannel', spec: { delivery: { retry: 7 } } };
    const result = plan(sequence({ channelTemplate }), { objects: [channel(0, {}, { subscribers: [{ uid: 'a' }] })] });
    expect(result.apply![0]!.object.spec).toEqual({ delivery: { retry: 7 }, subscribers: [{ uid: 'a' }] });
  });

  it('removes what a step that is gone has left once its events are through, and nothing of others', () => {
    const foreign = subscription(9, { metadata: {} });
    const shorter = sequence({ steps: [toService('a')] });
    const waiting = plan(shorter, { objects: [...ALL, foreign] });
    expect(removed(waiting)).toEqual([]);
    const { namespace, name, uid } = channel(1).metadata;
    const input = { kind: 'drain', namespace, name, uid };
    expect(waiting.asks).toEqual([{ topic: 'eventing', key: `drain/default/${name}`, input }]);
    const answers = { [`eventing/drain/default/${name}`]: { drained: true } };
    expect(removed(plan(shorter, { objects: [...ALL, foreign], answers }))).toEqual([
      'Subscription fulfil-kn-sequence-1',
      'InMemoryChannel fulfil-kn-sequence-1',
    ]);
  });

  it('makes a subscription anew whose channel is of another kind now', () => {
    const channelTemplate = { apiVersion: V1, kind: 'Channel' };
    const result = plan(sequence({ steps: [toService('a')], channelTemplate }), { objects: [channel(0), subscription(0)] });
    expect(made(result)).toEqual(['Channel fulfil-kn-sequence-0']);
    expect(removed(result)).toEqual(['Subscription fulfil-kn-sequence-0']);
    const answers = { 'eventing/drain/default/fulfil-kn-sequence-0': { drained: true } };
    const drained = plan(sequence({ steps: [toService('a')], channelTemplate }), { objects: [channel(0)], answers });
    expect(removed(drained)).toEqual(['InMemoryChannel fulfil-kn-sequence-0']);
    const going = subscription(0, {
      channel: { ...channelRef(0), kind: 'Channel' },
      metadata: { ...ownedBy(sequence()), deletionTimestamp: 'x' },
    });
    expect(made(plan(sequence({ steps: [toService('a')], channelTemplate }), { objects: [going] }))).toEqual([
      'Channel fulfil-kn-sequence-0',
    ]);
  });

  it.each<[string, Partial<Sequence['spec']>, Facts, string, string]>([
    [
      'a kind of channel is not served',
      { channelTemplate: { apiVersion: 'x/v1', kind: 'Y' } },
      {},
      'ChannelsReady',
      'Unknown/ChannelsNotReady: failed to reconcile channel fulfil-kn-sequence-0 at step 0: no channels of x/v1, Kind=Y are served here: use InMemoryChannel of messaging.knative.dev/v1',
    ],
    [
      'a channel is refused',
      {},
      { failures: { 'InMemoryChannel/fulfil-kn-sequence-1': 'quota' } },
      'ChannelsReady',
      'Unknown/ChannelsNotReady: failed to reconcile channel fulfil-kn-sequence-1 at step 1: quota',
    ],
    [
      'a subscription is refused',
      {},
      { failures: { 'Subscription/fulfil-kn-sequence-1': 'quota' } },
      'SubscriptionsReady',
      'Unknown/SubscriptionsNotReady: failed to reconcile subscription resource for step: 1 : quota',
    ],
    [
      'a subscription is somebody else’s',
      {},
      { objects: [subscription(0, { metadata: {} })] },
      'SubscriptionsReady',
      'Unknown/SubscriptionsNotReady: failed to reconcile subscription resource for step: 0 : There is an existing Subscription "fulfil-kn-sequence-0" that we do not own.',
    ],
  ])('says so where %s', (_what, spec, facts, type, expected) => {
    const result = plan(sequence(spec), facts);
    expect(summary(result.status)[type]).toBe(expected);
    expect(result.events).toEqual([expect.objectContaining({ type: 'Warning', reason: 'InternalError' })]);
  });
});
