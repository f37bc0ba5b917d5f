import type { Broker, KubeObject, ServingConfig, Trigger } from '../../../../../lib/api';
import { triggerReconciler } from '../../../../../lib/control/eventing';
import { condition, failed, NOW, ready, summary } from '../../support/objects';
import { type Facts, observe } from '../../support/observe';
import { config, k8sService, linked, NO_DEAD_LETTERS, OIDC_OFF, object, toService, withOidc } from '../support/objects';

const KEY = 'eventing/trigger/default/paid';
const SERVED = { [KEY]: { generation: 1 } };
const trigger = (spec: Partial<Trigger['spec']> = {}, annotations: Record<string, string> = {}) =>
  object<Trigger>('eventing.knative.dev/v1', 'Trigger', 'paid', {
    spec: { broker: 'orders', subscriber: toService('sink'), ...spec },
    metadata: { annotations },
  });
const broker = (more: Parameters<typeof object<Broker>>[3] = { status: ready() }) =>
  object<Broker>('eventing.knative.dev/v1', 'Broker', 'orders', more);
const sink = k8sService('sink');
const plan = (parent: ReturnType<typeof trigger>, facts: Facts, settings: ServingConfig = config) =>
  triggerReconciler.plan(parent, observe({ answers: SERVED, ...facts }), settings, NOW);
const status = (...args: Parameters<typeof plan>) => plan(...args).status as NonNullable<Trigger['status']>;
const conditionsOf = (...args: Parameters<typeof plan>) => summary(status(...args));
const dependsOn = (value: unknown) =>
  trigger({}, { 'knative.dev/dependency': typeof value === 'string' ? value : JSON.stringify(value) });
const source = (metadata = {}, state: object = ready()): KubeObject =>
  object('eventing.knative.dev/v1', 'Broker', 'other', { metadata, status: state });
const OTHER = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'other' };

describe('the plan of a Trigger', () => {
  it('asks whether the engine of events has it, with the broker that is there now', () => {
    const { asks, status: written, ...rest } = plan(trigger(), { objects: [broker(), sink] });
    expect(asks).toEqual([
      {
        topic: 'eventing',
        key: 'trigger/default/paid',
        input: { kind: 'trigger', namespace: 'default', name: 'paid', uid: 'uid-trigger-paid', brokerUid: 'uid-broker-orders' },
      },
    ]);
    expect(rest).toEqual({ apply: [], remove: [], events: [] });
    expect(written).toMatchObject({ observedGeneration: 1, subscriberUri: 'http://sink.default.svc.cluster.local' });
    expect(summary(written)).toEqual({
      BrokerReady: 'True',
      DeadLetterSinkResolved: NO_DEAD_LETTERS,
      DependencyReady: 'True',
      OIDCIdentityCreated: OIDC_OFF,
      Ready: 'True',
      SubscriberResolved: 'True',
      SubscriptionReady: 'True',
    });
  });

  const MISSING = 'Unknown/SubscriptionNotConfigured: Subscription has not yet been reconciled.';
  const GONE = 'failed to get object default/sink: services "sink" not found';
  it.each<[string, Facts, Record<string, string>]>([
    [
      'its broker is missing',
      { objects: [sink] },
      {
        BrokerReady: 'False/BrokerDoesNotExist: Broker "orders" does not exist',
        Ready: 'False/BrokerDoesNotExist: Broker "orders" does not exist',
        SubscriptionReady: MISSING,
        SubscriberResolved: 'True',
      },
    ],
    [
      'its broker says nothing yet',
      { objects: [broker({}), sink] },
      { BrokerReady: 'Unknown/BrokerNotConfigured: Broker has not yet been reconciled.' },
    ],
    [
      'its broker has failed',
      { objects: [broker({ status: failed('no disk', 'ServiceFailure') }), sink] },
      { BrokerReady: 'False/ServiceFailure: no disk', Ready: 'False/ServiceFailure: no disk' },
    ],
    [
      'its broker is not sure',
      { objects: [broker({ status: { conditions: [condition('Ready', 'Unknown', 'Later')] } }), sink] },
      { BrokerReady: 'Unknown/Later' },
    ],
    ['it is not served yet', { objects: [broker(), sink], answers: {} }, { SubscriptionReady: MISSING, Ready: MISSING }],
    [
      'it is served as it was',
      { objects: [broker(), sink], answers: { [KEY]: { generation: 0 } } },
      { SubscriptionReady: MISSING },
    ],
    [
      'the engine refuses it',
      { objects: [broker(), sink], answers: { [KEY]: { generation: 1, problem: 'too many' } } },
      { SubscriptionReady: 'False/NotSubscribed: too many' },
    ],
    [
      'its subscriber is missing',
      { objects: [broker()] },
      {
        SubscriberResolved: `False/Unable to get the Subscriber's URI: ${GONE}`,
        Ready: `False/Unable to get the Subscriber's URI: ${GONE}`,
      },
    ],
    [
      'both are missing',
      {},
      {
        SubscriberResolved: `False/Unable to get the Subscriber's URI: ${GONE}`,
        Ready: 'False/BrokerDoesNotExist: Broker "orders" does not exist',
      },
    ],
  ])('says so where %s', (_what, facts, expected) => {
    expect(conditionsOf(trigger(), facts)).toMatchObject(expected);
  });

  it('leaves triggers of brokers of another class alone', () => {
    const kafka = broker({ metadata: { annotations: { 'eventing.knative.dev/broker.class': 'Kafka' } } });
    expect(plan(trigger(), { objects: [kafka, sink] })).toEqual({});
  });

  it('takes the broker of another namespace where links are switched on', () => {
    const brokerRef = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders', namespace: 'other' };
    const there = broker({ metadata: { namespace: 'other' }, status: ready() });
    const parent = trigger({ broker: undefined, brokerRef });
    expect(conditionsOf(parent, { objects: [there, sink] }, linked).Ready).toBe('True');
    expect(conditionsOf(parent, { objects: [there, sink] }).BrokerReady).toMatch(/^False\/BrokerDoesNotExist/);
    expect(triggerReconciler.reads(parent, linked)[0]).toMatchObject({ namespace: 'other', name: 'orders' });
  });

  it('sends dead letters where it says, else where its broker does', () => {
    const spec = { delivery: { deadLetterSink: toService('dead') } };
    const of = broker({ spec, status: { ...ready(), deadLetterSinkUri: 'http://theirs', deadLetterSinkAudience: 'a' } });
    expect(status(trigger(), { objects: [of, sink] })).toMatchObject({
      deadLetterSinkUri: 'http://theirs',
      deadLetterSinkAudience: 'a',
    });
    const own = status(trigger(spec), { objects: [of, sink, k8sService('dead')] });
    expect(own.deadLetterSinkUri).toBe('http://dead.default.svc.cluster.local');
    expect(own.deadLetterSinkAudience).toBeUndefined();
    expect(conditionsOf(trigger(spec), { objects: [of, sink] }).DeadLetterSinkResolved).toBe(
      'False/Unable to get the dead letter sink\'s URI: failed to get object default/dead: services "dead" not found',
    );
    expect(conditionsOf(trigger(), { objects: [broker({ spec, status: ready() }), sink] }).DeadLetterSinkResolved).toBe(
      "False/Broker orders didn't set status.deadLetterSinkURI",
    );
    expect(plan(trigger(), { objects: [broker({ spec, status: ready() }), sink] }).events).toMatchObject([
      { type: 'Warning', message: "broker orders didn't set status.deadLetterSinkURI" },
    ]);
    expect(conditionsOf(trigger({ delivery: { retry: 1 } }), { objects: [of, sink] }).DeadLetterSinkResolved).toBe('True');
  });

  it.each<[string, ReturnType<typeof trigger>, KubeObject[], string]>([
    ['is ready', dependsOn(OTHER), [source()], 'True'],
    [
      'is missing',
      dependsOn(OTHER),
      [],
      'False/DependencyDoesNotExist: Dependency does not exist: brokers.eventing.knative.dev "other" not found',
    ],
    [
      'has changed since',
      dependsOn(OTHER),
      [source({ generation: 2 })],
      `Unknown/GenerationNotEqual: The dependency's metadata.generation, "2", is not equal to its status.observedGeneration, "1".`,
    ],
    [
      'says nothing',
      dependsOn(OTHER),
      [source({}, { observedGeneration: 1 })],
      'Unknown/DependencyNotConfigured: Dependency has not yet been reconciled.',
    ],
    ['has failed', dependsOn(OTHER), [source({}, failed('no', 'Why'))], 'False/Why: no'],
    [
      'is of a kind that is not served',
      dependsOn({ apiVersion: 'x/v1', kind: 'Y', name: 'z' }),
      [],
      'Unknown/ListerDoesNotExist: Failed to retrieve lister: no objects of x/v1, Kind=Y are served here',
    ],
    [
      'cannot be read',
      dependsOn('[]'),
      [],
      'False/ReferenceError: Unable to unmarshal objectReference from dependency annotation of trigger: not an object',
    ],
  ])('waits for an object that it depends on, which %s', (_what, parent, objects, expected) => {
    expect(conditionsOf(parent, { objects: [broker(), sink, ...objects] }).DependencyReady).toBe(expected);
  });

  it('names the field of what no rule of a CRD can check', () => {
    const facts = { objects: [broker(), sink] };
    expect(conditionsOf(trigger({ filters: [{ cesql: 'type =' }] }), facts).Ready).toMatch(
      /^False\/NotSubscribed: .*spec\.filters\[0\]\.cesql/s,
    );
    const paused = trigger({}, { 'eventing.knative-constructs.dev/paused': 'yes' });
    expect(conditionsOf(paused, facts).Ready).toMatch(/^False\/NotSubscribed: .*eventing\.knative-constructs\.dev\/paused/s);
  });

  it('sends as a service account of its own where the installation wants tokens', () => {
    const { apply, status } = plan(trigger(), { objects: [broker(), sink] }, withOidc);
    expect(apply?.map(({ type, object }) => `${type.kind} ${object.metadata.name}`)).toEqual([
      `ServiceAccount ${trigger().metadata.name}-oidc-eventing.knative.dev-trigger`,
    ]);
    expect(status).toMatchObject({ auth: { serviceAccountName: apply![0]!.object.metadata.name } });
    expect(conditionsOf(trigger(), { objects: [broker(), sink] }, withOidc).OIDCIdentityCreated).toBe('True');
  });

  it('tells what it cannot resolve once', () => {
    const first = plan(trigger(), { objects: [broker()] });
    expect(first.events).toEqual([
      { type: 'Warning', reason: 'InternalError', message: expect.stringContaining('"sink" not found') },
    ]);
    const again = plan({ ...trigger(), status: first.status as Trigger['status'] }, { objects: [broker()] });
    expect(again).toMatchObject({ events: [], status: first.status });
  });
});
