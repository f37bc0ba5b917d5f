import type { IncomingHttpHeaders } from 'node:http';

const TRACE = new Set(['traceparent', 'tracestate', 'b3']);
const NAMES = new Set(['x-request-id', 'retry-after', ...TRACE]);

/** Headers of a request that go along with its event, from hop to hop, beside those of the event itself. */
export function passedThrough(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const passed: Record<string, string> = {};
  for (const name in headers) {
    if (!NAMES.has(name) && !name.startsWith('knative-') && !name.startsWith('x-b3-')) continue;
    const value = headers[name];
    if (value === undefined) continue;
    passed[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return passed;
}

/** Of headers that go along with an event, those that say of which trace it is part. */
export function ofTrace(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => TRACE.has(name) || name.startsWith('x-b3-')));
}
