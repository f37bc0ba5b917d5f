import type { Attempt } from '../delivery';

/** An event as the journal names it: attributes, size and hash of its data, never the data. */
export interface EventSummary {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** Bytes of data. */
  readonly size: number;
  /** The first 16 characters of the SHA-256 of the data, in hexadecimal; empty if there is none. */
  readonly hash: string;
}

/** What happened to an event. */
export type Happening =
  /** It was taken by a broker or channel, and is for these consumers. */
  | { readonly kind: 'arrived'; readonly consumers: readonly string[] }
  /** It was not taken. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  /** A filter could not be evaluated, which is no match. */
  | { readonly kind: 'filterFailed'; readonly consumer: string; readonly expression: string; readonly reason: string }
  /** One attempt to send it. */
  | {
      readonly kind: 'attempt';
      readonly consumer: string;
      readonly role: Attempt['role'];
      readonly url: string;
      readonly attempt: number;
      readonly status: number;
      readonly reason?: string;
      readonly retryInMs?: number;
    }
  /** It is not delivered, as an event with this key came before. */
  | { readonly kind: 'duplicate'; readonly consumer: string; readonly key: string; readonly firstTime: number }
  /** It waits for others, to leave with them. */
  | {
      readonly kind: 'held';
      readonly consumer: string;
      readonly as: 'batch' | 'join';
      /** Events that wait together, and how many they can become. */
      readonly count: number;
      readonly of: number;
      readonly key?: string;
      /** The types of which an event must still come. */
      readonly missing?: readonly string[];
    }
  /** One event was made of it and others, of which these are the ids. */
  | {
      readonly kind: 'joined';
      readonly consumer: string;
      readonly key: string;
      readonly with: readonly string[];
      readonly as: string;
      readonly missing?: readonly string[];
    }
  /** It made the consumer forget something before its time: it can remember no more. */
  | { readonly kind: 'crowded'; readonly consumer: string; readonly reason: string }
  /** It is over for one consumer. */
  | {
      readonly kind: 'delivered' | 'deadLettered' | 'dropped';
      readonly consumer: string;
      readonly reason?: string;
      readonly together?: number;
    };

/** One line of the journal. */
export type JournalEntry = Happening & {
  /** Counts up by one. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** `broker/default/orders`. */
  readonly log: string;
  /** The trace that the event belongs to: it and all that follow from it. */
  readonly trace: string;
  readonly event: EventSummary;
};
