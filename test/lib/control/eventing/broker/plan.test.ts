import type { Broker, KubeObject, ServingConfig } from '../../../../../lib/api';
import { brokerReconciler } from '../../../../../lib/control/eventing';
import { condition, NOW, ready, summary } from '../../support/objects';
import { type Facts, observe } from '../../support/observe';
import { config, k8sService, NO_DEAD_LETTERS, object, POLICIES_OFF, toService, withOidc } from '../support/objects';

const KEY = 'eventing/broker/default/orders';
const URL = 'http://broker-ingress.knative-eventing.svc.cluster.local/default/orders';
const broker = (more: Parameters<typeof object<Broker>>[3] = {}) =>
  object<Broker>('eventing.knative.dev/v1', 'Broker', 'orders', more);
const plan = (
  parent: ReturnType<typeof broker>,
  facts: Facts = { answers: { [KEY]: { generation: 1 } } },
  settings: ServingConfig = config,
) => brokerReconciler.plan(parent, observe(facts), settings, NOW);
const status = (...args: Parameters<typeof plan>) => plan(...args).status as NonNullable<Broker['status']>;
const served = (...objects: KubeObject[]): Facts => ({ objects, answers: { [KEY]: { generation: 1 } } });
const classed = (name: string) => ({ metadata: { annotations: { 'eventing.knative.dev/broker.class': name } } });
const dead = (name: string) => ({ spec: { delivery: { deadLetterSink: toService(name) } } });
const configured = (name: string, kind = 'ConfigMap') => ({
  spec: { config: { apiVersion: 'v1', kind, name, namespace: 'default' } },
});
const settings = (data: Record<string, string>) => ({ ...object('v1', 'ConfigMap', 'own'), data }) as KubeObject;

describe('the plan of a Broker', () => {
  it('makes nothing, and asks whether the engine of events serves it', () => {
    expect(plan(broker())).toEqual({
      asks: [
        {
          topic: 'eventing',
          key: 'broker/default/orders',
          input: { kind: 'broker', namespace: 'default', name: 'orders', uid: 'uid-broker-orders' },
        },
      ],
      events: [],
      status: expect.objectContaining({ observedGeneration: 1, address: { name: 'http', url: URL } }),
    });
  });

  it('has upstream’s conditions when it is served', () => {
    expect(summary(status(broker()))).toEqual({
      Addressable: 'True',
      DeadLetterSinkResolved: NO_DEAD_LETTERS,
      EventPoliciesReady: POLICIES_OFF,
      FilterReady: 'True',
      IngressReady: 'True',
      Ready: 'True',
      TriggerChannelReady: 'True',
    });
  });

  it('waits while it is not served, or only as it was', () => {
    const waiting = 'Unknown/EndpointSlicesUnavailable: EndpointSlices are unavailable.';
    for (const facts of [{}, { answers: { [KEY]: { generation: 0 } } }]) {
      const result = status(broker(), facts);
      expect(summary(result)).toMatchObject({
        Addressable: 'Unknown',
        FilterReady: waiting,
        IngressReady: waiting,
        Ready: expect.stringMatching(/^Unknown/),
        TriggerChannelReady: 'Unknown/NoAddress: Channel does not have an address.',
      });
      expect(result.address).toBeUndefined();
    }
  });

  it('stays ready after a restart until the engine says otherwise, and keeps an address that it has told', () => {
    const before = broker({ status: { ...ready(), address: { name: 'http', url: URL } } });
    expect(summary(status(before, {})).Ready).toBe('True');
    const changed = status({ ...before, metadata: { ...before.metadata, generation: 2 } }, {});
    expect(summary(changed).Ready).toMatch(/^Unknown/);
    expect(changed.address?.url).toBe(URL);
  });

  it('says why the engine cannot serve it', () => {
    const result = plan(broker(), { answers: { [KEY]: { generation: 1, problem: 'the log is damaged' } } });
    expect(summary(result.status).Ready).toBe('False/ServiceFailure: the log is damaged');
  });

  it('is left alone where it is of another class, and served under our own', () => {
    expect(plan(broker(classed('Kafka')))).toEqual({});
    expect(brokerReconciler.reads(broker({ ...classed('Kafka'), ...dead('sink') }), config)).toEqual([]);
    expect(summary(status(broker(classed('knc.broker.eventing.knative.dev')))).Ready).toBe('True');
  });

  it('resolves the sink for dead letters, or says why it cannot', () => {
    const resolved = status(broker(dead('sink')), served(k8sService('sink')));
    expect(summary(resolved).DeadLetterSinkResolved).toBe('True');
    expect(resolved.deadLetterSinkUri).toBe('http://sink.default.svc.cluster.local');
    const failed = plan(broker(dead('sink')), served());
    const message = 'failed to get object default/sink: services "sink" not found';
    expect(summary(failed.status)).toMatchObject({
      DeadLetterSinkResolved: `False/Unable to get the dead letter sink's URI: ${message}`,
      Ready: `False/Unable to get the dead letter sink's URI: ${message}`,
    });
    expect(failed.events).toEqual([{ type: 'Warning', reason: 'InternalError', message }]);
    expect(brokerReconciler.reads(broker(dead('sink')), config)).toEqual([
      expect.objectContaining({ namespace: 'default', name: 'sink' }),
    ]);
  });

  it.each<[string, ReturnType<typeof broker>, KubeObject[], string | undefined]>([
    ['that is not there', broker(configured('own')), [], 'configmap "own" not found'],
    [
      'that is no ConfigMap',
      broker(configured('own', 'Secret')),
      [],
      'Broker.Spec.Config configuration not supported, only [kind: ConfigMap, apiVersion: v1]',
    ],
    ['that is empty', broker(configured('own')), [settings({})], 'empty or missing value for config'],
    [
      'of a channel that is not served',
      broker(configured('own')),
      [settings({ 'channel-template-spec': 'apiVersion: x/v1\nkind: KafkaChannel\n' })],
      'a broker on a KafkaChannel is not served here, only on an InMemoryChannel',
    ],
    [
      'of an InMemoryChannel',
      broker(configured('own')),
      [settings({ 'channel-template-spec': 'apiVersion: messaging.knative.dev/v1\nkind: InMemoryChannel\n' })],
      undefined,
    ],
  ])('heeds settings %s', (_what, parent, objects, problem) => {
    const expected =
      problem === undefined ? 'True' : `False/ChannelTemplateFailed: Error on setting up the ChannelTemplate: ${problem}`;
    expect(summary(status(parent, served(...objects))).TriggerChannelReady).toBe(expected);
    expect(summary(status(parent, served(...objects))).Ready).toBe(expected);
  });

  it('says for whom tokens have to be, and who may send, where the installation wants tokens', () => {
    const secured = status(broker(), served(), withOidc);
    expect(secured.address?.audience).toBe(`eventing.knative.dev/broker/default/${broker().metadata.name}`);
    expect(summary(secured).EventPoliciesReady).toBe(
      'True/DefaultAuthorizationMode: Default authz mode is "Allow-Same-Namespace"',
    );
  });

  it('does not touch the time of conditions that stay as they are', () => {
    const before = broker({
      status: { ...ready(), conditions: [condition('Ready', 'True'), condition('IngressReady', 'True')] },
    });
    const { conditions } = status(before);
    expect(conditions?.find(({ type }) => type === 'IngressReady')).toEqual(condition('IngressReady', 'True'));
  });
});
