import type { CloudEvent } from '../cloud-event';
import type { Attempt, BreakOff, Deliverer, Delivery, DeliveryResult } from '../delivery';
import type { ConsumerSpec } from '../dispatch/consumer-spec';
import { fewestPasses } from '../dispatch/ttl';
import type { Happening } from '../journal';
import type { EventLog, EventRecord } from '../log';
import type { Dedupe } from './dedupe';
import type { Unit } from './grouping';
import { joinEvent } from './join-event';

/** As no receiver says it: that others did not come in time. */
const TIMED_OUT = 504;

export interface UnitDeliveryOptions {
  /** Whose delivery it is. It may come to be named otherwise meanwhile. */
  readonly consumer: { readonly name: string };
  readonly log: EventLog;
  readonly deliverer: Deliverer;
  /** What subscribers see of an event, and what becomes of their replies. */
  readonly view: (event: CloudEvent) => CloudEvent;
  readonly onReply?: (event: CloudEvent, reply: CloudEvent) => CloudEvent;
  readonly onAttempt: (record: EventRecord, attempt: Attempt) => void;
  readonly onHappening: (record: EventRecord, happening: Happening) => void;
  /** Told of events that are lost: others with their key are no duplicates. */
  readonly dedupe?: Dedupe;
}

type Present = readonly [offset: number, record: EventRecord];

/** Delivers events that leave together, once. */
export class UnitDelivery {
  constructor(
    private readonly options: UnitDeliveryOptions,
    private readonly spec: ConsumerSpec,
  ) {}

  /** Resolves to whether it is decided what became of the events; else they are still pending. */
  async run(unit: Unit, breakOff: BreakOff): Promise<boolean> {
    const { log, consumer } = this.options;
    const present = unit.items.flatMap(({ offset }): Present[] => {
      const record = log.read(offset);
      return record ? [[offset, record]] : [];
    });
    const records = present.map(([, record]) => record);
    const fates = new Fates(records.length);
    let result: DeliveryResult | undefined;
    try {
      if (records.length > 0) result = await this.#deliver(unit, records, fates, breakOff);
    } catch (error) {
      if (breakOff.between?.aborted || breakOff.now?.aborted) return false;
      throw error;
    }
    // The log first: what the journal says is over must not come again.
    log.settleAll(
      consumer.name,
      unit.items.map(({ offset }) => offset),
    );
    if (result) for (const [i, one] of present.entries()) this.#end(one, fates.of(i, result), records.length);
    return true;
  }

  async #deliver(unit: Unit, records: readonly EventRecord[], fates: Fates, breakOff: BreakOff): Promise<DeliveryResult> {
    const { deliverer, onAttempt } = this.options;
    const tell = (attempt: Attempt) => {
      if (attempt.role === 'deadLetterSink') {
        onAttempt(records[fates.letter(attempt)]!, attempt);
        return;
      }
      if (attempt.outcome.kind === 'failed') fates.reason = attempt.outcome.reason;
      for (const record of records) onAttempt(record, attempt);
    };
    const delivery = this.#delivery(unit, records);
    const { refused } = unit;
    if (!refused) return deliverer.deliver(delivery, tell, breakOff);
    fates.reason = refused.reason;
    const why = { status: TIMED_OUT, reason: refused.reason };
    if (this.spec.join?.partial !== 'drop') return deliverer.giveUp(delivery, why, tell, breakOff);
    return { kind: 'dropped', failed: 'subscriber', url: delivery.subscriber.url, ...why };
  }

  #delivery({ join, refused }: Unit, records: readonly EventRecord[]): Delivery {
    const { view, onReply } = this.options;
    const { subscriber, reply, deadLetterSink, policy, replies = 'lenient', format, namespace, batch } = this.spec;
    const members = records.map(({ event, headers }) => ({ event: view(event), headers }));
    const { event, headers } = members[0]!;
    const least = fewestPasses(records.map((record) => record.event))!;
    const made = join && !refused && this.spec.join ? this.#join(join, members, records) : undefined;
    return {
      ...{ event: made ?? event, members, headers, namespace, policy, replies },
      subscriber: subscriber!,
      ...(batch ? { batched: true } : {}),
      ...(reply ? { reply } : {}),
      ...(deadLetterSink ? { deadLetterSink } : {}),
      ...(format ? { format } : {}),
      ...(onReply ? { onReply: (answer: CloudEvent) => onReply(least, answer) } : {}),
    };
  }

  /** Makes the event, and tells of it: in the trace of its first member, and in that of each. */
  #join(
    { key, missing }: NonNullable<Unit['join']>,
    members: readonly { readonly event: CloudEvent }[],
    records: readonly EventRecord[],
  ): CloudEvent {
    const { consumer, onHappening } = this.options;
    const time = Math.max(...records.map((record) => record.time));
    const events = members.map(({ event }) => event);
    const made = joinEvent(this.spec.join!, { key, missing }, events, time);
    const ids = events.map(({ attributes }) => String(attributes['id']));
    const as = String(made.attributes['id']);
    const story = { kind: 'joined', consumer: consumer.name, key, as, ...(missing.length > 0 ? { missing } : {}) } as const;
    for (const [i, record] of records.entries()) onHappening(record, { ...story, with: ids.filter((_, j) => j !== i) });
    onHappening({ ...records[0]!, event: made }, { ...story, with: ids });
    return made;
  }

  #end([offset, record]: Present, result: DeliveryResult, together: number): void {
    const { consumer, onHappening, dedupe } = this.options;
    if (result.kind === 'dropped') dedupe?.release(record.event, offset);
    const reason = result.kind === 'delivered' ? {} : { reason: result.reason };
    onHappening(record, { kind: result.kind, consumer: consumer.name, ...reason, ...(together > 1 ? { together } : {}) });
  }
}

/** What becomes of each event where dead letters are sent one after the other. */
class Fates {
  /** Why there are any. */
  reason = '';
  #next = 0;
  readonly #lost = new Map<number, string>();

  constructor(private readonly count: number) {}

  /** Which event a dead letter is of. */
  letter({ outcome, retryInMs }: Attempt): number {
    const index = Math.min(this.#next, this.count - 1);
    if (retryInMs !== undefined) return index;
    this.#next++;
    if (outcome.kind === 'failed') this.#lost.set(index, outcome.reason);
    return index;
  }

  of(index: number, result: DeliveryResult): DeliveryResult {
    if (this.#next === 0 || result.kind === 'delivered') return result;
    const lost = this.#lost.get(index);
    if (lost === undefined) return { ...result, kind: 'deadLettered', reason: this.reason };
    return { ...result, kind: 'dropped', reason: lost };
  }
}
