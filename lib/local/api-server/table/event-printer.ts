import type { Event } from '../../../api';
import { timeSince } from './human-duration';
import { column, nameColumn, type Printer, wideColumn } from './table';

/** An event as the API knows it, with the fields that newer clients write. */
type AnyEvent = Event & {
  readonly involvedObject: { readonly fieldPath?: string };
  readonly eventTime?: string | null;
  readonly series?: { readonly count: number; readonly lastObservedTime?: string };
  readonly source?: { readonly host?: string };
  readonly reportingComponent?: string;
  readonly reportingInstance?: string;
};

function sourceText({ source, reportingComponent, reportingInstance }: AnyEvent): string {
  const component = source?.component || reportingComponent || '';
  const instance = source?.host || reportingInstance;
  return instance ? `${component}, ${instance}` : component;
}

export const eventPrinter: Printer<AnyEvent> = {
  columns: [
    column('Last Seen', 'When it happened last.'),
    column('Type', 'Normal, or Warning.'),
    column('Reason', 'What happened, in one word.'),
    column('Object', 'What it happened to.'),
    wideColumn('Subobject', 'The part that it happened to.'),
    wideColumn('Source', 'Who says so.'),
    column('Message', 'What happened, in words.'),
    wideColumn('First Seen', 'When it happened first.'),
    wideColumn('Count', 'How often it happened.'),
    { ...nameColumn, priority: 1 },
  ],
  cells(event, now) {
    const {
      involvedObject: { kind = '', name, fieldPath = '' },
      series,
    } = event;
    const first = timeSince(event.firstTimestamp || event.eventTime || undefined, now);
    const last = event.lastTimestamp ? timeSince(event.lastTimestamp, now) : first;
    return [
      series ? timeSince(series.lastObservedTime, now) : last,
      event.type ?? '',
      event.reason ?? '',
      name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase(),
      fieldPath,
      sourceText(event),
      (event.message ?? '').trim(),
      first,
      series ? series.count : event.count || 1,
      event.metadata.name ?? '',
    ];
  },
};
