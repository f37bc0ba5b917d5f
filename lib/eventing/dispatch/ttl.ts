import { type CloudEvent, EventError, withAttributes } from '../cloud-event';

/** How often an event may still pass a broker, so that replies that come round and round end. */
const TTL = 'knativebrokerttl';
const ARRIVAL = 'knativearrivaltime';
const FIRST_TTL = 255;

/** An event as a broker keeps it: with one pass less, and the time at which it first came. Throws an EventError when it has none left. */
export function passed(event: CloudEvent, now: number): CloudEvent {
  const left = event.attributes[TTL] === undefined ? FIRST_TTL : Number(event.attributes[TTL]) - 1;
  if (!(left > 0)) throw new EventError(`the event has passed brokers too often: ${TTL} is used up`);
  const arrival = event.attributes[ARRIVAL] ?? new Date(now).toISOString();
  return withAttributes(event, { [TTL]: left, [ARRIVAL]: arrival });
}

/** An event as subscribers of a broker see it. */
export function withoutTtl(event: CloudEvent): CloudEvent {
  return event.attributes[TTL] === undefined ? event : withAttributes(event, { [TTL]: undefined });
}

/** A reply with as many passes left as the event that it answers. */
export function withTtlOf(event: CloudEvent, reply: CloudEvent): CloudEvent {
  return withAttributes(reply, { [TTL]: event.attributes[TTL] });
}
