import type { Channel, KubeObject } from '../../../../../lib/api';
import { channelReconciler } from '../../../../../lib/control/eventing';
import { failed, NOW, ownedBy, ready, summary } from '../../support/objects';
import { type Facts, observe } from '../../support/observe';
import { config, NO_DEAD_LETTERS, object, POLICIES_OFF, toService } from '../support/objects';

const channel = (spec: Channel['spec'] = {}) => object<Channel>('messaging.knative.dev/v1', 'Channel', 'news', { spec });
const backing = (status: object, metadata: object = ownedBy(channel()), spec: object = {}): KubeObject =>
  object('messaging.knative.dev/v1', 'InMemoryChannel', 'news', { status, metadata, spec });
const ADDRESS = { name: 'http', url: 'http://news-kn-channel.default.svc.cluster.local' };
const plan = (parent: ReturnType<typeof channel>, facts: Facts = {}) =>
  channelReconciler.plan(parent, observe(facts), config, NOW);
const delivery = { retry: 3, deadLetterSink: toService('dead') };

describe('the plan of a Channel', () => {
  it('makes the channel behind it, of its own name and with its delivery', () => {
    const result = plan(channel({ delivery: { retry: 3 } }));
    expect(result.apply?.map(({ object: made }) => made)).toEqual([
      {
        apiVersion: 'messaging.knative.dev/v1',
        kind: 'InMemoryChannel',
        metadata: { name: 'news', namespace: 'default', ...ownedBy(channel()) },
        spec: { delivery: { retry: 3 } },
      },
    ]);
    expect(summary(result.status)).toEqual({
      Addressable: 'False/EmptyHostname: hostname is the empty string',
      BackingChannelReady: 'Unknown/BackingChannelNotConfigured: BackingChannel has not yet been reconciled.',
      DeadLetterSinkResolved: NO_DEAD_LETTERS,
      EventPoliciesReady: POLICIES_OFF,
      Ready: expect.stringMatching(/^False\/EmptyHostname/),
    });
  });

  it('says what that says', () => {
    const subscribers = [{ uid: 'a', observedGeneration: 1, ready: 'True' }];
    const { status } = plan(channel(), { objects: [backing({ ...ready(), address: ADDRESS, subscribers })] });
    expect(status).toMatchObject({
      address: ADDRESS,
      subscribers,
      channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel', name: 'news', namespace: 'default' },
    });
    expect(summary(status)).toMatchObject({ Ready: 'True', BackingChannelReady: 'True', Addressable: 'True' });
    const bad = plan(channel(), { objects: [backing({ ...failed('no room', 'Full'), address: ADDRESS })] });
    expect(summary(bad.status).Ready).toBe('False/Full: no room');
  });

  it('leaves the subscribers of that to those who write them', () => {
    const spec = { subscribers: [{ uid: 'a' }], delivery: { retry: 3 } };
    const result = plan(channel({ delivery: { retry: 3 } }), { objects: [backing({}, ownedBy(channel()), spec)] });
    expect(result.apply![0]!.object.spec).toEqual(spec);
  });

  it('uses a channel of its name that somebody else has made as it is', () => {
    const result = plan(channel(), { objects: [backing({ ...ready(), address: ADDRESS }, {})] });
    expect(result.apply).toEqual([]);
    expect(summary(result.status).Ready).toBe('True');
  });

  it('has the dead letter sink that the channel behind it has resolved', () => {
    const resolved = backing({ ...ready(), address: ADDRESS, deadLetterSinkUri: 'http://dead' });
    expect(plan(channel({ delivery }), { objects: [resolved] }).status).toMatchObject({ deadLetterSinkUri: 'http://dead' });
    const { status } = plan(channel({ delivery }), { objects: [backing({ ...ready(), address: ADDRESS })] });
    expect(summary(status).DeadLetterSinkResolved).toBe("False/Backing Channel news didn't set status.deadLetterSinkURI");
  });

  it.each([
    [{ apiVersion: 'messaging.knative.dev/v1beta1', kind: 'KafkaChannel' }],
    [{ apiVersion: 'messaging.knative.dev/v1', kind: 'Channel' }],
  ])('refuses a template of a channel that is not served: %j', (channelTemplate) => {
    const result = plan(channel({ channelTemplate }));
    expect(result.apply).toEqual([]);
    expect(summary(result.status).Ready).toBe(
      `False/ChannelFailure: no channels of ${channelTemplate.apiVersion}, Kind=${channelTemplate.kind} are served here: use InMemoryChannel of messaging.knative.dev/v1`,
    );
  });

  it('says that the channel behind it was refused', () => {
    const result = plan(channel(), { failures: { 'InMemoryChannel/news': 'quota' } });
    expect(summary(result.status).Ready).toBe('False/ChannelFailure: quota');
    expect(result.events).toEqual([
      { type: 'Warning', reason: 'InternalError', message: 'problem reconciling the backing channel: quota' },
    ]);
  });

  it('keeps the address that it has told while the channel behind it is refused', () => {
    const before = plan(channel(), { objects: [backing({ ...ready(), address: ADDRESS })] }).status as Channel['status'];
    const parent = { ...channel(), status: before! };
    const { status } = plan(parent, { failures: { 'InMemoryChannel/news': 'quota' } });
    expect(status).toMatchObject({ address: ADDRESS, channel: { kind: 'InMemoryChannel', name: 'news' } });
    expect(summary(status).Ready).toBe('False/ChannelFailure: quota');
  });
});
