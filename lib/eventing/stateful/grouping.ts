import type { CloudEvent } from '../cloud-event';

/** An event that a consumer still has to get. */
export interface Item {
  readonly offset: number;
  /** When it was appended to its log, in milliseconds since the epoch. */
  readonly time: number;
  /** About how many bytes it takes. */
  readonly size: number;
}

/** Why events are given up before they were sent. */
export interface Refused {
  readonly reason: string;
}

/** Events that leave together, in one request. */
export interface Unit {
  readonly items: readonly Item[];
  /** Units with the same go one after the other. */
  readonly order?: string;
  /** What they were joined by, and the types of which no event came. */
  readonly join?: { readonly key: string; readonly missing: readonly string[] };
  /** Set where nothing is to be sent but dead letters. */
  readonly refused?: Refused;
}

/** What became of an event that was added. */
export type Added =
  /** It leaves by itself, or waits for nothing but its turn. */
  | { readonly kind: 'passed' }
  /** It waits for others. @param count events that wait together, of at most `of` */
  | {
      readonly kind: 'held';
      readonly count: number;
      readonly of: number;
      readonly key?: string;
      readonly missing?: readonly string[];
    }
  /** With it, all are there. */
  | { readonly kind: 'joined'; readonly unit: Unit }
  /** It had to make others go before their time: so many joins are open at most. */
  | { readonly kind: 'crowded'; readonly bound: number; readonly added: Added };

/** Decides which events leave together, and when. Remembers no more than which events wait: those are in the log. */
export interface Grouping {
  /** How many events wait for others, or for their turn. */
  readonly size: number;
  /** Adds an event; all others that came before it have been added. */
  add(item: Item, event: CloudEvent): Added;
  /** Takes what can leave now. @param isBusy whether a unit of this order is on its way */
  take(now: number, isBusy: (order: string) => boolean): Unit | undefined;
  /** When something can leave next by the clock alone, in milliseconds since the epoch. */
  due(): number | undefined;
}
