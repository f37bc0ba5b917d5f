import type { Value } from '../../expr';
import { type CloudEvent, EventError, withAttributes } from '../cloud-event';

/** How often an event may still pass a broker, so that replies that come round and round end. */
const TTL = 'knativebrokerttl';
const ARRIVAL = 'knativearrivaltime';
const FIRST_TTL = 255;

/** An event as a broker keeps it: with one pass less, and the time at which it came. Throws an EventError when it has none left. */
export function passed(event: CloudEvent, now: number): CloudEvent {
  const left = passesLeft(event.attributes[TTL]);
  if (left <= 0) throw new EventError(`the event has passed brokers too often: ${TTL} is used up`);
  return withAttributes(event, { [TTL]: left, [ARRIVAL]: textOf(now) });
}

/** A time as it was written last: many events come in the same millisecond. */
let written = { at: Number.NaN, text: '' };

function textOf(at: number): string {
  if (written.at !== at) written = { at, text: new Date(at).toISOString() };
  return written.text;
}

/** One less than there were; what is no 32 bit integer counts as if it was not there. */
function passesLeft(passes: Value | undefined): number {
  const before = typeof passes === 'string' && passes.trim() !== '' ? Math.trunc(Number(passes)) : passes;
  return typeof before === 'number' && before >= -(2 ** 31) && before < 2 ** 31 ? before - 1 : FIRST_TTL;
}

/** The event that may pass the fewest brokers. */
export function fewestPasses(events: readonly CloudEvent[]): CloudEvent | undefined {
  const passes = ({ attributes }: CloudEvent) => Number(attributes[TTL] ?? FIRST_TTL);
  return events.reduce<CloudEvent | undefined>((least, one) => (least && passes(least) <= passes(one) ? least : one), undefined);
}

/** An event as subscribers of a broker see it. */
export function withoutTtl(event: CloudEvent): CloudEvent {
  return event.attributes[TTL] === undefined ? event : withAttributes(event, { [TTL]: undefined });
}

/** A reply with as many passes left as the event that it answers. */
export function withTtlOf(event: CloudEvent, reply: CloudEvent): CloudEvent {
  return withAttributes(reply, { [TTL]: event.attributes[TTL] });
}
