import type { IncomingHttpHeaders } from 'node:http';
import type { Random } from '../../base';
import { type Attempt, type CloudEvent, type Happening, type Journal, passedThrough, traced } from '../../eventing';

/** Tells the journal of events that come to something else than a broker or channel, one log for each: `job-sink/default/report`. */
export class EndpointJournal {
  /** Traces of events that came without one. */
  readonly #traces = new WeakMap<CloudEvent, string>();

  constructor(
    private readonly journal: Journal,
    private readonly random: Random,
    private readonly kind: string,
  ) {}

  record(
    of: { readonly namespace?: string | undefined; readonly name: string },
    event: CloudEvent,
    headers: IncomingHttpHeaders,
    happening: Happening,
  ): void {
    const trace = this.#traces.get(event) ?? traced(passedThrough(headers), this.random).trace;
    this.#traces.set(event, trace);
    this.journal.record(`${this.kind}/${of.namespace}/${of.name}`, trace, event, happening);
  }
}

/** An attempt as the journal has it. */
export function attemptOf(consumer: string, { role, url, attempt, outcome, retryInMs }: Attempt): Happening {
  return {
    ...{ kind: 'attempt', consumer, role, url, attempt, status: outcome.status },
    ...(outcome.kind === 'failed' ? { reason: outcome.reason } : {}),
    ...(retryInMs === undefined ? {} : { retryInMs }),
  };
}
