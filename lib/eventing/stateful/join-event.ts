import { type CloudEvent, textOfEvent } from '../cloud-event';
import { digest } from './event-key';
import type { JoinSpec } from './stateful-spec';

/** Names that the event has of its own. */
const OWN = new Set(['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'dataschema', 'joinmissing']);

// biome-ignore lint/suspicious/noControlCharactersInRegex: CloudEvents attributes may not hold them
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/gu;

/**
 * The event that is made of joined ones. Its data has them whole, in the JSON event format, by their types. It is the same every
 * time that the same events are joined: its id is a hash of the key and of what each of them is called.
 * @param time when the last of them came, in milliseconds since the epoch
 */
export function joinEvent(
  spec: JoinSpec,
  { key, missing }: { readonly key: string; readonly missing: readonly string[] },
  events: readonly CloudEvent[],
  time: number,
): CloudEvent {
  const names = events.map(({ attributes }) => [attributes['type'], attributes['source'], attributes['id']].map(String));
  const common = spec.by.flatMap((name) => {
    const value = events[0]?.attributes[name];
    return value === undefined || OWN.has(name) ? [] : [[name, value] as const];
  });
  return {
    attributes: {
      ...Object.fromEntries(common),
      specversion: '1.0',
      id: digest(JSON.stringify([key, ...names])),
      ...{ source: spec.source, type: spec.type, subject: key.replace(UNPRINTABLE, '\ufffd') },
      time: new Date(time).toISOString(),
      datacontenttype: 'application/json',
      ...(missing.length > 0 ? { joinmissing: missing.join(',') } : {}),
    },
    data: Buffer.from(`{${events.map((one) => `${JSON.stringify(one.attributes['type'])}:${textOfEvent(one)}`).join(',')}}`),
  };
}
