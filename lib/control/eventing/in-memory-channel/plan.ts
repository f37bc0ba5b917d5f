import {
  type Conditions,
  EventPolicyType,
  type InMemoryChannel,
  type InMemoryChannelStatus,
  InMemoryChannelType,
  inMemoryChannelConditions,
  isReady,
  K8sServiceType,
  type ServingConfig,
  type Stored,
  setDefaults,
} from '../../../api';
import { isControlledBy } from '../../metadata';
import type { Ask, Observed, Plan, Reconciler } from '../../reconciler';
import { ResolveError } from '../../resolve';
import { beginConditions, errorEvents, finishStatus } from '../../status';
import { type EventingAnswer, servingOf } from '../data-plane';
import {
  type DeadLetterStatus,
  deadLetterStatus,
  markDeadLettersFailed,
  markDeadLettersResolved,
  markNoDeadLetters,
} from '../dead-letter';
import { destinationReads, resolveDestination } from '../destination';
import { eventingAddressables } from '../kinds';
import { audienceField, planPolicies, policyReads } from '../policies';
import { channelServiceName, makeChannelService } from './service';

/** The plan of one InMemoryChannel while it is put together. */
class InMemoryChannelPlan {
  readonly #channel: Stored<InMemoryChannel>;
  readonly #ask: Ask;
  readonly #answer: EventingAnswer | undefined;
  #problem: string | undefined;
  #conditions: Conditions;

  constructor(
    private readonly parent: Stored<InMemoryChannel>,
    private readonly observed: Observed,
    private readonly config: ServingConfig,
    now: number,
  ) {
    this.#channel = setDefaults(parent, config);
    this.#conditions = beginConditions(parent, inMemoryChannelConditions, now);
    const { ask, answer } = servingOf('in-memory-channel', parent, observed);
    this.#ask = ask;
    this.#answer = answer;
  }

  make(): Plan {
    const service = makeChannelService(this.parent, this.config);
    const policies = planPolicies(this.#conditions, InMemoryChannelType, this.parent, this.observed, this.config);
    this.#conditions = policies.conditions;
    this.#markDispatcher();
    const dead = this.#planDeadLetters();
    const owned = this.#markService();
    const url = `http://${channelServiceName(this.parent.metadata.name)}.${this.parent.metadata.namespace}.svc`;
    const audience = audienceField(InMemoryChannelType, this.parent, this.config);
    const address = { name: 'http', url: `${url}.${this.config.domain.clusterDomain}`, ...audience };
    if (owned) this.#conditions = this.#conditions.markTrue('Addressable');
    const status: InMemoryChannelStatus = finishStatus(this.parent, this.#conditions, {
      ...(owned ? { address } : {}),
      ...dead,
      ...policies.fields,
      ...this.#subscribers(),
    });
    const events = this.#problem === undefined ? [] : errorEvents(this.parent, this.#conditions, this.#problem);
    return { asks: [this.#ask], apply: owned ? [{ type: K8sServiceType, object: service }] : [], events, status };
  }

  /** A channel that is served stays so when its subscriptions change: each of them says for itself whether it is served. */
  #markDispatcher(): void {
    const { problem } = this.#answer ?? {};
    const served = this.#answer ? problem === undefined : isReady(this.parent);
    if (served) {
      this.#conditions = this.#conditions.markTrue('DispatcherReady').markTrue('ServiceReady').markTrue('EndpointsReady');
      return;
    }
    this.#conditions = this.#conditions.markTrue('ServiceReady');
    if (problem === undefined) {
      const message = 'There are no endpoints ready for Dispatcher service';
      this.#conditions = this.#conditions
        .markUnknown('DispatcherReady')
        .markUnknown('EndpointsReady', 'DispatcherEndpointsNotReady', message);
    } else {
      this.#conditions = this.#conditions
        .markFalse('DispatcherReady', 'DispatcherDeploymentFalse', problem)
        .markFalse('EndpointsReady', 'DispatcherEndpointsNotReady', problem);
    }
  }

  /** Whether the Service by whose name the channel is reached is there, or can be made. */
  #markService(): boolean {
    const { name, namespace } = this.parent.metadata;
    const service = channelServiceName(name);
    const existing = this.observed.get(K8sServiceType, namespace, service);
    const foreign = existing !== undefined && !isControlledBy(existing, this.parent);
    const problem = foreign
      ? `inmemorychannel: ${namespace}/${name} does not own Service: ${JSON.stringify(service)}`
      : this.observed.failure(K8sServiceType, namespace, service);
    if (problem === undefined) this.#conditions = this.#conditions.markTrue('ChannelServiceReady');
    else {
      const message = `Channel Service failed: ${problem}`;
      this.#conditions = this.#conditions.markFalse('ChannelServiceReady', 'ChannelServiceFailed', message);
      this.#problem ??= problem;
    }
    return !foreign;
  }

  #planDeadLetters(): DeadLetterStatus {
    const sink = this.#channel.spec?.delivery?.deadLetterSink;
    if (!sink) {
      this.#conditions = markNoDeadLetters(this.#conditions);
      return {};
    }
    try {
      const fields = deadLetterStatus(resolveDestination(sink, this.observed, this.config));
      this.#conditions = markDeadLettersResolved(this.#conditions);
      return fields;
    } catch (error) {
      if (!(error instanceof ResolveError)) throw error;
      this.#problem ??= `Failed to resolve Dead Letter Sink URI: ${error.message}`;
      this.#conditions = markDeadLettersFailed(this.#conditions, "Unable to get the DeadLetterSink's URI", error.message);
      return {};
    }
  }

  /** Those that the engine serves; after a restart, those that it served before until it says otherwise. */
  #subscribers(): Pick<InMemoryChannelStatus, 'subscribers'> {
    const { subscribers = [] } = this.#answer ?? this.parent.status ?? {};
    const wanted = new Set((this.parent.spec?.subscribers ?? []).map(({ uid }) => uid));
    const present = subscribers.filter(({ uid }) => wanted.has(uid));
    return present.length > 0 ? { subscribers: present } : {};
  }
}

/** Gives a channel its name in the cluster, and says which of its subscriptions the engine that delivers events serves. */
export const inMemoryChannelReconciler: Reconciler<InMemoryChannel, ServingConfig> = {
  name: 'inmemorychannel-controller',
  type: InMemoryChannelType,
  watches: [EventPolicyType, ...eventingAddressables],
  reads(parent, config) {
    const { metadata, spec } = setDefaults(parent, config);
    return [
      { type: K8sServiceType, namespace: metadata.namespace, name: channelServiceName(parent.metadata.name) },
      ...destinationReads(spec?.delivery?.deadLetterSink),
      ...policyReads(parent, config),
    ];
  },
  plan: (parent, observed, config, now) => new InMemoryChannelPlan(parent, observed, config, now).make(),
};
