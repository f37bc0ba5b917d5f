import type { Channel, InMemoryChannel, KubeObject, ServingConfig, Subscription } from '../../../../../lib/api';
import { subscriptionReconciler } from '../../../../../lib/control/eventing';
import { NOW, ready, summary } from '../../support/objects';
import { type Facts, observe } from '../../support/observe';
import { config, k8sService, linked, OIDC_OFF, object, toService } from '../support/objects';

const FINALIZER = 'subscriptions.messaging.knative.dev';
const UID = 'uid-subscription-mine';
const channelRef = (kind = 'InMemoryChannel', more = {}) => ({
  apiVersion: 'messaging.knative.dev/v1',
  kind,
  name: 'news',
  ...more,
});
const subscription = (
  spec: Partial<Subscription['spec']> = {},
  more: { readonly metadata?: object; readonly status?: Subscription['status'] } = {},
) =>
  object<Subscription>('messaging.knative.dev/v1', 'Subscription', 'mine', {
    spec: { channel: channelRef(), subscriber: toService('sink'), ...spec },
    ...more,
    metadata: { finalizers: [FINALIZER], ...more.metadata },
  });
const entry = (more = {}) => ({
  name: 'mine',
  uid: UID,
  generation: 1,
  subscriberUri: 'http://sink.default.svc.cluster.local',
  ...more,
});
const news = (spec: InMemoryChannel['spec'] = {}, status: InMemoryChannel['status'] = ready(), metadata = {}): KubeObject =>
  object('messaging.knative.dev/v1', 'InMemoryChannel', 'news', { spec, status, metadata });
const marked = (state: 'True' | 'False' | 'Unknown', more = {}) => ({
  ...ready(),
  subscribers: [{ uid: UID, observedGeneration: 1, ready: state, ...more }],
});
const front = (status: Channel['status'] = { ...ready(), channel: channelRef() }): KubeObject =>
  object('messaging.knative.dev/v1', 'Channel', 'news', { status });
const sink = k8sService('sink');
const plan = (
  parent: ReturnType<typeof subscription>,
  objects: readonly KubeObject[],
  settings: ServingConfig = config,
  facts: Facts = {},
) => subscriptionReconciler.plan(parent, observe({ ...facts, objects }), settings, NOW);
type Planned = ReturnType<typeof plan>;
const written = (result: Planned) => result.patch?.map(({ patch }) => ('merge' in patch ? patch.merge : patch));
const entryOf = (result: Planned) =>
  (written(result)![0] as { spec: { subscribers: readonly unknown[] } }).spec.subscribers.at(-1);
const messages = (result: Planned) => result.events?.map(({ type, reason, message }) => `${type} ${reason}: ${message}`);

describe('the plan of a Subscription', () => {
  it('is held by its finalizer before anything else is done', () => {
    const result = plan(subscription({}, { metadata: { finalizers: [] } }), [news(), sink]);
    expect(result).toEqual({ patch: [expect.objectContaining({ patch: { merge: { metadata: { finalizers: [FINALIZER] } } } })] });
  });

  it('writes itself into its channel behind the others, whatever they are by then', () => {
    const result = plan(subscription(), [news({ subscribers: [{ uid: 'other' }] }), sink]);
    const json = [{ op: 'add', path: '/spec/subscribers/-', value: entry() }];
    const type = expect.objectContaining({ kind: 'InMemoryChannel' });
    expect(result.patch).toEqual([{ type, namespace: 'default', name: 'news', patch: { json } }]);
  });

  it('is the first of its channel only if none has come meanwhile', () => {
    const result = plan(subscription(), [news(), sink]);
    const merge = { spec: { subscribers: [entry()] } };
    expect(result.patch).toEqual([expect.objectContaining({ name: 'news', patch: { merge }, resourceVersion: '1' })]);
    expect(messages(result)).toEqual(['Normal SubscriberSync: Subscription was synchronized to channel "news"']);
    expect(result.status).toMatchObject({ physicalSubscription: { subscriberUri: 'http://sink.default.svc.cluster.local' } });
    expect(summary(result.status)).toEqual({
      AddedToChannel: 'True',
      ChannelReady:
        'Unknown/SubscriptionNotMarkedReadyByChannel: Failed to get subscription status: subscription "mine" not present in channel "news" subscriber\'s list',
      OIDCIdentityCreated: OIDC_OFF,
      Ready: expect.stringMatching(/^Unknown\/SubscriptionNotMarkedReadyByChannel/),
      ReferencesResolved: 'True',
    });
  });

  it('changes its own entry alone, and writes nothing where nothing has changed', () => {
    const other = { uid: 'other' };
    const old = news({ subscribers: [entry({ subscriberUri: 'http://old' }), other] });
    expect(written(plan(subscription(), [old, sink]))).toEqual([{ spec: { subscribers: [entry(), other] } }]);
    const twice = news({ subscribers: [entry(), other, entry()] });
    expect(written(plan(subscription(), [twice, sink]))).toEqual([{ spec: { subscribers: [entry(), other] } }]);
    const same = plan(subscription(), [news({ subscribers: [entry(), other] }, marked('True')), sink]);
    expect(same).toMatchObject({ patch: [], events: [] });
    expect(summary(same.status).Ready).toBe('True');
  });

  it.each([
    ['True', 'True'],
    ['False', 'False/SubscriptionNotMarkedReadyByChannel: Subscription marked by Channel as False: no room'],
    ['Unknown', 'Unknown/SubscriptionNotMarkedReadyByChannel: Subscription marked by Channel as Unknown: no room'],
  ] as const)('is as ready as its channel says: %s', (state, expected) => {
    const channel = news({ subscribers: [entry()] }, marked(state, { message: 'no room' }));
    expect(summary(plan(subscription(), [channel, sink]).status).Ready).toBe(expected);
  });

  it('does not take what is said of an earlier generation of it for itself', () => {
    const channel = news({ subscribers: [entry({ generation: 2 })] }, marked('True'));
    expect(summary(plan(subscription({}, { metadata: { generation: 2 } }), [channel, sink]).status).ChannelReady).toMatch(
      /^Unknown/,
    );
  });

  it('goes into the channel behind a Channel, once that is ready', () => {
    const parent = subscription({ channel: channelRef('Channel') });
    const result = plan(parent, [front(), news(), sink]);
    expect(result.patch![0]!.type.kind).toBe('InMemoryChannel');
    const waiting = plan(parent, [front({}), news(), sink]);
    const message = 'Failed to get Spec.Channel or backing channel: channel is not ready.';
    expect(summary(waiting.status).ReferencesResolved).toBe(`Unknown/ChannelReferenceFailed: ${message}`);
    expect(messages(waiting)).toEqual([`Warning ChannelReferenceFailed: ${message}`]);
    expect(waiting.patch).toEqual([]);
    expect(subscriptionReconciler.reads(parent, config).map(({ type }) => type.kind)).toEqual([
      'Channel',
      'InMemoryChannel',
      'Service',
      'ServiceAccount',
    ]);
  });

  it.each<[string, Subscription['spec']['channel'], string]>([
    ['is not there', channelRef(), 'inmemorychannels.messaging.knative.dev "news" not found'],
    ['is not there, nor what is behind it', channelRef('Channel'), 'channels.messaging.knative.dev "news" not found'],
    [
      'is not served',
      channelRef('KafkaChannel'),
      'no channels of messaging.knative.dev/v1, Kind=KafkaChannel are served here: use InMemoryChannel of messaging.knative.dev/v1',
    ],
  ])('says so where its channel %s', (_what, channel, problem) => {
    expect(summary(plan(subscription({ channel }), [sink]).status).ReferencesResolved).toBe(
      `Unknown/ChannelReferenceFailed: Failed to get Spec.Channel or backing channel: ${problem}`,
    );
  });

  it('takes the channel of another namespace where links are switched on', () => {
    const parent = subscription({ channel: channelRef('InMemoryChannel', { namespace: 'other' }) });
    const there = news({}, ready(), { namespace: 'other' });
    expect(plan(parent, [there, sink], linked).patch![0]).toMatchObject({ namespace: 'other', name: 'news' });
    expect(plan(parent, [there, sink]).patch).toEqual([]);
  });

  const gone = (name: string) => `failed to get object default/${name}: services "${name}" not found`;
  it.each<[string, Partial<Subscription['spec']>, string, string]>([
    ['subscriber', { subscriber: toService('x') }, 'SubscriberResolveFailed', `Failed to resolve spec.subscriber: ${gone('x')}`],
    ['reply', { reply: toService('x') }, 'ReplyResolveFailed', `Failed to resolve spec.reply: ${gone('x')}`],
    [
      'dead letter sink',
      { delivery: { deadLetterSink: toService('x') } },
      'DeadLetterSinkResolveFailed',
      `Failed to resolve spec.delivery.deadLetterSink: ${gone('x')}`,
    ],
  ])('says that its %s is missing, and leaves its entry as it was', (_what, spec, reason, message) => {
    const physicalSubscription = { subscriberUri: 'http://before', replyUri: 'http://before' };
    const result = plan(subscription(spec, { status: { physicalSubscription } }), [news({ subscribers: [entry()] }), sink]);
    expect(summary(result.status).ReferencesResolved).toBe(`False/${reason}: ${message}`);
    expect(messages(result)).toEqual([`Warning ${reason}: ${message}`]);
    expect(result.patch).toEqual([]);
    expect(result.status).toMatchObject({ physicalSubscription: { subscriberUri: expect.any(String) } });
  });

  it('sends replies and dead letters where it says', () => {
    const spec = {
      reply: { uri: 'http://reply' },
      delivery: { retry: 2, format: 'json' as const, deadLetterSink: toService('dead') },
    };
    const result = plan(subscription(spec), [news({ delivery: { retry: 9 } }), sink, k8sService('dead')]);
    expect(entryOf(result)).toEqual(
      entry({
        replyUri: 'http://reply',
        delivery: { retry: 2, format: 'json', deadLetterSink: { uri: 'http://dead.default.svc.cluster.local' } },
      }),
    );
    expect(result.status).toMatchObject({
      physicalSubscription: { replyUri: 'http://reply', deadLetterSinkUri: 'http://dead.default.svc.cluster.local' },
    });
  });

  it('is delivered as its channel says where it says nothing itself, and never as a mixture', () => {
    const delivery = { retry: 9, timeout: 'PT1S', deadLetterSink: toService('dead') };
    const channel = news({ delivery }, { ...ready(), deadLetterSinkUri: 'http://theirs' });
    const deadLetterSink = { uri: 'http://theirs' };
    expect(entryOf(plan(subscription(), [channel, sink]))).toEqual(
      entry({ delivery: { retry: 9, timeout: 'PT1S', deadLetterSink } }),
    );
    const own = plan(subscription({ delivery: { retry: 1 } }), [channel, sink]);
    expect(entryOf(own)).toEqual(entry({ delivery: { retry: 1, deadLetterSink } }));
    const late = plan(subscription(), [news({ delivery }), sink]);
    expect(summary(late.status).ReferencesResolved).toBe(
      "False/DeadLetterSinkResolveFailed: channel news didn't set status.deadLetterSinkURI",
    );
  });

  it('says that its channel refused it', () => {
    const result = plan(subscription(), [news(), sink], config, { failures: { 'InMemoryChannel/news': 'read only' } });
    expect(summary(result.status).AddedToChannel).toBe(
      'False/PhysicalChannelSyncFailed: Failed to sync physical Channel: read only',
    );
    expect(messages(result)).toEqual(['Warning PhysicalChannelSyncFailed: Failed to synchronize to channel "news": read only']);
  });

  describe('of one that goes', () => {
    const going = (spec = {}) => subscription(spec, { metadata: { deletionTimestamp: '2026-01-01T11:00:00Z' } });
    const letGo = { metadata: { finalizers: [] } };

    it('takes its entry out of the channel, then lets it go', () => {
      const result = plan(going(), [news({ subscribers: [entry(), { uid: 'other' }] })]);
      expect(written(result)).toEqual([{ spec: { subscribers: [{ uid: 'other' }] } }, letGo]);
      expect(messages(result)).toEqual(['Normal SubscriberRemoved: Subscription was removed from channel "news"']);
      expect(result.status).toBeUndefined();
    });

    it('does so also behind a Channel that is not ready, or gone', () => {
      for (const objects of [[front({})], []]) {
        const result = plan(going({ channel: channelRef('Channel') }), [...objects, news({ subscribers: [entry()] })]);
        expect(written(result)).toEqual([{ spec: { subscribers: [] } }, letGo]);
      }
    });

    it('lets it go where there is no channel, or no entry', () => {
      expect(written(plan(going(), []))).toEqual([letGo]);
      expect(written(plan(going(), [news()]))).toEqual([letGo]);
    });
  });
});
