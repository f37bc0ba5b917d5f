import type { FilterSpec } from '../../expr';
import type { DeliveryPolicy } from '../delivery';
import type { Destination } from '../sender';
import type { StatefulSpec } from '../stateful/stateful-spec';

/** What a trigger or subscription wants, and how it gets it. */
export interface ConsumerSpec extends StatefulSpec {
  /** All must match. @default every event */
  readonly filters?: readonly FilterSpec[];
  /** Where events go. While there is none, they wait. */
  readonly subscriber: Destination | undefined;
  readonly reply?: Destination;
  readonly deadLetterSink?: Destination;
  readonly policy: DeliveryPolicy;
  /** `event`: an answer with a body that is no event is a failure, as for triggers. @default 'lenient' */
  readonly replies?: 'event' | 'lenient';
  /** How events are written. @default 'binary' */
  readonly format?: 'binary' | 'json';
  /** The namespace that the subscriber is told. */
  readonly namespace: string;
  /** How many deliveries may be under way at once. @default 32 */
  readonly concurrency?: number;
  /**
   * Events with one value of this attribute, or `data.a.b` for a field of JSON data, go one after the other; those without it, too.
   * @default in any order
   */
  readonly orderBy?: string;
  /** Events wait. @default false */
  readonly paused?: boolean;
  /** It gets what came until now, and nothing new. @default false */
  readonly closed?: boolean;
  /** At most so many deliveries a second. @default no limit */
  readonly ratePerSecond?: number;
}

/** Whether subscriber, reply or dead letter sink is such a place. */
export const leadsTo = ({ subscriber, reply, deadLetterSink }: ConsumerSpec, is: (url: string) => boolean): boolean =>
  [subscriber, reply, deadLetterSink].some((to) => to !== undefined && is(to.url));
