import type { BatchSpec, DedupeSpec, JoinSpec } from '../../../../lib/eventing';

/** An event of a test: `n` tells it from all others. */
export interface Published {
  readonly n: number;
  readonly time: number;
  readonly id: string;
  readonly type: string;
  readonly key: string;
}

/** Events that leave together: `complete` joins and batches to the subscriber, the others to the dead letters. */
export interface Expected {
  readonly members: readonly number[];
  readonly complete: boolean;
}

/** The events that are no duplicates, found the slow way. */
export function firsts(events: readonly Published[], { windowMs }: DedupeSpec): Published[] {
  const taken: Published[] = [];
  for (const event of events) {
    const last = taken.filter(({ id }) => id === event.id).at(-1);
    if (!last || event.time >= last.time + windowMs) taken.push(event);
  }
  return taken;
}

/** The batches that leave until `end`. */
export function batches(events: readonly Published[], { max, withinMs }: BatchSpec, end: number): Expected[] {
  const left: Expected[] = [];
  let open: Published[] = [];
  const close = () => {
    if (open.length > 0) left.push({ members: open.map(({ n }) => n), complete: true });
    open = [];
  };
  const tick = (now: number) => {
    if (open.length > 0 && open[0]!.time + withinMs <= now) close();
  };
  for (const event of events) {
    tick(event.time);
    open.push(event);
    if (open.length === max) close();
  }
  tick(end);
  return left;
}

/** The joins that end until `end`, complete or not, in no order. */
export function joins(events: readonly Published[], { types, withinMs }: JoinSpec, end: number): Expected[] {
  const rounds: { readonly start: number; readonly key: string; readonly members: Published[] }[] = [];
  for (const event of events) {
    const open = rounds.find(
      ({ start, key, members }) =>
        key === event.key && event.time < start + withinMs && members.every(({ type }) => type !== event.type),
    );
    if (open) open.members.push(event);
    else rounds.push({ start: event.time, key: event.key, members: [event] });
  }
  return rounds
    .filter(({ start, members }) => members.length === types.length || start + withinMs <= end)
    .map(({ members }) => ({
      members: types.flatMap((type) => members.filter((one) => one.type === type).map(({ n }) => n)),
      complete: members.length === types.length,
    }));
}
