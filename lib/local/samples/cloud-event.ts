import type { IncomingHttpHeaders } from 'node:http';

/** A CloudEvent as it came: attributes and extensions as text, the data as bytes. */
export interface DisplayedEvent {
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: Buffer | undefined;
  /** Whether the data came in base64. */
  readonly binary: boolean;
}

const REQUIRED = ['specversion', 'type', 'source', 'id'];
/** In the order in which event_display prints them. */
const KNOWN = ['specversion', 'type', 'source', 'subject', 'id', 'time', 'dataschema', 'datacontenttype'];

/**
 * The events of a request in binary, structured or batched mode (CloudEvents HTTP binding), or undefined if it carries none, or
 * anything else among them. A batch may be empty.
 */
export function readEvents(headers: IncomingHttpHeaders, body: Buffer): readonly DisplayedEvent[] | undefined {
  const events = eventsOf(headers, body);
  return events?.every(isEvent) ? events : undefined;
}

function eventsOf(headers: IncomingHttpHeaders, body: Buffer): readonly (DisplayedEvent | undefined)[] | undefined {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/cloudevents+json') return [fromJson(parsed(body))];
  if (type !== 'application/cloudevents-batch+json') return [fromHeaders(headers, body)];
  const batch = parsed(body);
  return Array.isArray(batch) ? batch.map(fromJson) : undefined;
}

function isEvent(event: DisplayedEvent | undefined): event is DisplayedEvent {
  return event !== undefined && REQUIRED.every((name) => event.attributes[name]);
}

function fromHeaders(headers: IncomingHttpHeaders, body: Buffer): DisplayedEvent {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('ce-') && typeof value === 'string') attributes[name.slice(3)] = percentDecoded(value);
  }
  if (headers['content-type']) attributes['datacontenttype'] = headers['content-type'];
  return { attributes, data: body.length > 0 ? body : undefined, binary: false };
}

function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function fromJson(json: unknown): DisplayedEvent | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { data, data_base64: base64, ...rest } = json as Record<string, unknown>;
  const present = Object.entries(rest).filter(([, value]) => value !== null);
  const attributes = Object.fromEntries(present.map(([name, value]) => [name, String(value)]));
  if (typeof base64 === 'string') return { attributes, data: Buffer.from(base64, 'base64'), binary: true };
  if (data === undefined) return { attributes, data: undefined, binary: false };
  const plain = typeof data === 'string' && !isJson(attributes['datacontenttype'] ?? 'application/json');
  return { attributes, data: Buffer.from(plain ? data : JSON.stringify(data)), binary: false };
}

function isJson(contentType: string): boolean {
  return /^(application|text)\/json\b/.test(contentType);
}

/** The event as event_display prints it. */
export function formatEvent({ attributes, data, binary }: DisplayedEvent): string {
  const lines = ['☁️  cloudevents.Event', 'Context Attributes,'];
  for (const name of KNOWN) if (attributes[name]) lines.push(`  ${name}: ${attributes[name]}`);
  const extensions = Object.keys(attributes).filter((name) => !KNOWN.includes(name));
  if (extensions.length > 0) lines.push('Extensions,', ...extensions.sort().map((name) => `  ${name}: ${attributes[name]}`));
  if (data) lines.push(binary ? 'Data (binary),' : 'Data,', `  ${displayed(data, attributes['datacontenttype'])}`);
  return lines.join('\n') + '\n';
}

function displayed(data: Buffer, contentType = ''): string {
  const text = data.toString();
  if (!isJson(contentType)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2).replaceAll('\n', '\n  ');
  } catch {
    return text;
  }
}
