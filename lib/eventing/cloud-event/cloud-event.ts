import type { Attributes, FilterEvent, Value } from '../../expr';

/**
 * An event of the CloudEvents specification, 1.0 or 0.3. Attributes and extensions stand together under their names; those that
 * came as JSON integers or booleans keep their type. `datacontenttype` tells how to read `data`.
 */
export interface CloudEvent {
  readonly attributes: Attributes;
  readonly data: Buffer | undefined;
}

/** True for media types of which the content is JSON. CloudEvents takes data without a type for JSON. */
export function isJsonType(type: string | undefined): boolean {
  return type === undefined || /^[^;]*[/+]json\s*(;|$)/i.test(type);
}

/** The media type of an event's data, if it says one. */
export function contentType({ attributes }: CloudEvent): string | undefined {
  const type = attributes['datacontenttype'];
  return type === undefined ? undefined : String(type);
}

/** The data as JSON, or undefined if it is none. */
export function jsonData(event: CloudEvent): unknown {
  if (!event.data || !isJsonType(contentType(event))) return undefined;
  try {
    return JSON.parse(event.data.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** The event as filters see it: its data is read as JSON once, and only if one of them asks. */
export function filterEvent(event: CloudEvent): FilterEvent {
  let json: { readonly value: unknown } | undefined;
  return {
    attributes: event.attributes,
    json: () => {
      json ??= { value: jsonData(event) };
      return json.value;
    },
  };
}

/** The same event with other attributes; those that are undefined go. */
export function withAttributes(event: CloudEvent, changes: Readonly<Record<string, Attributes[string] | undefined>>): CloudEvent {
  const attributes: Record<string, Value> = {};
  for (const name in event.attributes) if (!Object.hasOwn(changes, name)) attributes[name] = event.attributes[name]!;
  for (const name in changes) {
    const value = changes[name];
    if (value !== undefined) attributes[name] = value;
  }
  return { attributes, data: event.data };
}
