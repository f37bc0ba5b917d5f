import {
  type Broker,
  BrokerType,
  type Conditions,
  EventPolicyType,
  isReady,
  type RequestReply,
  type RequestReplyStatus,
  RequestReplyType,
  requestReplyConditions,
  ServiceAccountType,
  type ServingConfig,
  type Stored,
  setDefaults,
  type Trigger,
  TriggerType,
} from '../../../api';
import { isControlledBy } from '../../metadata';
import type { Ask, Observed, Plan, Reconciler } from '../../reconciler';
import { notFoundText } from '../../resolve';
import { beginConditions, errorEvents, finishStatus, notOwnedMessage } from '../../status';
import { servingOf } from '../data-plane';
import { identityReads, planSender } from '../identity';
import { audienceField, planPolicies, policyReads } from '../policies';
import { makeReplyTrigger, replyTriggerName, requestReplyUrl } from './reply-trigger';

/** Where the data plane finds the broker's address. */
const BROKER_ADDRESS = 'knative.dev/brokerAddress';

/** The plan of one RequestReply while it is put together. */
class RequestReplyPlan {
  readonly #whole: Stored<RequestReply>;
  readonly #trigger: Stored<Trigger> | undefined;
  readonly #broker: Stored<Broker> | undefined;
  readonly #ask: Ask;
  readonly #served: boolean;
  #conditions: Conditions;
  #problem: string | undefined;

  constructor(
    private readonly parent: Stored<RequestReply>,
    private readonly observed: Observed,
    private readonly config: ServingConfig,
    now: number,
  ) {
    const { namespace, name } = parent.metadata;
    this.#whole = setDefaults(parent, config);
    this.#trigger = observed.get(TriggerType, namespace, replyTriggerName(name));
    this.#broker = observed.get(BrokerType, namespace, parent.spec.brokerRef.name);
    this.#conditions = beginConditions(parent, requestReplyConditions, now);
    const { ask, served } = servingOf('request-reply', parent, observed);
    this.#ask = ask;
    this.#served = served;
  }

  make(): Plan {
    const { status: before } = this.parent;
    const policies = planPolicies(this.#conditions, RequestReplyType, this.parent, this.observed, this.config);
    this.#conditions = policies.conditions;
    const sender = planSender(RequestReplyType, this.parent, this.observed, this.config);
    const own = this.#markTrigger();
    const broker = this.#markBroker(sender.failure);
    // An address that was told stays: senders may have it.
    const known = (broker !== undefined && this.#served) || before?.address !== undefined;
    if (known) this.#conditions = this.#conditions.markTrue('Addressable');
    else this.#conditions = this.#conditions.markUnknown('Addressable', 'nil URL', 'URL is nil');
    const annotations = { ...before?.annotations, ...(broker === undefined ? {} : { [BROKER_ADDRESS]: broker }) };
    const status: RequestReplyStatus = {
      ...finishStatus(this.parent, this.#conditions, {
        ...(known ? { address: this.#address() } : {}),
        ...policies.fields,
        ...sender.fields,
        desiredReplicas: 1,
        readyReplicas: this.#trigger && isReady(this.#trigger) ? 1 : 0,
      }),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    };
    return {
      asks: [this.#ask],
      apply: [...sender.apply, ...(own ? [{ type: TriggerType, object: makeReplyTrigger(this.#whole, this.config) }] : [])],
      remove: sender.remove,
      events: this.#problem === undefined ? [] : errorEvents(this.parent, this.#conditions, this.#problem),
      status,
    };
  }

  #address() {
    const url = requestReplyUrl(this.parent, this.config);
    return { name: 'http', url, ...audienceField(RequestReplyType, this.parent, this.config) };
  }

  /** Returns whether the trigger is ours, or can be. */
  #markTrigger(): boolean {
    const { namespace } = this.parent.metadata;
    const name = replyTriggerName(this.parent.metadata.name);
    const foreign = this.#trigger !== undefined && !isControlledBy(this.#trigger, this.parent);
    const failure = foreign ? notOwnedMessage('Trigger', name) : this.observed.failure(TriggerType, namespace, name);
    if (failure !== undefined) {
      this.#problem = `failed to reconcile triggers: ${failure}`;
      const message = `Encountered errors reconciling triggers: ${failure}`;
      this.#conditions = this.#conditions.markUnknown('TriggersReady', 'TriggerReconcileError', message);
    } else if (this.#trigger && isReady(this.#trigger)) this.#conditions = this.#conditions.markTrue('TriggersReady');
    else this.#conditions = this.#conditions.markUnknown('TriggersReady', 'TriggersNotReady', 'not all triggers are ready yet');
    return !foreign;
  }

  /** The address of the broker, if it is ready. @param problem why events cannot be sent to it */
  #markBroker(problem: string | undefined): string | undefined {
    const { name } = this.parent.spec.brokerRef;
    if (!this.#broker) {
      const message = `could not get broker: ${notFoundText(BrokerType, name)}`;
      this.#problem ??= `failed to reconcile broker address: ${message}`;
      this.#conditions = this.#conditions.markUnknown('BrokerReady', 'NotFound', message);
      return undefined;
    }
    const { url } = this.#broker.status?.address ?? {};
    if (problem !== undefined) {
      this.#problem ??= problem;
      this.#conditions = this.#conditions.markFalse('BrokerReady', 'NoIdentity', problem);
      return url;
    }
    if (isReady(this.#broker) && url) {
      this.#conditions = this.#conditions.markTrue('BrokerReady');
      return url;
    }
    this.#problem ??= 'failed to reconcile broker address: broker is not ready';
    this.#conditions = this.#conditions.markFalse('BrokerReady', 'NotReady', 'broker is not ready');
    return undefined;
  }
}

/** Makes the trigger by which replies come back to those who wait for them, and says where requests are taken. */
export const requestReplyReconciler: Reconciler<RequestReply, ServingConfig> = {
  name: 'requestreply-controller',
  type: RequestReplyType,
  watches: [BrokerType, TriggerType, ServiceAccountType, EventPolicyType],
  reads: (parent, config) => [
    { type: BrokerType, namespace: parent.metadata.namespace, name: parent.spec.brokerRef.name },
    { type: TriggerType, namespace: parent.metadata.namespace, name: replyTriggerName(parent.metadata.name) },
    ...identityReads(RequestReplyType, parent),
    ...policyReads(parent, config),
  ],
  plan: (parent, observed, config, now) =>
    parent.metadata.deletionTimestamp ? {} : new RequestReplyPlan(parent, observed, config, now).make(),
};
