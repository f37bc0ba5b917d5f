import {
  type Broker,
  BrokerType,
  brokerOf,
  type Conditions,
  conditionOf,
  consumerOptionErrors,
  filterErrors,
  isServedBroker,
  ServiceAccountType,
  type ServingConfig,
  type Stored,
  setDefaults,
  type Trigger,
  type TriggerStatus,
  TriggerType,
  triggerConditions,
} from '../../../api';
import { formatFieldErrors, via } from '../../../base';
import type { Ask, Observed, Plan, PlannedEvent, Reconciler } from '../../reconciler';
import { ResolveError } from '../../resolve';
import { beginConditions, errorEvents, finishStatus } from '../../status';
import { servingOf } from '../data-plane';
import {
  type DeadLetterStatus,
  deadLetterFields,
  deadLetterStatus,
  markDeadLettersFailed,
  markDeadLettersResolved,
  markNoDeadLetters,
} from '../dead-letter';
import { destinationReads, resolveDestination, type Target } from '../destination';
import { identityReads, planIdentity } from '../identity';
import { eventingAddressables, referableKinds } from '../kinds';
import { dependencyReads, markDependency } from './dependency';

type SubscriberFields = Pick<TriggerStatus, 'subscriberUri' | 'subscriberCACerts' | 'subscriberAudience'>;

const subscriberFields = ({ url, CACerts, audience }: Target): SubscriberFields => ({
  subscriberUri: url,
  ...(CACerts ? { subscriberCACerts: CACerts } : {}),
  ...(audience ? { subscriberAudience: audience } : {}),
});

/** What no CRD rule can say of a trigger: expressions that cannot be parsed, options that mean nothing. */
function problemOf({ metadata, spec }: Trigger): string | undefined {
  const errors = [
    ...via('spec.filters', filterErrors(spec.filters)),
    ...via('metadata.annotations', consumerOptionErrors(metadata.annotations)),
  ];
  return formatFieldErrors(errors) || undefined;
}

/** The plan of one Trigger while it is put together. All that can be known of it is said, also while its broker is not ready. */
class TriggerPlan {
  readonly #trigger: Stored<Trigger>;
  readonly #events: PlannedEvent[] = [];
  #problem: string | undefined;
  #conditions: Conditions;

  constructor(
    private readonly parent: Stored<Trigger>,
    private readonly broker: Stored<Broker> | undefined,
    private readonly observed: Observed,
    private readonly config: ServingConfig,
    now: number,
  ) {
    this.#trigger = setDefaults(parent, config);
    this.#conditions = beginConditions(parent, triggerConditions, now);
  }

  make(): Plan {
    const { apply, remove, ...identity } = planIdentity(this.#conditions, TriggerType, this.parent, this.observed, this.config);
    this.#conditions = identity.conditions;
    const fields = { ...this.#planSubscriber(), ...this.#planDeadLetters(), ...identity.fields };
    this.#conditions = markDependency(this.#conditions, this.#trigger, this.observed);
    const ask = this.#planSubscription();
    this.#planBroker();
    if (this.#problem !== undefined) this.#events.push(...errorEvents(this.parent, this.#conditions, this.#problem));
    const status: TriggerStatus = finishStatus(this.parent, this.#conditions, fields);
    return { apply, remove, asks: [ask], events: this.#events, status };
  }

  #planSubscriber(): SubscriberFields {
    try {
      const fields = subscriberFields(resolveDestination(this.#trigger.spec.subscriber, this.observed, this.config));
      this.#conditions = this.#conditions.markTrue('SubscriberResolved');
      return fields;
    } catch (error) {
      const message = this.#unresolved(error);
      this.#conditions = this.#conditions.markFalse('SubscriberResolved', "Unable to get the Subscriber's URI", message);
      return {};
    }
  }

  #unresolved(error: unknown): string {
    if (!(error instanceof ResolveError)) throw error;
    this.#problem ??= error.message;
    return error.message;
  }

  /** Its own sink for dead letters, else the one of its broker. */
  #planDeadLetters(): DeadLetterStatus {
    const own = this.#trigger.spec.delivery?.deadLetterSink;
    if (!own) return this.#brokersDeadLetters();
    try {
      const fields = deadLetterStatus(resolveDestination(own, this.observed, this.config));
      this.#conditions = markDeadLettersResolved(this.#conditions);
      return fields;
    } catch (error) {
      const message = this.#unresolved(error);
      this.#conditions = markDeadLettersFailed(this.#conditions, "Unable to get the dead letter sink's URI", message);
      return {};
    }
  }

  #brokersDeadLetters(): DeadLetterStatus {
    const { broker } = this;
    const wanted = broker && setDefaults(broker, this.config).spec?.delivery?.deadLetterSink;
    if (!wanted) {
      this.#conditions = markNoDeadLetters(this.#conditions);
      return {};
    }
    const fields = deadLetterFields(broker.status);
    if (fields.deadLetterSinkUri) this.#conditions = markDeadLettersResolved(this.#conditions);
    else {
      const what = `${broker.metadata.name} didn't set status.deadLetterSinkURI`;
      this.#conditions = markDeadLettersFailed(this.#conditions, `Broker ${what}`);
      this.#problem ??= `broker ${what}`;
    }
    return fields;
  }

  /** Whether the engine that delivers events has the trigger: what is a Subscription upstream. */
  #planSubscription(): Ask {
    const { ask, answer, served } = servingOf('trigger', this.parent, this.observed, this.broker?.metadata.uid);
    const problem = problemOf(this.#trigger) ?? answer?.problem;
    if (problem !== undefined) this.#conditions = this.#conditions.markFalse('SubscriptionReady', 'NotSubscribed', problem);
    else if (this.broker && served) this.#conditions = this.#conditions.markTrue('SubscriptionReady');
    else {
      const message = 'Subscription has not yet been reconciled.';
      this.#conditions = this.#conditions.markUnknown('SubscriptionReady', 'SubscriptionNotConfigured', message);
    }
    return ask;
  }

  /** Last, so that a broker that fails is what the trigger says of itself first. */
  #planBroker(): void {
    if (!this.broker) {
      const { name } = brokerOf(this.#trigger, this.config.eventing.features);
      const message = `Broker ${JSON.stringify(name)} does not exist`;
      this.#conditions = this.#conditions.markFalse('BrokerReady', 'BrokerDoesNotExist', message);
      return;
    }
    const ready = conditionOf(this.broker.status?.conditions, 'Ready');
    if (!ready) {
      const message = 'Broker has not yet been reconciled.';
      this.#conditions = this.#conditions.markUnknown('BrokerReady', 'BrokerNotConfigured', message);
    } else if (ready.status === 'True') this.#conditions = this.#conditions.markTrue('BrokerReady');
    else this.#conditions = this.#conditions.mark('BrokerReady', ready.status, ready.reason, ready.message);
  }
}

function findBroker(trigger: Stored<Trigger>, observed: Observed, config: ServingConfig): Stored<Broker> | undefined {
  const { namespace, name } = brokerOf(trigger, config.eventing.features);
  return name ? observed.get(BrokerType, namespace, name) : undefined;
}

/** Resolves where the events of a trigger go, and says whether the engine that delivers events has it. */
export const triggerReconciler: Reconciler<Trigger, ServingConfig> = {
  name: 'trigger-controller',
  type: TriggerType,
  watches: [ServiceAccountType, ...eventingAddressables, ...referableKinds],
  reads(parent, config) {
    const trigger = setDefaults(parent, config);
    const { namespace, name } = brokerOf(trigger, config.eventing.features);
    return [
      { type: BrokerType, namespace, name },
      ...destinationReads(trigger.spec.subscriber, trigger.spec.delivery?.deadLetterSink),
      ...dependencyReads(trigger),
      ...identityReads(TriggerType, parent),
    ];
  },
  plan(parent, observed, config, now) {
    const broker = findBroker(parent, observed, config);
    if (broker && !isServedBroker(setDefaults(broker, config))) return {};
    return new TriggerPlan(parent, broker, observed, config, now).make();
  },
};
