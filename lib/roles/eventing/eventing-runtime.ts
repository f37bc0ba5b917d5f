import {
  type Broker,
  BrokerType,
  brokerOf,
  childName,
  type InMemoryChannel,
  InMemoryChannelType,
  isServedBroker,
  keyOf,
  type ServingConfig,
  type Stored,
  type Subscription,
  SubscriptionType,
  setDefaults,
  type Trigger,
  TriggerType,
} from '../../api';
import type { Clock, Executor, Log, Metrics, Random } from '../../base';
import {
  type CloudEvent,
  type ConsumerSpec,
  Deliverer,
  Journal,
  JournalStore,
  type KeyValueStore,
  type Refusal,
} from '../../eventing';
import type { Gateway, InnerHosts } from '../../gateway';
import { type Change, type Cluster, Informer, type ServiceAccounts } from '../../kube';
import { channelConsumer, triggerConsumer } from './consumer-specs';
import { Drains } from './drains';
import { Endpoints } from './endpoints';
import { EventAccess } from './event-access';
import { BROKER_HOST, EventDoor } from './event-door';
import { type EventRetention, retentionOf } from './event-retention';
import { EventSender } from './event-sender';
import { EventSources } from './event-sources';
import { EventTypeCatalogue } from './event-type-catalogue';
import { EventingAnswers } from './eventing-answers';
import { HubRegistry } from './hub-registry';
import { subscribedAs, triggeredAs } from './sent-as';
import { ServiceAccountTokens } from './service-account-tokens';
import { channelsOf, isOf, mayMean } from './subscribed-channel';
import { subscriberNames } from './subscriber-names';
import { SubscriberPlaces } from './subscriber-places';
import { TokenSecrets } from './token-secrets';

export interface EventingOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly log: Log;
  readonly config: ServingConfig;
  /**
   * Through which events reach services of the cluster. Asked for when the first is sent: the gateway has this runtime behind it.
   * @default they are reached over the network
   */
  readonly gateway?: () => Gateway;
  /** Whether PingSources and ApiServerSources send from here. @default true */
  readonly sources?: boolean;
  /** Where events are kept. @default in memory */
  readonly store?: KeyValueStore;
  readonly retention?: EventRetention;
  /** Addresses of this machine at which sinks may be, as `127.0.0.1:9000`. @default none */
  readonly allowedSinks?: readonly string[];
  /** Addresses at which none may be, beside those that none may be at anywhere: the API server's, as `10.96.0.1:443`. @default none */
  readonly deniedSinks?: readonly string[];
  /** @default not measured */
  readonly metrics?: Metrics;
  /** Told how far it is with reading what an earlier process has left, while that takes long. */
  readonly recovering?: (what: string) => void;
  /** By whose tokens senders prove themselves, and as whom sources look at the cluster. */
  readonly accounts: ServiceAccounts;
}

const brokerName = (namespace: string, name: string): string => `broker/${namespace}/${name}`;
/** The brokers that a trigger may mean: which of them it is depends on the settings, and those change. */
const brokersOf = (trigger: Trigger): readonly string[] => [
  ...new Set([false, true].map((on) => placeOf(brokerOf(trigger, { crossNamespaceEventLinks: on })))),
];
const placeOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string => `${namespace}/${name}`;
/** A small volume is not there for the journal. */
const journalIn = (store: KeyValueStore): JournalStore => {
  const total = store.room?.()?.total;
  return new JournalStore(store, total === undefined ? {} : { bytes: Math.min(JOURNAL_BYTES, total / 16) });
};
/** What of a subscription is not in its entry, or does not count there. */
const saidBy = ({ metadata: { annotations }, status }: Subscription) => [annotations, status?.auth, status?.physicalSubscription];
const splitPlace = (place: string): [namespace: string, name: string] => {
  const slash = place.indexOf('/');
  return [place.slice(0, slash), place.slice(slash + 1)];
};
const JOURNAL_BYTES = 32 * 2 ** 20;
const INDEX = 'broker';
const CHANNEL = 'channel';
const BY_UID = 'uid';
/** Channels are reached by Services of their own. */
const SERVICE_SUFFIX = '-kn-channel';

/** Makes the brokers, triggers and channels of a cluster work in this process. */
export class EventingRuntime {
  readonly journal: Journal;
  readonly hubs: HubRegistry;
  /** What they answer the controllers. */
  readonly answers: EventingAnswers = new EventingAnswers(
    (ask) => this.#drains.ask(ask),
    (key) => this.#drains.forget(key),
  );
  readonly door: EventDoor;
  /** For the gateway: what is answered by this process. */
  readonly inner: InnerHosts = (host, path) => this.door.inner(host, path) ?? this.#endpoints.inner(host, path);
  /** Who may send to whom. */
  readonly access: EventAccess;
  /** For whoever sends events as a service account. */
  readonly tokens: ServiceAccountTokens;
  /** For pods that send events as a service account. */
  readonly tokenSecrets: TokenSecrets;
  readonly #drains: Drains;
  readonly #brokers: Informer<Broker>;
  readonly #triggers: Informer<Trigger>;
  readonly #channels: Informer<InMemoryChannel>;
  readonly #subscriptions: Informer<Subscription>;
  readonly #catalogue: EventTypeCatalogue;
  readonly #sources: EventSources | undefined;
  readonly #endpoints: Endpoints;
  readonly #sender: EventSender;
  /** All brokers and channels that are there are served. */
  #settled = false;
  /** Triggers that are served, by name, and the hub that each is served at. */
  readonly #served = new Map<string, string>();
  /** By the hubs of channels. */
  readonly #places = new Map<string, SubscriberPlaces>();

  constructor(private readonly options: EventingOptions) {
    const { cluster, clock, executor, random, log, store, metrics, accounts } = options;
    this.journal = new Journal(clock, store ? { kept: journalIn(store) } : {});
    this.tokens = new ServiceAccountTokens({ clock, accounts });
    this.tokenSecrets = new TokenSecrets({ cluster, clock, executor, log, accounts });
    this.access = new EventAccess({ cluster, clock, log, config: () => options.config, tokens: accounts });
    this.#catalogue = new EventTypeCatalogue({ cluster, clock, executor, log });
    this.#sender = new EventSender({ ...options, tokens: this.tokens, own: (host, path) => this.inner(host, path) });
    const { sender } = this.#sender;
    const shared = { clock, executor, random, log, journal: this.journal };
    const deliverer = new Deliverer({ clock, sender });
    const { answers } = this;
    const live = { ...options, config: () => options.config };
    if (options.sources !== false) this.#sources = new EventSources({ ...live, journal: this.journal, deliverer, answers });
    this.hubs = new HubRegistry({
      ...shared,
      sender,
      retention: retentionOf(store !== undefined, options.retention),
      ...(store ? { store } : {}),
      ...(metrics ? { metrics } : {}),
      onTaken: (hub, event) => this.#taken(hub, event),
    });
    this.#drains = new Drains({ clock, hubs: this.hubs, tell: (key, answer) => answers.tell(key, answer) });
    this.door = new EventDoor(
      this.hubs,
      (hub, authorization, event, from) => this.#refusal(hub, authorization, event, from),
      () => this.#settled,
    );
    this.#endpoints = new Endpoints({
      ...live,
      ...{ journal: this.journal, sender, answers, access: this.access },
      trigger: (namespace, name) => this.#triggers.get(namespace, name),
    });
    this.#brokers = new Informer(cluster, BrokerType, clock, log);
    this.#triggers = new Informer(cluster, TriggerType, clock, log);
    this.#channels = new Informer(cluster, InMemoryChannelType, clock, log);
    this.#subscriptions = new Informer(cluster, SubscriptionType, clock, log);
    this.#triggers.addIndex(INDEX, brokersOf);
    this.#brokers.onChange(({ previous, next }) => this.#brokerChanged((next ?? previous)!));
    this.#triggers.onChange((change) => this.#triggerChanged(change));
    this.#channels.onChange(({ previous, next }) => this.#channelChanged((next ?? previous)!));
    this.#subscriptions.addIndex(BY_UID, ({ metadata }) => [metadata.uid]);
    this.#subscriptions.addIndex(CHANNEL, channelsOf);
    this.#channels.addIndex(BY_UID, ({ spec }) => (spec?.subscribers ?? []).flatMap(({ uid }) => uid ?? []));
    this.#subscriptions.onChange((change) => this.#subscriptionChanged(change));
  }

  /** Resolves once everything that is there is served. Brokers and channels come last: who consumes their events is known by then. */
  async start(): Promise<void> {
    await Promise.all([
      this.hubs.prepare((what) => this.options.recovering?.(what)),
      this.#catalogue.start(),
      this.#sender.start(),
      this.access.start(),
      this.#triggers.start(),
      this.#subscriptions.start(),
    ]);
    await this.#channels.start();
    await this.#brokers.start();
    this.hubs.settle();
    this.#settled = true;
    this.#drains.start();
    await Promise.all([this.#sources?.start(), this.#endpoints.start()]);
  }

  /** Breaks off deliveries; those are made again by the next process that has the same store. */
  async stop(): Promise<void> {
    for (const informer of [this.#brokers, this.#triggers, this.#channels, this.#subscriptions]) informer.stop();
    this.#catalogue.stop();
    this.access.stop();
    this.tokenSecrets.stop();
    this.#drains.stop();
    this.hubs.stop();
    await this.#sources?.stop();
    await this.#endpoints.stop();
    await this.#sender.stop();
    this.journal.close();
  }

  /** What is there is served as the settings say now. */
  settingsChanged(): void {
    for (const broker of this.#brokers.list()) this.#brokerChanged(broker);
    for (const trigger of this.#triggers.list()) this.#triggerChanged({ previous: trigger, next: trigger });
    for (const channel of this.#channels.list()) this.#channelChanged(channel);
  }

  /** A broker or channel has taken an event. */
  #taken(hub: string, event: CloudEvent): void {
    if (!this.options.config.eventing.features.eventTypeAutoCreate) return;
    const [kind, namespace = '', name = ''] = hub.split('/');
    const broker = kind === 'broker' ? this.#brokers.get(namespace, name) : undefined;
    const channel = kind === 'channel' ? this.#channels.get(namespace, name) : undefined;
    if (broker) this.#catalogue.add(BrokerType, broker, event);
    else if (channel) this.#catalogue.add(InMemoryChannelType, channel, event);
  }

  get #secured(): boolean {
    return this.options.config.eventing.features.authenticationOidc;
  }

  get #links(): boolean {
    return this.options.config.eventing.features.crossNamespaceEventLinks;
  }

  /** Why an event may not be sent to a broker or channel; undefined if it may. */
  #refusal(hub: string, authorization: string | undefined, event: CloudEvent, from?: string): Refusal {
    if (!this.#secured) return undefined;
    const [kind, namespace = '', name = ''] = hub.split('/');
    const [type, object] =
      kind === 'broker'
        ? ([BrokerType, this.#brokers.get(namespace, name)] as const)
        : ([InMemoryChannelType, this.#channels.get(namespace, name)] as const);
    return object
      ? this.access.refusal(type, object, hub, authorization, event, from)
      : { status: 403, reason: `${hub} is gone` };
  }

  #brokerOf(trigger: Trigger): string {
    return placeOf(brokerOf(trigger, this.options.config.eventing.features));
  }

  #brokerChanged({ metadata: { namespace = '', name } }: Stored<Broker>): void {
    const hub = brokerName(namespace, name);
    const broker = this.#broker(namespace, name);
    if (broker) this.hubs.open('broker', hub);
    else this.hubs.close(hub);
    const place = placeOf({ namespace, name });
    for (const trigger of this.#triggers.byIndex(INDEX, place)) {
      if (this.#brokerOf(trigger) === place) this.#serve(trigger, broker);
    }
    this.answers.tell(hub, broker && { generation: broker.metadata.generation });
  }

  /** The broker with its defaults, if it is there and of a class that is served here. */
  #broker(namespace: string, name: string): Stored<Broker> | undefined {
    const broker = this.#brokers.get(namespace, name);
    if (!broker || broker.metadata.deletionTimestamp) return undefined;
    const whole = setDefaults(broker, this.options.config);
    return isServedBroker(whole) ? whole : undefined;
  }

  #triggerChanged({ previous, next }: Change<Trigger>): void {
    if (!next) {
      this.#drop(previous!);
      return;
    }
    const { namespace, name } = brokerOf(next, this.options.config.eventing.features);
    this.#serve(next, this.#broker(namespace, name));
  }

  #serve(trigger: Stored<Trigger>, broker: Stored<Broker> | undefined): void {
    if (!broker || trigger.metadata.deletionTimestamp) {
      this.#drop(trigger);
      return;
    }
    const { namespace = '', name } = broker.metadata;
    const hub = brokerName(namespace, name);
    const before = this.#served.get(keyOf(trigger));
    if (before !== undefined && before !== hub) this.#drop(trigger);
    const self = `http://${BROKER_HOST}/${namespace}/${name}`;
    const spec = triggerConsumer(setDefaults(trigger, this.options.config), broker, self);
    const consumer = this.#secured ? triggeredAs(spec, trigger, broker) : spec;
    this.hubs.set(hub, keyOf(trigger), consumer);
    this.#served.set(keyOf(trigger), hub);
    const { generation } = trigger.metadata;
    const resolved = consumer.subscriber !== undefined && trigger.status?.observedGeneration === generation;
    this.answers.tell(`trigger/${keyOf(trigger)}`, resolved ? { generation } : undefined);
  }

  #drop(trigger: Stored<Trigger>): void {
    const hub = this.#served.get(keyOf(trigger));
    if (hub !== undefined) this.hubs.remove(hub, keyOf(trigger));
    this.#served.delete(keyOf(trigger));
    this.answers.tell(`trigger/${keyOf(trigger)}`, undefined);
  }

  /** How a subscription consumes events is said by its annotations, and as whom by its status: its entry in the channel does not count. */
  #subscriptionChanged({ previous, next }: Change<Subscription>): void {
    const { uid } = (next ?? previous)!.metadata;
    const known = previous && next && !previous.metadata.deletionTimestamp === !next.metadata.deletionTimestamp;
    if (known && JSON.stringify(saidBy(previous)) === JSON.stringify(saidBy(next))) return;
    const named = channelsOf((next ?? previous)!).map((place) => this.#channels.get(...splitPlace(place)));
    for (const channel of new Set([...this.#channels.byIndex(BY_UID, uid), ...named])) if (channel) this.#channelChanged(channel);
  }

  /** Subscriptions that have not got into their channel yet: it keeps events for them. */
  #awaited(channel: Stored<InMemoryChannel>): readonly Stored<Subscription>[] {
    const { namespace = '', name } = channel.metadata;
    const entered = new Set(channel.spec?.subscribers?.map(({ uid }) => uid));
    return this.#subscriptions
      .byIndex(CHANNEL, placeOf({ namespace, name }))
      .filter((one) => !one.metadata.deletionTimestamp && isOf(one, channel, this.#links) && !entered.has(one.metadata.uid));
  }

  /** Whose the places of a channel are that is open. */
  #placesOf(channel: Stored<InMemoryChannel>, hub: string): SubscriberPlaces {
    const open = this.hubs.open('channel', hub);
    const known = this.#places.get(hub);
    if (known) return known;
    const places = new SubscriberPlaces(open, (name) => {
      const subscription = this.#subscriptions.get(...splitPlace(name));
      return subscription && mayMean(subscription, channel) ? subscription : undefined;
    });
    this.#places.set(hub, places);
    return places;
  }

  #channelChanged(changed: Stored<InMemoryChannel>): void {
    const { namespace = '', name } = changed.metadata;
    const channel = this.#channels.get(namespace, name);
    const hub = `channel/${namespace}/${name}`;
    if (!channel || channel.metadata.deletionTimestamp) {
      this.hubs.close(hub);
      this.#places.delete(hub);
      this.door.setChannel(namespace, childName(name, SERVICE_SUFFIX), undefined);
      this.answers.tell(`in-memory-channel/${namespace}/${name}`, undefined);
      return;
    }
    const open = this.hubs.open('channel', hub);
    const places = this.#placesOf(channel, hub);
    this.door.setChannel(namespace, childName(name, SERVICE_SUFFIX), hub);
    const { subscribers = [] } = channel.spec ?? {};
    const named = subscriberNames(
      namespace,
      subscribers,
      (uid) => this.#subscriptions.byIndex(BY_UID, uid).find((one) => mayMean(one, channel)),
      { isHis: (own, uid) => places.isHis(own, uid), isFree: (free, uid) => places.isFree(free, uid, this.#settled) },
    );
    const names = new Set(named.map(({ consumer }) => consumer));
    for (const { from, to } of places.moves(named, this.#settled)) this.hubs.rename(hub, from, to);
    for (const { subscriber, subscription, consumer } of named) {
      const spec: ConsumerSpec = channelConsumer(subscriber, channel, subscription);
      const sent = this.#secured ? subscribedAs(spec, subscriber, subscription, channel, this.#links) : spec;
      places.take(consumer, subscriber.uid);
      this.hubs.set(hub, consumer, sent);
    }
    for (const subscription of this.#awaited(channel)) {
      const { name: own, uid } = subscription.metadata;
      const consumer = keyOf(subscription);
      if (names.has(consumer)) continue;
      names.add(consumer);
      places.take(consumer, uid);
      this.hubs.set(hub, consumer, channelConsumer({ name: own, uid }, channel, subscription));
    }
    for (const consumer of open.consumers) if (!names.has(consumer)) this.hubs.remove(hub, consumer);
    this.answers.tell(`in-memory-channel/${namespace}/${name}`, {
      generation: channel.metadata.generation,
      subscribers: subscribers.map(({ uid, generation }) => ({ uid, observedGeneration: generation, ready: 'True' })),
    });
  }
}
