import type { InMemoryChannel, KubeObject, ServingConfig } from '../../../../../lib/api';
import { inMemoryChannelReconciler } from '../../../../../lib/control/eventing';
import { NOW, ownedBy, ready, summary } from '../../support/objects';
import { type Facts, observe } from '../../support/observe';
import { config, k8sService, NO_DEAD_LETTERS, object, POLICIES_OFF, toService, withOidc } from '../support/objects';

const KEY = 'eventing/in-memory-channel/default/news';
const entry = (uid: string, generation = 1) => ({ uid, generation, name: uid, subscriberUri: 'http://sink' });
const served = (uid: string, observedGeneration = 1) => ({ uid, observedGeneration, ready: 'True' as const });
const channel = (more: Parameters<typeof object<InMemoryChannel>>[3] = {}) =>
  object<InMemoryChannel>('messaging.knative.dev/v1', 'InMemoryChannel', 'news', { spec: {}, ...more });
const SERVED = { answers: { [KEY]: { generation: 1 } } };
const plan = (parent: ReturnType<typeof channel>, facts: Facts = SERVED, settings: ServingConfig = config) =>
  inMemoryChannelReconciler.plan(parent, observe(facts), settings, NOW);
const status = (...args: Parameters<typeof plan>) => plan(...args).status as NonNullable<InMemoryChannel['status']>;
const ownService = (owner: KubeObject) =>
  object<KubeObject>('v1', 'Service', 'news-kn-channel', { spec: {}, metadata: ownedBy(owner) });

describe('the plan of an InMemoryChannel', () => {
  it('makes the Service by whose name the channel is reached', () => {
    const result = plan(channel());
    expect(result.apply).toEqual([
      {
        type: expect.objectContaining({ kind: 'Service' }),
        object: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: {
            name: 'news-kn-channel',
            namespace: 'default',
            labels: { 'messaging.knative.dev/role': 'in-memory-channel' },
            ...ownedBy(channel()),
          },
          spec: {
            type: 'ExternalName',
            externalName: 'imc-dispatcher.knative-eventing.svc.cluster.local',
            ports: [{ name: 'http', protocol: 'TCP', port: 80 }],
          },
        },
      },
    ]);
    expect(status(channel()).address).toEqual({ name: 'http', url: 'http://news-kn-channel.default.svc.cluster.local' });
  });

  it('has upstream’s conditions when it is served', () => {
    expect(summary(status(channel()))).toEqual({
      Addressable: 'True',
      ChannelServiceReady: 'True',
      DeadLetterSinkResolved: NO_DEAD_LETTERS,
      DispatcherReady: 'True',
      EndpointsReady: 'True',
      EventPoliciesReady: POLICIES_OFF,
      Ready: 'True',
      ServiceReady: 'True',
    });
  });

  it('waits until it is served, and says why it cannot be', () => {
    const waiting = 'Unknown/DispatcherEndpointsNotReady: There are no endpoints ready for Dispatcher service';
    expect(summary(status(channel(), {}))).toMatchObject({ EndpointsReady: waiting, Ready: waiting });
    expect(summary(status(channel(), { answers: { [KEY]: { generation: 1, problem: 'no room' } } }))).toMatchObject({
      DispatcherReady: 'False/DispatcherDeploymentFalse: no room',
      Ready: 'False/DispatcherEndpointsNotReady: no room',
    });
  });

  it('stays ready while its subscriptions change, and tells those that are served', () => {
    const spec = { subscribers: [entry('a', 2), entry('b')] };
    const parent = channel({ spec, status: ready(), metadata: { generation: 7 } });
    const answer = { generation: 6, subscribers: [served('a'), served('gone')] };
    const result = status(parent, { answers: { [KEY]: answer } });
    expect(summary(result).Ready).toBe('True');
    expect(result).toMatchObject({ observedGeneration: 7, subscribers: [served('a')] });
  });

  it('keeps what it said of its subscriptions after a restart until the engine says otherwise', () => {
    const parent = channel({ spec: { subscribers: [entry('a')] }, status: { ...ready(), subscribers: [served('a')] } });
    expect(status(parent, {})).toMatchObject({ subscribers: [served('a')] });
    expect(summary(status(parent, {})).Ready).toBe('True');
    expect(status(parent, { answers: { [KEY]: { generation: 1, subscribers: [] } } }).subscribers).toBeUndefined();
  });

  it('does not take a Service that is somebody else’s', () => {
    const result = plan(channel(), { ...SERVED, objects: [k8sService('news-kn-channel')] });
    expect(result.apply).toEqual([]);
    expect(summary(result.status).Ready).toBe(
      'False/ChannelServiceFailed: Channel Service failed: inmemorychannel: default/news does not own Service: "news-kn-channel"',
    );
    expect((result.status as InMemoryChannel['status'])?.address).toBeUndefined();
    expect(summary(plan(channel(), { ...SERVED, objects: [ownService(channel())] }).status).Ready).toBe('True');
  });

  it('says that its Service was refused', () => {
    const refused = summary(status(channel(), { ...SERVED, failures: { 'Service/news-kn-channel': 'quota' } }));
    expect(refused.Ready).toBe('False/ChannelServiceFailed: Channel Service failed: quota');
  });

  it('resolves the sink for dead letters, or says why it cannot', () => {
    const parent = channel({ spec: { delivery: { deadLetterSink: toService('sink') } } });
    expect(status(parent, { ...SERVED, objects: [k8sService('sink')] }).deadLetterSinkUri).toBe(
      'http://sink.default.svc.cluster.local',
    );
    expect(summary(status(parent)).Ready).toBe(
      'False/Unable to get the DeadLetterSink\'s URI: failed to get object default/sink: services "sink" not found',
    );
  });

  it('says for whom tokens have to be where the installation wants them', () => {
    expect(status(channel(), SERVED, withOidc).address?.audience).toBe(
      `messaging.knative.dev/inmemorychannel/default/${channel().metadata.name}`,
    );
  });
});
