import type { JournalEntry, JournalQuery } from '../../eventing';
import { ClusterError } from '../../kube';
import { type ExtraRequest, JsonLines } from '../../local';
import type { EventingRuntime } from './eventing-runtime';

/** A broker or channel, and how many events each of its consumers still has to get. */
export interface HubState {
  /** `broker/default/orders`. */
  readonly name: string;
  readonly consumers: readonly { readonly name: string; readonly backlog: number }[];
}

/** What `POST /knc/v1/events/replay` takes. */
export interface ReplayRequest {
  /** `broker/default/orders`. */
  readonly log: string;
  /** The trigger or subscription, as `NAMESPACE/NAME`. */
  readonly consumer: string;
  /** RFC 3339. @default the oldest event that is kept */
  readonly from?: string;
  /** The id of one event. @default all */
  readonly event?: string;
}

const FIELDS = ['log', 'trace', 'event', 'type', 'consumer', 'kind'] as const;
/** Entries that wait for a slow reader; beyond, it has missed too much and is cut off. */
const MAX_WAITING = 20_000;

/** Tells of events below `/knc/v1/events`: their journal, who has yet to get some, and how to have them delivered again. */
export class EventDocuments {
  constructor(private readonly runtime: EventingRuntime) {}

  /** Undefined if the path is none of these. */
  document({ segments, method, query, signal, json }: ExtraRequest): unknown {
    const [product, version, what, part, ...more] = segments;
    if (product !== 'knc' || version !== 'v1' || what !== 'events' || more.length > 0) return undefined;
    if (part === 'replay' && method === 'POST') return json().then((body) => this.#replay(body));
    if (method !== 'GET') throw new ClusterError('MethodNotAllowed', 'the journal of events is read by GET');
    if (part === 'hubs') return { hubs: this.#hubs() };
    return part === undefined ? new JsonLines(this.#entries(query, signal)) : undefined;
  }

  #hubs(): HubState[] {
    const { hubs } = this.runtime;
    return [...hubs.names].sort().map((name) => {
      const hub = hubs.get(name)!;
      return { name, consumers: hub.consumers.map((consumer) => ({ name: consumer, backlog: hub.backlog(consumer) })) };
    });
  }

  async *#entries(params: URLSearchParams, signal: AbortSignal): AsyncIterable<JournalEntry> {
    const { journal } = this.runtime;
    const query: JournalQuery = Object.fromEntries(
      FIELDS.flatMap((field) => (params.get(field) === null ? [] : [[field, params.get(field)]])),
    );
    const tail = Number(params.get('tail') ?? Number.POSITIVE_INFINITY);
    const story = params.get('story');
    const waiting: JournalEntry[] = [];
    let wake = () => {};
    signal.addEventListener('abort', () => wake(), { once: true });
    const stop = params.get('follow') === 'true' ? journal.follow((entry) => waiting.push(entry) && wake(), query) : undefined;
    try {
      yield* story === null ? journal.entries(query, tail) : journal.story(story);
      while (stop && !signal.aborted) {
        if (waiting.length > MAX_WAITING) return;
        const next = waiting.shift();
        if (next) {
          yield next;
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      stop?.();
    }
  }

  #replay(body: unknown): { readonly count: number } {
    const { log, consumer, from, event } = replayRequest(body);
    const { hubs } = this.runtime;
    const hub = hubs.get(log);
    const spec = hubs.spec(log, consumer);
    if (!hub) throw new ClusterError('NotFound', `there is no ${log} here; there is: ${hubs.names.join(', ') || 'none'}`);
    if (!spec)
      throw new ClusterError('NotFound', `${consumer} gets no events of ${log}; ${hub.consumers.join(', ') || 'nobody'} does`);
    const since = from === undefined ? { offset: 0 } : { time: Date.parse(from) };
    return { count: hub.replay(consumer, spec, since, event) };
  }
}

function replayRequest(body: unknown): ReplayRequest {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const { log, consumer, from, event } = given;
  if (typeof log !== 'string' || typeof consumer !== 'string') {
    throw new ClusterError('BadRequest', 'log and consumer say whose events are to be delivered again');
  }
  if (from !== undefined && (typeof from !== 'string' || Number.isNaN(Date.parse(from)))) {
    throw new ClusterError('BadRequest', 'from is a time as RFC 3339 writes it');
  }
  if (event !== undefined && typeof event !== 'string') throw new ClusterError('BadRequest', 'event is the id of an event');
  return { log, consumer, ...(from === undefined ? {} : { from }), ...(event === undefined ? {} : { event }) };
}
