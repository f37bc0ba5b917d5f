import type { Random } from '../../base';

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;
const NO_TRACE = '0'.repeat(32);

/** Headers of an event with a trace context (W3C), its own or a new one, and the id of that trace. */
export function traced(
  headers: Readonly<Record<string, string>>,
  random: Random,
): { readonly headers: Readonly<Record<string, string>>; readonly trace: string } {
  const trace = traceOf(headers);
  if (trace) return { headers, trace };
  const made = hexDigits(random, 32);
  return { headers: { ...headers, traceparent: `00-${made}-${hexDigits(random, 16)}-00` }, trace: made };
}

/** The id of the trace that these headers name, or undefined. */
export function traceOf(headers: Readonly<Record<string, string>>): string | undefined {
  const trace = TRACEPARENT.exec(headers['traceparent'] ?? '')?.[1];
  return trace === NO_TRACE ? undefined : trace;
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** @param count a multiple of 8 */
function hexDigits(random: Random, count: number): string {
  let digits = '';
  while (digits.length < count) {
    const bits = Math.floor(random.next() * 2 ** 32);
    digits += BYTES[bits >>> 24]! + BYTES[(bits >>> 16) & 255]! + BYTES[(bits >>> 8) & 255]! + BYTES[bits & 255]!;
  }
  return digits;
}
