import type { Broker, RequestReply, Trigger } from '../../../../../lib/api';
import { requestReplyReconciler } from '../../../../../lib/control/eventing';
import { NOW, ready, summary } from '../../support/objects';
import { type Facts, observe } from '../../support/observe';
import { config, object, POLICIES_OFF, withOidc } from '../support/objects';

const KEY = 'eventing/request-reply/default/ask';
const ANSWERS = { [KEY]: { generation: 1 } };
const brokerUrl = 'http://broker-ingress.knative-eventing.svc.cluster.local/default/orders';
const broker = object<Broker>('eventing.knative.dev/v1', 'Broker', 'orders', {
  status: { ...ready(), address: { url: brokerUrl } } as never,
});
const requestReply = (spec: Partial<RequestReply['spec']> = {}, more: { readonly status?: RequestReply['status'] } = {}) =>
  object<RequestReply>('eventing.knative.dev/v1alpha1', 'RequestReply', 'ask', {
    spec: { brokerRef: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders' }, ...spec },
    ...more,
  });
const plan = (parent = requestReply(), facts: Facts = { objects: [broker], answers: ANSWERS }, settings = config) =>
  requestReplyReconciler.plan(parent, observe(facts), settings, NOW);
const status = (...args: Parameters<typeof plan>) => plan(...args).status as NonNullable<RequestReply['status']>;
const made = plan().apply![0]!.object as Trigger;

describe('the plan of a RequestReply', () => {
  it('makes the trigger by which replies come back', () => {
    expect(made.metadata).toMatchObject({
      name: 'ask0-1',
      labels: {
        'eventing.knative.dev/RequestReply.name': 'ask',
        'eventing.knative.dev/RequestReply.namespace': 'default',
        'eventing.knative.dev/RequestReply.dataPlaneReplicas': '1',
      },
    });
    expect(made.spec).toEqual({
      broker: 'orders',
      filters: [{ cesql: 'EXISTS replyid AND KN_VERIFY_CORRELATION_ID(replyid, "ask", "default", "request-reply-keys", 0, 1)' }],
      subscriber: { uri: 'http://request-reply.knative-eventing.svc.cluster.local/default/ask/reply' },
    });
  });

  it('is ready once that trigger and its broker are', () => {
    const trigger = object<Trigger>('eventing.knative.dev/v1', 'Trigger', 'ask0-1', {
      spec: made.spec,
      status: ready() as never,
      metadata: { ownerReferences: made.metadata.ownerReferences! },
    });
    const result = status(requestReply(), { objects: [broker, trigger], answers: ANSWERS });
    expect(summary(result)).toMatchObject({ Addressable: 'True', BrokerReady: 'True', TriggersReady: 'True', Ready: 'True' });
    expect(result).toMatchObject({
      address: { name: 'http', url: 'http://request-reply.knative-eventing.svc.cluster.local/default/ask' },
      annotations: { 'knative.dev/brokerAddress': brokerUrl },
      ...{ desiredReplicas: 1, readyReplicas: 1 },
    });
    expect(summary(status())).toMatchObject({ TriggersReady: 'Unknown/TriggersNotReady: not all triggers are ready yet' });
  });

  it('says that its broker is missing, or not ready', () => {
    const missing = status(requestReply(), { answers: ANSWERS });
    expect(summary(missing).BrokerReady).toBe(
      'Unknown/NotFound: could not get broker: brokers.eventing.knative.dev "orders" not found',
    );
    expect(missing.address).toBeUndefined();
    const fresh = object<Broker>('eventing.knative.dev/v1', 'Broker', 'orders');
    expect(summary(status(requestReply(), { objects: [fresh], answers: ANSWERS })).Ready).toBe(
      'False/NotReady: broker is not ready',
    );
  });

  it('leaves alone a trigger that is somebody else’s', () => {
    const trigger = object<Trigger>('eventing.knative.dev/v1', 'Trigger', 'ask0-1', { spec: made.spec });
    const result = plan(requestReply(), { objects: [broker, trigger], answers: ANSWERS });
    expect(result.apply).toEqual([]);
    expect(summary(result.status as never).TriggersReady).toMatch(/^Unknown\/TriggerReconcileError: .*that we do not own/);
  });

  it('has an identity and an audience where senders prove who they are, and only there', () => {
    const name = 'ask-oidc-eventing.knative.dev-requestreply';
    const facts = { objects: [broker], answers: ANSWERS };
    const on = plan(requestReply(), facts, withOidc);
    expect(on.apply!.map(({ type, object: made }) => [type.kind, made.metadata.name])).toContainEqual(['ServiceAccount', name]);
    expect(on.status).toMatchObject({
      address: { audience: 'eventing.knative.dev/requestreply/default/ask' },
      auth: { serviceAccountName: name },
    });
    expect(status()).not.toHaveProperty('auth');
    expect(status().address).not.toHaveProperty('audience');
    expect(summary(status()).EventPoliciesReady).toBe(POLICIES_OFF);
    const foreign = object('v1', 'ServiceAccount', name);
    const taken = plan(requestReply(), { ...facts, objects: [broker, foreign] }, withOidc);
    expect(summary(taken.status as never).BrokerReady).toBe(
      `False/NoIdentity: service account ${name} not owned by RequestReply ask`,
    );
  });
});
