import type { RevisionRef } from './revision-ref';
import { isServiceLike, type ServiceLike, type TrafficTarget } from './traffic';

/** Where a share of the requests goes: a revision of the service that is split, or another service. */
export type Destination = RevisionRef | ServiceLike;

/** Settings of a canary. */
export interface CanaryProps {
  /** What has proved itself and gets the rest. */
  readonly stable: Destination;
  /** What is tried. @default - the latest revision */
  readonly next?: Destination;
  /** Share of the requests that is sent to `next`, 0 to 100. */
  readonly percent: number;
  /** Makes `next` reachable by itself, as `<tag>-<name>`. @default - none */
  readonly tag?: string;
}

/** Settings of a blue-green pair. Each side is reachable by itself, as `blue-<name>` and `green-<name>`. */
export interface BlueGreenProps {
  readonly blue: Destination;
  readonly green: Destination;
  /** The side that gets all requests. */
  readonly live: 'blue' | 'green';
}

/** A small share of the requests to something new, the rest to what has proved itself. */
export function canary({ stable, next, percent, tag }: CanaryProps): TrafficTarget[] {
  return [to(stable), { ...to(next ?? { latestRevision: true }), percent, ...(tag === undefined ? {} : { tag }) }];
}

/** All requests to one side, the other side ready and reachable by its tag. */
export function blueGreen({ blue, green, live }: BlueGreenProps): TrafficTarget[] {
  return [
    { ...to(blue), percent: live === 'blue' ? 100 : 0, tag: 'blue' },
    { ...to(green), percent: live === 'green' ? 100 : 0, tag: 'green' },
  ];
}

/** Shares by revision name: `{ 'hello-00001': 80, latest: 20 }`. */
export function weighted(percents: Readonly<Record<string, number>>): TrafficTarget[] {
  return Object.entries(percents).map(([name, percent]) =>
    name === 'latest' ? { revision: { latestRevision: true }, percent } : { revision: name, percent },
  );
}

function to(destination: Destination): TrafficTarget {
  return isServiceLike(destination) ? { service: destination } : { revision: destination };
}
