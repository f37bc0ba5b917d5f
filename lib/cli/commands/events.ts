import { KncError, RealClock } from '../../base';
import type { JournalEntry } from '../../eventing';
import { ClusterError } from '../../kube';
import type { HttpCluster } from '../../kube/http';
import type { Invocation } from '../command-spec';
import { eventTree } from '../events/event-tree';
import { formatEntry } from '../events/format-entry';
import { exitCodes } from '../exit-codes';
import type { Io } from '../io';
import { styleFor } from '../output/style';
import { openTarget, withTarget } from '../target/target';
import { UsageError } from '../usage-error';

const PATH = '/knc/v1/events';
const clock = new RealClock();
/** Entries of the past that come before those of the present. */
const TAIL = 50;

interface Options {
  readonly log?: string;
  readonly event?: string;
  readonly type?: string;
  readonly consumer?: string;
  readonly from?: string;
  readonly once?: boolean;
  readonly json?: boolean;
}

/** Tells the way of events through the brokers and channels of the running knc dev, and has them delivered again. */
export async function run({ args, options }: Invocation, io: Io): Promise<number> {
  const given = options as Options;
  const [action, id] = args;
  const replay = action === 'replay';
  if (!replay && given.from !== undefined) throw new UsageError('--from belongs to `knc events replay`');
  const event = given.event ?? id;
  if (id !== undefined && event !== id) throw new UsageError(`say one event: ${id} or ${event}`);
  if (action === 'tree' && event === undefined) throw new UsageError('say of which event: knc events tree ID');
  const target = openTarget(options, io, clock);
  return withTarget(target, async () => {
    if (replay) return replayed(target.cluster, { ...given, ...(event === undefined ? {} : { event }) }, io);
    return event === undefined ? tail(target.cluster, given, io) : story(target.cluster, event, given, io);
  });
}

function pathOf({ log, type, consumer }: Options, more: Record<string, string>): string {
  const wanted = { log: log && fullName(log), type, consumer };
  const query = new URLSearchParams(more);
  for (const [name, value] of Object.entries(wanted)) if (value !== undefined) query.set(name, value);
  return `${PATH}?${query}`;
}

/** `default/orders` is a broker. */
const fullName = (log: string): string => (log.split('/').length === 2 ? `broker/${log}` : log);

async function tail(cluster: HttpCluster, options: Options, io: Io): Promise<number> {
  const stopping = new AbortController();
  const ignore = io.onInterrupt(() => stopping.abort());
  const style = styleFor(io, io.stdout);
  const past: Record<string, string> = options.once ? {} : { follow: 'true', tail: String(TAIL) };
  try {
    for await (const entry of lines(cluster, pathOf(options, past), stopping.signal)) {
      if (options.json) io.stdout.write(`${JSON.stringify(entry)}\n`);
      else {
        const line = formatEntry(entry, style, clock.now());
        if (line !== undefined) io.stdout.write(`${line}\n`);
      }
    }
  } finally {
    ignore();
  }
  return exitCodes.ok;
}

async function story(cluster: HttpCluster, id: string, options: Options, io: Io): Promise<number> {
  const entries: JournalEntry[] = [];
  for await (const entry of lines(cluster, pathOf({}, { story: id }), new AbortController().signal)) entries.push(entry);
  if (entries.length === 0) {
    throw new KncError('KNC4013', `Nothing is known of an event ${JSON.stringify(id)}`, {
      remedy:
        'The journal goes back a week at most, and with --ephemeral 10000 happenings; `knc events --once` prints all of it.',
    });
  }
  if (options.json) for (const entry of entries) io.stdout.write(`${JSON.stringify(entry)}\n`);
  else io.stdout.write(eventTree(entries, styleFor(io, io.stdout), clock.now()));
  return exitCodes.ok;
}

async function replayed(cluster: HttpCluster, { log, consumer, from, event, json }: Options, io: Io): Promise<number> {
  if (log === undefined || consumer === undefined) {
    throw new UsageError('say whose events: --log default/orders --consumer default/fulfil');
  }
  const whose = consumer.includes('/') ? consumer : `${fullName(log).split('/')[1]}/${consumer}`;
  const wanted = { log: fullName(log), consumer: whose, ...(from ? { from } : {}), ...(event ? { event } : {}) };
  try {
    const { count } = (await cluster.post(`${PATH}/replay`, wanted)) as { readonly count: number };
    if (json) io.stdout.write(`${JSON.stringify({ ...wanted, count })}\n`);
    else io.stdout.write(`${count} ${count === 1 ? 'event is' : 'events are'} delivered to ${whose} again\n`);
    return exitCodes.ok;
  } catch (error) {
    if (!ClusterError.is(error, 'NotFound') && !ClusterError.is(error, 'BadRequest')) throw error;
    throw new KncError('KNC4013', error.message);
  }
}

async function* lines(cluster: HttpCluster, path: string, signal: AbortSignal): AsyncIterable<JournalEntry> {
  try {
    for await (const line of cluster.lines(path, signal)) yield line as JournalEntry;
  } catch (error) {
    if (!ClusterError.is(error, 'NotFound')) throw error;
    throw new KncError('KNC4013', 'This cluster keeps no journal of events', {
      remedy: 'Name a running knc dev: its folder by --state, or its kubeconfig by --kubeconfig.',
    });
  }
}
