import type { JournalEntry } from './journal-entry';
import { redacted } from './redact';

/** Longer attributes are cut: the journal is bounded in bytes, too. */
const MAX_TEXT = 200;

/** Which entries. All that are given must hold. */
export interface JournalQuery {
  readonly log?: string;
  readonly trace?: string;
  /** The id of the event. */
  readonly event?: string;
  readonly type?: string;
  readonly consumer?: string;
  readonly kind?: JournalEntry['kind'];
}

/** A text as the journal has it. */
export function cut(value: unknown): string {
  const text = redacted(String(value ?? ''));
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

/** Tells which entries a query asks for. */
export function fitting({ log, trace, event, type, consumer, kind }: JournalQuery): (entry: JournalEntry) => boolean {
  const id = event === undefined ? undefined : cut(event);
  const cutType = type === undefined ? undefined : cut(type);
  return (entry) =>
    (log === undefined || entry.log === log) &&
    (trace === undefined || entry.trace === trace) &&
    (id === undefined || entry.event.id === id) &&
    (cutType === undefined || entry.event.type === cutType) &&
    (kind === undefined || entry.kind === kind) &&
    (consumer === undefined || ('consumer' in entry && entry.consumer === consumer));
}

/** What stands in the line of JSON of every entry that a query asks for. */
export function textsOf({ log, trace, event, type, consumer, kind }: JournalQuery): string[] {
  const id = event === undefined ? undefined : cut(event);
  const wanted = { log, trace, id, type: type === undefined ? undefined : cut(type), consumer, kind };
  return Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : `"${name}":${JSON.stringify(value)}`));
}
