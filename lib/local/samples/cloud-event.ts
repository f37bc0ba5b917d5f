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

/** The event of a request in binary or structured mode (CloudEvents HTTP binding), or undefined if it carries none. */
export function readEvent(headers: IncomingHttpHeaders, body: Buffer): DisplayedEvent | undefined {
  const structured = headers['content-type']?.startsWith('application/cloudevents+json');
  const event = structured ? fromJson(body) : fromHeaders(headers, body);
  return event && REQUIRED.every((name) => event.attributes[name]) ? event : undefined;
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

function fromJson(body: Buffer): DisplayedEvent | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { data, data_base64: base64, ...rest } = parsed as Record<string, unknown>;
  const attributes = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]));
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
