import { keyOf, type Stored, type SubscriberSpec, type Subscription } from '../../api';

/** A subscriber of a channel, and the name under which it consumes. */
export interface NamedSubscriber {
  readonly subscriber: SubscriberSpec;
  readonly subscription: Stored<Subscription> | undefined;
  /** `NAMESPACE/NAME` of its Subscription, which may be of another namespace than the channel. */
  readonly consumer: string;
  /** As it is called where its Subscription is not known: by the namespace of the channel. */
  readonly before: string;
}

/**
 * The names of the subscribers of a channel. An entry says the name of its Subscription without the namespace, so that two may say the
 * same; which is whose is known by their uids. Entries without a Subscription have names of the channel's namespace.
 */
export function subscriberNames(
  namespace: string,
  subscribers: readonly SubscriberSpec[],
  find: (uid: string) => Stored<Subscription> | undefined,
): readonly NamedSubscriber[] {
  const known = subscribers.map((subscriber) => ({
    subscriber,
    subscription: subscriber.uid ? find(subscriber.uid) : undefined,
  }));
  const taken = new Set(known.flatMap(({ subscription }) => (subscription ? [keyOf(subscription)] : [])));
  const unknown = new Set<string>();
  return known.map(({ subscriber, subscription }) => {
    const { name, uid } = subscriber;
    const plain = `${namespace}/${name ?? uid ?? ''}`;
    const before = unknown.has(plain) ? `${plain}.${uid}` : plain;
    unknown.add(plain);
    if (subscription) return { subscriber, subscription, consumer: keyOf(subscription), before };
    const consumer = taken.has(plain) ? `${plain}.${uid}` : before;
    taken.add(consumer);
    return { subscriber, subscription, consumer, before };
  });
}
