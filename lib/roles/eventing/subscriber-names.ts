import { keyOf, type Stored, type SubscriberSpec, type Subscription } from '../../api';

/** A subscriber of a channel, and the name under which it consumes. */
export interface NamedSubscriber {
  readonly subscriber: SubscriberSpec;
  readonly subscription: Stored<Subscription> | undefined;
  /** `NAMESPACE/NAME` of its Subscription, which may be of another namespace than the channel. */
  readonly consumer: string;
  /** As it is called where its Subscription is not known: by the namespace of the channel. */
  readonly before: string;
  /** All that it may be called there: the last, with its uid, where the first may be another's. */
  readonly others: readonly string[];
}

/** What is known of the names under which entries consume of which the Subscription is not known. */
export interface KnownNames {
  /** Whether the one of this uid is served under this name. */
  isHis(name: string, uid: string | undefined): boolean;
  /** Whether nothing is kept under this name that may be of another than the one of this uid. */
  isFree(name: string, uid: string | undefined): boolean;
}

const NONE: KnownNames = { isHis: () => false, isFree: () => true };

/**
 * The names of the subscribers of a channel. An entry says the name of its Subscription without the namespace, so that two may say the
 * same; which is whose is known by their uids. Entries without a Subscription have names of the channel's namespace.
 */
export function subscriberNames(
  namespace: string,
  subscribers: readonly SubscriberSpec[],
  find: (uid: string) => Stored<Subscription> | undefined,
  { isHis, isFree }: KnownNames = NONE,
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
    const own = `${plain}.${uid}`;
    const before = unknown.has(plain) ? own : plain;
    unknown.add(plain);
    const others = [plain, own];
    if (subscription) return { subscriber, subscription, consumer: keyOf(subscription), before, others };
    const his = others.find((one) => !taken.has(one) && isHis(one, uid));
    const consumer = his ?? (taken.has(plain) || !isFree(before, uid) ? own : before);
    taken.add(consumer);
    return { subscriber, subscription, consumer, before, others };
  });
}
