import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../../base';
import type { Backend, Lease } from '../backend';
import type { PlaceMessage } from './place-messages';

/** A place that no request has come for is given up after so long, in milliseconds. */
const TICKET_MS = 5000;

/** A gateway that asks for places. */
export interface Asker {
  send(message: PlaceMessage): void;
}

/** A revision some of whose pods are ours. */
export interface PlaceSource {
  /** A place in one of our pods, when there is one. Rejects when none is to be waited for, or when the signal aborts. */
  reserve(signal: AbortSignal): Promise<Lease>;
  /** For requests that come with a place: they have been counted where they came in. */
  readonly uncounted: Backend;
}

/** A place that a request has come for. */
export interface Placed {
  readonly backend: Backend;
  readonly lease: Lease;
}

interface Ticket {
  readonly asker: Asker;
  readonly placed: Placed;
  readonly timer: Timer;
}

/** Gives places in pods of this gateway to the requests of others. */
export class PlaceGiver {
  /** What each asker waits for, by revision; one controller for each place. */
  readonly #waiting = new Map<Asker, Map<string, Set<AbortController>>>();
  readonly #tickets = new Map<string, Ticket>();

  constructor(
    private readonly deps: { readonly clock: Clock; readonly find: (namespace: string, name: string) => PlaceSource | undefined },
  ) {}

  /** Takes a message of an asker. */
  receive(asker: Asker, message: PlaceMessage): void {
    if (message.type === 'return') this.take(message.ticket)?.lease.release();
    if (message.type !== 'want') return;
    const { namespace, revision, count } = message;
    const of = this.#of(asker, `${namespace}/${revision}`);
    for (const waiting of of) {
      if (of.size <= count) break;
      of.delete(waiting);
      waiting.abort();
    }
    const source = this.deps.find(namespace, revision);
    if (!source && count > 0) asker.send({ type: 'none', namespace, revision });
    while (source && of.size < count) this.#wait(asker, source, namespace, revision, of);
  }

  /** An asker is gone, with the requests that it had. */
  closed(asker: Asker): void {
    for (const of of this.#waiting.get(asker)?.values() ?? []) {
      for (const waiting of of) waiting.abort();
      of.clear();
    }
    this.#waiting.delete(asker);
    for (const [ticket, { asker: owner }] of this.#tickets) if (owner === asker) this.take(ticket)?.lease.release();
  }

  /** The place that is kept for a request; undefined if there is none any more. */
  take(ticket: string): Placed | undefined {
    const kept = this.#tickets.get(ticket);
    kept?.timer.cancel();
    this.#tickets.delete(ticket);
    return kept?.placed;
  }

  #of(asker: Asker, key: string): Set<AbortController> {
    const all = this.#waiting.get(asker) ?? new Map<string, Set<AbortController>>();
    this.#waiting.set(asker, all);
    const of = all.get(key) ?? new Set();
    all.set(key, of);
    return of;
  }

  #wait(asker: Asker, source: PlaceSource, namespace: string, revision: string, of: Set<AbortController>): void {
    const waiting = new AbortController();
    of.add(waiting);
    source.reserve(waiting.signal).then(
      (lease) => {
        if (!of.delete(waiting)) lease.release();
        else asker.send({ type: 'place', namespace, revision, ticket: this.#keep(asker, source, lease) });
      },
      () => {
        if (!of.delete(waiting)) return;
        for (const other of of) other.abort();
        of.clear();
        asker.send({ type: 'none', namespace, revision });
      },
    );
  }

  #keep(asker: Asker, { uncounted }: PlaceSource, lease: Lease): string {
    const ticket = randomBytes(16).toString('hex');
    const timer = this.deps.clock.after(TICKET_MS, () => this.take(ticket)?.lease.release());
    this.#tickets.set(ticket, { asker, placed: { backend: uncounted, lease }, timer });
    return ticket;
  }
}
