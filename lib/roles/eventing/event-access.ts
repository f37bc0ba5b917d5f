import {
  conditionOf,
  type EventPolicy,
  EventPolicyType,
  isReady,
  type KubeObject,
  keyOf,
  type ResourceType,
  type ServingConfig,
  type Stored,
} from '../../api';
import type { Clock, Log } from '../../base';
import { audienceOf, policyApplies } from '../../control';
import {
  type CloudEvent,
  Gatekeeper,
  type Receiver,
  type ReceiverPolicy,
  type Refusal,
  type TokenVerifier,
} from '../../eventing';
import type { FilterSpec } from '../../expr';
import { type Cluster, Informer } from '../../kube';

export interface EventAccessOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: () => ServingConfig;
  readonly tokens: TokenVerifier;
}

interface Known {
  readonly object: KubeObject;
  readonly config: ServingConfig;
  readonly receiver: Receiver;
}

/** Who may send events to the objects of a cluster: by its EventPolicies, as they are at this moment. */
export class EventAccess {
  readonly #policies: Informer<EventPolicy>;
  readonly #gatekeeper: Gatekeeper;
  readonly #receivers = new Map<string, Known>();
  /** What the gatekeeper knows of a policy, made once. */
  readonly #made = new WeakMap<EventPolicy, ReceiverPolicy>();

  constructor(private readonly options: EventAccessOptions) {
    const { cluster, clock, log, tokens } = options;
    this.#policies = new Informer(cluster, EventPolicyType, clock, log);
    this.#policies.onChange(() => this.#receivers.clear());
    this.#gatekeeper = new Gatekeeper(tokens);
  }

  /** Resolves once the policies are known: nobody is to be asked before. */
  start(): Promise<void> {
    return this.#policies.start();
  }

  stop(): void {
    this.#policies.stop();
  }

  /**
   * Why an event may not be sent to an object; undefined if it may. Where the feature authentication-oidc is off, everything may.
   *
   * @param name of the object, for people: `broker/default/orders`
   * @param authorization the header of that name
   * @param from the address of who sends
   */
  refusal(
    type: ResourceType,
    object: Stored<KubeObject>,
    name: string,
    authorization: string | undefined,
    event: CloudEvent,
    from?: string,
  ): Refusal {
    const config = this.options.config();
    if (!config.eventing.features.authenticationOidc) return undefined;
    return this.#gatekeeper.refusal(this.#receiver(type, object, name, config), authorization, event, from);
  }

  #receiver(type: ResourceType, object: Stored<KubeObject>, name: string, config: ServingConfig): Receiver {
    const key = `${type.kind}.${type.group}/${keyOf(object)}`;
    const known = this.#receivers.get(key);
    if (known && known.object === object && known.config === config) return known.receiver;
    const { namespace = '' } = object.metadata;
    const policies = this.#policies.byIndex('namespace', namespace).filter((policy) => policyApplies(policy, type, object));
    const receiver: Receiver = {
      ...{ name, namespace },
      audience: audienceOf(type, object),
      policies: policies.map((policy) => this.#policy(policy)),
      mode: config.eventing.features.defaultAuthorizationMode,
    };
    this.#receivers.set(key, { object, config, receiver });
    return receiver;
  }

  #policy(policy: Stored<EventPolicy>): ReceiverPolicy {
    const known = this.#made.get(policy);
    if (known) return known;
    const made: ReceiverPolicy = {
      name: policy.metadata.name,
      subjects: policy.status?.from ?? [],
      filters: (policy.spec?.filters ?? []) as readonly FilterSpec[],
      ...(isReady(policy) ? {} : { problem: whyNotReady(policy) }),
    };
    this.#made.set(policy, made);
    return made;
  }
}

function whyNotReady({ status, metadata }: Stored<EventPolicy>): string {
  const ready = status?.observedGeneration === metadata.generation ? conditionOf(status?.conditions, 'Ready') : undefined;
  return ready?.message || ready?.reason || 'its senders are not known yet';
}
