import { type DeliverySpec, formatIsoDuration, parseDuration } from '../../../lib/api';
import { KncError } from '../../../lib/base';
import { type DurationInput, isDurationLike } from '../duration';
import { defined, ifSet } from '../shape';
import { destinationOf, type SinkInput, type SinkOutput } from './sink';

/** What a `Delivery` says. */
interface DeliveryData {
  readonly retry?: number;
  readonly backoffPolicy?: 'linear' | 'exponential';
  readonly backoffDelay?: DurationInput;
  readonly timeout?: DurationInput;
  readonly retryAfterMax?: DurationInput;
  readonly deadLetter?: SinkInput;
  readonly format?: 'json' | 'binary';
}

/**
 * How hard it is tried to deliver an event, and what becomes of it if all fails. A value: every function gives a new one.
 *
 * @example
 * Delivery.retry(5).backoff('exponential', '200ms').timeout('10s').deadLetter(letters)
 * @see https://knative.dev/docs/eventing/event-delivery/
 */
export class Delivery {
  /** Attempts after the first; the answers 404, 408, 409, 429, all above 499, and none at all count as failed. */
  static retry(attempts: number): Delivery {
    return new Delivery({}).retry(attempts);
  }

  /** How long each attempt may take. */
  static timeout(duration: DurationInput): Delivery {
    return new Delivery({}).timeout(duration);
  }

  /** Where events go that cannot be delivered. */
  static deadLetter(sink: SinkInput | SinkOutput): Delivery {
    return new Delivery({}).deadLetter(sink);
  }

  private constructor(readonly data: DeliveryData) {}

  /** Attempts after the first. */
  retry(attempts: number): Delivery {
    return this.#with({ retry: attempts });
  }

  /** The wait before retry n, from 0: `linear` is delay × n, so that the first follows at once; `exponential` is delay × 2^n. */
  backoff(policy: 'linear' | 'exponential', delay: DurationInput): Delivery {
    return this.#with({ backoffPolicy: policy, backoffDelay: delay });
  }

  /** How long each attempt may take. */
  timeout(duration: DurationInput): Delivery {
    return this.#with({ timeout: duration });
  }

  /** The most that the Retry-After of an answer 429 or 503 is heeded. Upstream: needs the feature `delivery-retryafter`. */
  retryAfter(max: DurationInput): Delivery {
    return this.#with({ retryAfterMax: max });
  }

  /** Where events go that cannot be delivered. */
  deadLetter(sink: SinkInput | SinkOutput): Delivery {
    return this.#with({ deadLetter: sink as SinkInput });
  }

  /** How events are sent: as one JSON document, or with attributes in headers. */
  format(format: 'json' | 'binary'): Delivery {
    return this.#with({ format });
  }

  #with(change: DeliveryData): Delivery {
    return new Delivery({ ...this.data, ...change });
  }
}

/** A `Delivery`, by shape. */
export interface DeliveryLike {
  readonly data: DeliveryData;
}

/** A duration as ISO-8601. Text that is no Go duration is left as it is, for validation to name. */
export function isoDurationText(input: DurationInput): string {
  const milliseconds = isDurationLike(input) ? input.toMilliseconds({ integral: false }) : parseDuration(input);
  return milliseconds === undefined ? (input as string) : formatIsoDuration(milliseconds);
}

/** The DeliverySpec that a delivery stands for; undefined if it says nothing. */
export function deliverySpec(delivery: DeliveryLike | undefined, namespace: string | undefined): DeliverySpec | undefined {
  if (!delivery) return undefined;
  if (typeof delivery.data !== 'object') {
    throw new KncError('KNC1001', `delivery is no Delivery: ${JSON.stringify(delivery)}`, {
      remedy: "Write it as a value: Delivery.retry(5).backoff('exponential', '1s').deadLetter(letters).",
    });
  }
  const { retry, backoffPolicy, backoffDelay, timeout, retryAfterMax, deadLetter, format } = delivery.data;
  return defined({
    deadLetterSink: ifSet(deadLetter, (sink) => destinationOf(sink, namespace)),
    retry,
    backoffPolicy,
    backoffDelay: ifSet(backoffDelay, isoDurationText),
    timeout: ifSet(timeout, isoDurationText),
    retryAfterMax: ifSet(retryAfterMax, isoDurationText),
    format,
  });
}
