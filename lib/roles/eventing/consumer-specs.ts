import {
  type Broker,
  consumerOptions,
  type DeliverySpec,
  type InMemoryChannel,
  isClosing,
  type KubeObject,
  parseIsoDuration,
  type SubscriberSpec,
  type Subscription,
  type Trigger,
} from '../../api';
import type { ConsumerSpec, DeliveryPolicy, Destination } from '../../eventing';
import type { FilterSpec } from '../../expr';

interface Resolved {
  readonly uri: string | undefined;
  readonly caCerts: string | undefined;
  readonly audience: string | undefined;
}

/** Where a status leads, if it says so. */
export function destination({ uri, caCerts, audience }: Resolved): Destination | undefined {
  return uri ? { url: uri, ...(caCerts ? { caCerts } : {}), ...(audience ? { audience } : {}) } : undefined;
}

/** A DeliverySpec in milliseconds. */
export function policyOf({ retry, backoffPolicy, backoffDelay, timeout, retryAfterMax }: DeliverySpec = {}): DeliveryPolicy {
  const ms = (duration: string | undefined) => (duration === undefined ? undefined : parseIsoDuration(duration));
  const [backoffDelayMs, timeoutMs, retryAfterMaxMs] = [ms(backoffDelay), ms(timeout), ms(retryAfterMax)];
  return {
    ...(retry === undefined ? {} : { retry }),
    ...(backoffPolicy === undefined ? {} : { backoffPolicy: backoffPolicy as 'linear' | 'exponential' }),
    ...(backoffDelayMs === undefined ? {} : { backoffDelayMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(retryAfterMaxMs === undefined ? {} : { retryAfterMaxMs }),
  };
}

const formatOf = (delivery: DeliverySpec | undefined): Pick<ConsumerSpec, 'format'> =>
  delivery?.format === 'json' || delivery?.format === 'binary' ? { format: delivery.format } : {};

type Options = Pick<
  ConsumerSpec,
  'filters' | 'orderBy' | 'concurrency' | 'paused' | 'ratePerSecond' | 'dedupe' | 'batch' | 'join'
>;

/** What the annotations of a trigger or subscription say. A join wants no events but those that it joins. */
function optionsOf({ metadata }: KubeObject, plural: string, filters: readonly FilterSpec[]): Options {
  const { annotations, namespace, name } = metadata;
  const { join, ...options } = consumerOptions(annotations);
  if (!join) return { ...options, filters };
  return {
    ...options,
    filters: [...filters, { any: join.types.map((type) => ({ exact: { type } })) }],
    join: { ...join, source: `/apis/v1/namespaces/${namespace}/${plural}/${name}` },
  };
}

/** What a trigger wants: `filters` count instead of `filter`; in `filter`, an empty value stands for any that is there. */
export function filtersOf({ spec: { filter, filters } }: Trigger): readonly FilterSpec[] {
  if (filters && filters.length > 0) return filters as readonly FilterSpec[];
  return Object.entries(filter?.attributes ?? {}).map(([name, value]) =>
    value === '' ? { cesql: `EXISTS ${name}` } : { exact: { [name]: value } },
  );
}

/**
 * How a trigger gets the events of its broker; both with their defaults. While an address that it needs is not known, its events wait.
 * @param self the address of the broker, to which replies go
 */
export function triggerConsumer(trigger: Trigger, broker: Broker, self: string): ConsumerSpec {
  const { metadata, spec, status = {} } = trigger;
  const delivery = spec.delivery ?? broker.spec?.delivery;
  const own = destination({
    uri: status.deadLetterSinkUri,
    caCerts: status.deadLetterSinkCACerts,
    audience: status.deadLetterSinkAudience,
  });
  const brokers = destination({
    uri: broker.status?.deadLetterSinkUri,
    caCerts: broker.status?.deadLetterSinkCACerts,
    audience: broker.status?.deadLetterSinkAudience,
  });
  const deadLetterSink = own ?? (spec.delivery?.deadLetterSink ? undefined : brokers);
  const needsSink = spec.delivery?.deadLetterSink ?? broker.spec?.delivery?.deadLetterSink;
  const subscriber = destination({
    uri: status.subscriberUri,
    caCerts: status.subscriberCACerts,
    audience: status.subscriberAudience,
  });
  return {
    subscriber: needsSink && !deadLetterSink ? undefined : subscriber,
    reply: { url: self },
    ...(deadLetterSink ? { deadLetterSink } : {}),
    policy: policyOf(delivery),
    replies: 'event',
    ...formatOf(delivery),
    namespace: metadata.namespace ?? '',
    ...optionsOf(trigger, 'triggers', filtersOf(trigger)),
  };
}

/**
 * How a subscription gets the events of its channel. One without a subscriber has the events themselves sent to its reply.
 * @param subscription whose entry `subscriber` is, if that is known
 */
export function channelConsumer(
  subscriber: SubscriberSpec,
  { metadata, spec, status }: InMemoryChannel,
  subscription?: Subscription,
): ConsumerSpec {
  const delivery = subscriber.delivery ?? spec?.delivery;
  const to = destination({
    uri: subscriber.subscriberUri,
    caCerts: subscriber.subscriberCACerts,
    audience: subscriber.subscriberAudience,
  });
  const reply = destination({
    uri: subscriber.replyUri,
    caCerts: subscriber.replyCACerts,
    audience: subscriber.replyAudience,
  });
  const sink = delivery?.deadLetterSink;
  const deadLetterSink =
    destination({ uri: sink?.uri, caCerts: sink?.CACerts, audience: sink?.audience }) ??
    destination({
      uri: status?.deadLetterSinkUri,
      caCerts: status?.deadLetterSinkCACerts,
      audience: status?.deadLetterSinkAudience,
    });
  return {
    subscriber: to ?? reply,
    ...(to && reply ? { reply } : {}),
    ...(deadLetterSink ? { deadLetterSink } : {}),
    policy: policyOf(delivery),
    replies: 'lenient',
    ...formatOf(delivery),
    namespace: metadata.namespace ?? '',
    ...(subscription ? optionsOf(subscription, 'subscriptions', []) : {}),
    ...(subscription && isClosing(subscription) ? { closed: true } : {}),
  };
}
