import type { JournalEntry } from '../../eventing';
import type { Style } from '../output/style';
import { happening, shown, span, timeOfDay } from './format-entry';

/** In the order in which keys came first. */
function grouped<T>(items: readonly T[], key: (item: T) => string): (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return [...groups];
}

interface Branch {
  readonly text: string;
  readonly children: readonly Branch[];
}

function drawn(branches: readonly Branch[], indent = ''): string[] {
  return branches.flatMap(({ text, children }, i) => {
    const last = i === branches.length - 1;
    return [`${indent}${last ? '└─' : '├─'} ${text}`, ...drawn(children, `${indent}${last ? '   ' : '│  '}`)];
  });
}

function consumerBranch(consumer: string, entries: readonly JournalEntry[], since: number, style: Style): Branch {
  const lines = entries.map((entry) => {
    const after = style.dim(`+${span(entry.time - since)}`);
    if (entry.kind !== 'attempt') return { text: `${after} ${happening(entry, style) ?? entry.kind}`, children: [] };
    const role = { subscriber: 'sent to', reply: 'reply sent to', deadLetterSink: 'dead letter sent to' }[entry.role];
    const outcome = entry.reason === undefined ? style.green(`${entry.status}`) : style.yellow(shown(entry.reason));
    const again = entry.retryInMs === undefined ? '' : `, again in ${span(entry.retryInMs)}`;
    return { text: `${after} ${role} ${shown(entry.url)}: ${outcome}${again}`, children: [] };
  });
  return { text: shown(consumer), children: lines };
}

function logBranch(log: string, entries: readonly JournalEntry[], style: Style, now: number | undefined): Branch {
  const since = entries[0]!.time;
  const own = entries.filter((entry) => entry.kind === 'arrived' || entry.kind === 'refused');
  const said = own.map((entry) => happening(entry, style)).filter((text) => text !== undefined);
  const rest = entries.filter((entry) => 'consumer' in entry);
  const consumers = grouped(rest, (entry) => ('consumer' in entry ? entry.consumer : ''));
  return {
    text: `${style.cyan(shown(log))} at ${timeOfDay(since, now)} ${said.join('; ')}`.trimEnd(),
    children: consumers.map(([consumer, own]) => consumerBranch(consumer, own, since, style)),
  };
}

/** The way of events that belong together: each event, each broker or channel that it came to, each consumer there. @param now milliseconds since the epoch */
export function eventTree(entries: readonly JournalEntry[], style: Style, now?: number): string {
  const traces = grouped(entries, ({ trace }) => trace);
  const lines = traces.flatMap(([trace, ofTrace]) => {
    const events = grouped(ofTrace, ({ event }) => JSON.stringify([event.source, event.id]));
    return [
      `trace ${shown(trace)}`,
      ...drawn(
        events.map(([, ofEvent]) => {
          const { type, id, source, size } = ofEvent[0]!.event;
          const logs = grouped(ofEvent, ({ log }) => log);
          return {
            text: `${style.bold(shown(type))} ${shown(id)} from ${shown(source)}, ${size} bytes`,
            children: logs.map(([log, ofLog]) => logBranch(log, ofLog, style, now)),
          };
        }),
      ),
    ];
  });
  return `${lines.join('\n')}\n`;
}
