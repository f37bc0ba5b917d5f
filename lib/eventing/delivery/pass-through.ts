import type { IncomingHttpHeaders } from 'node:http';

const NAMES = new Set(['x-request-id', 'traceparent', 'tracestate', 'b3']);
const PREFIXES = ['knative-', 'x-b3-'];

/** Headers of a request that go along with its event, from hop to hop, beside those of the event itself. */
export function passedThrough(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || !(NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix)))) continue;
    passed[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return passed;
}
