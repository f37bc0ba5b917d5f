import type { JournalEntry } from '../../eventing';
import { printable } from '../output/printable';
import type { Style } from '../output/style';

/** Text of whoever sent an event, on one line. */
export const shown = (text: string): string => printable(text).replaceAll('\n', '\\n').replaceAll('\t', ' ');

const two = (number: number): string => String(number).padStart(2, '0');
const day = (date: Date): string => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

/** The time of day, to the millisecond, of this machine's zone; the day before it, if it is not that of `now`. */
export function timeOfDay(time: number, now = time): string {
  const date = new Date(time);
  const before = day(date) === day(new Date(now)) ? '' : `${day(date)} `;
  const ms = String(date.getMilliseconds()).padStart(3, '0');
  return `${before}${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}

/** Milliseconds for people: `120 ms`, `1.5 s`, `3 min`. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 120_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms / 60_000)} min`;
}

const ROLES = { subscriber: '', reply: ' with the reply', deadLetterSink: ' with the dead letter' } as const;

/** What gives events to those who want them, and has dead letters; others make something of an event themselves. */
const HUB = /^(broker|channel|source)\//;

/** What an entry says happened, in words; undefined for an attempt that worked out, of which the end is told. */
export function happening(entry: JournalEntry, style: Style): string | undefined {
  switch (entry.kind) {
    case 'arrived':
      return entry.consumers.length > 0
        ? `for ${entry.consumers.map(shown).join(', ')}`
        : style.yellow('dropped: nobody wants it (no trigger or subscription matches)');
    case 'refused':
      return style.red(`refused with ${entry.status}: ${shown(entry.reason)}`);
    case 'filterFailed':
      return style.yellow(`no match for ${shown(entry.consumer)}: ${shown(entry.expression)} failed: ${shown(entry.reason)}`);
    case 'attempt': {
      if (entry.reason === undefined) return undefined;
      const again = entry.retryInMs === undefined ? '' : `, again in ${span(entry.retryInMs)}`;
      const what = `${shown(entry.consumer)}: attempt ${entry.attempt}${ROLES[entry.role]} at ${shown(entry.url)} failed`;
      return style.yellow(`${what}: ${shown(entry.reason)}${again}`);
    }
    case 'duplicate': {
      const what = `duplicate for ${shown(entry.consumer)}, dropped`;
      return style.yellow(`${what}: ${shown(entry.key)} came ${span(entry.time - entry.firstTime)} before`);
    }
    case 'held':
      return entry.as === 'batch'
        ? `held in a batch for ${shown(entry.consumer)} (${entry.count} of ${entry.of})`
        : `held for ${shown(entry.consumer)} (${entry.count} of ${entry.of}): join of ${shown(entry.key ?? '')} waits for ${listed(entry.missing)}`;
    case 'joined': {
      const without = entry.missing === undefined ? '' : style.yellow(`, without ${listed(entry.missing)}`);
      if (entry.event.id === entry.as) return `made of ${listed(entry.with)} for ${shown(entry.consumer)}${without}`;
      const others = entry.with.length > 0 ? ` with ${listed(entry.with)}` : '';
      return `joined${others} for ${shown(entry.consumer)} as ${shown(entry.as)}${without}`;
    }
    case 'crowded':
      return style.yellow(`${shown(entry.consumer)} is crowded: ${shown(entry.reason)}`);
    case 'delivered':
      return style.green(`delivered to ${shown(entry.consumer)}${together(entry.together)}`);
    case 'deadLettered':
      return style.red(`dead letter of ${shown(entry.consumer)}${because(entry.reason)}`);
    case 'dropped':
      if (!HUB.test(entry.log)) return style.red(`failed for ${shown(entry.consumer)}${because(entry.reason)}`);
      return style.red(`lost for ${shown(entry.consumer)}, which has no dead letter sink that takes it${because(entry.reason)}`);
  }
}

const listed = (texts: readonly string[] = []): string => texts.map(shown).join(', ');

/** @param count events of one request */
const together = (count: number | undefined): string =>
  count === undefined ? '' : ` with ${count - 1} other${count === 2 ? '' : 's'}`;

const because = (reason: string | undefined): string => (reason === undefined ? '' : `: ${shown(reason)}`);

/** One line for an entry, or undefined if it needs none. @param now milliseconds since the epoch */
export function formatEntry(entry: JournalEntry, style: Style, now?: number): string | undefined {
  const what = happening(entry, style);
  if (what === undefined) return undefined;
  const { time, log, event } = entry;
  return `${style.dim(timeOfDay(time, now))} ${style.cyan(shown(log))} ${style.bold(shown(event.type))} ${shown(event.id)} ${what}`;
}
