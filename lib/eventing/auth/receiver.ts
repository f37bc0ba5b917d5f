import type { FilterSpec } from '../../expr';

/** Who may send to a receiver that no policy is about. */
export type DefaultMode = 'allow-all' | 'allow-same-namespace' | 'deny-all';

/** A policy that is about a receiver. */
export interface ReceiverPolicy {
  readonly name: string;
  /** Subjects of tokens; an asterisk at the end stands for any rest. */
  readonly subjects: readonly string[];
  /** What those may send: all must match. */
  readonly filters: readonly FilterSpec[];
  /** Why it lets nobody send yet. */
  readonly problem?: string;
}

/** What takes events from those who prove who they are. */
export interface Receiver {
  /** For people: `broker/default/orders`. */
  readonly name: string;
  readonly namespace: string;
  /** For whom tokens have to be made. */
  readonly audience: string;
  /** Any of them may let an event in. */
  readonly policies: readonly ReceiverPolicy[];
  /** Counts where there are no policies. */
  readonly mode: DefaultMode;
}

/** An event is not taken because of who sends it: 401 where nobody knows who that is, 403 where that is known, 503 where it cannot be known now. */
export interface AccessRefusal {
  readonly status: 401 | 403 | 503;
  readonly reason: string;
}

/** Why an event is not taken; undefined: it is. A promise only where somebody has to be asked. */
export type Refusal = AccessRefusal | undefined | Promise<AccessRefusal | undefined>;

/** What an answer says beside the reason. */
export function refusalHeaders({ status }: AccessRefusal): Readonly<Record<string, string>> {
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  return status === 503 ? { 'retry-after': '1' } : {};
}
