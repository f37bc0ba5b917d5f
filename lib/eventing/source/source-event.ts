import type { Random } from '../../base';
import type { CloudEvent } from '../cloud-event';
import type { Deliverer, DeliveryPolicy } from '../delivery';
import type { Journal } from '../journal';
import { traced } from '../journal/trace';
import type { Destination } from '../sender';

/** An event of a source, and where it goes. */
export interface SourceEvent {
  readonly event: CloudEvent;
  /** The namespace of the source, which the receiver is told. */
  readonly namespace: string;
  readonly to: Destination;
}

export interface SourceDelivery {
  readonly random: Random;
  readonly journal: Journal;
  readonly deliverer: Deliverer;
}

const POLICY: DeliveryPolicy = { retry: 5, backoffPolicy: 'exponential', backoffDelayMs: 50 };
/** The name under which the journal has the receiver. */
export const SOURCE_CONSUMER = 'sink';

/**
 * Sends an event of a source, six times at most, with all that becomes of it in the journal. Rejects if it is broken off.
 * @param log the source, as the journal has it: `source/KIND/NAMESPACE/NAME`
 */
export async function deliverSourceEvent(
  { random, journal, deliverer }: SourceDelivery,
  log: string,
  { event, namespace, to }: SourceEvent,
  now: AbortSignal,
): Promise<void> {
  const { headers, trace } = traced({}, random);
  journal.record(log, trace, event, { kind: 'arrived', consumers: [SOURCE_CONSUMER] });
  const result = await deliverer.deliver(
    { event, headers, namespace, subscriber: to, policy: POLICY, replies: 'none' },
    ({ role, url, attempt, outcome, retryInMs }) =>
      journal.record(log, trace, event, {
        ...{ kind: 'attempt', consumer: SOURCE_CONSUMER, role, url, attempt, status: outcome.status },
        ...(outcome.kind === 'failed' ? { reason: outcome.reason } : {}),
        ...(retryInMs === undefined ? {} : { retryInMs }),
      }),
    { now },
  );
  const reason = result.kind === 'delivered' ? {} : { reason: result.reason };
  journal.record(log, trace, event, { kind: result.kind, consumer: SOURCE_CONSUMER, ...reason });
}
