import type { DelayWindow } from './delay-window';

/** By which parameters a revision is scaled; durations in milliseconds. Made from a PodAutoscaler by `deciderSpec`. */
export interface DeciderSpec {
  readonly metric: 'concurrency' | 'rps';
  readonly aggregation: 'linear' | 'weighted-exponential';
  /** What one pod should carry, of what it can. */
  readonly target: number;
  /** What one pod can carry. */
  readonly total: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  readonly stableWindow: number;
  readonly panicWindow: number;
  /** Panic begins when the load of the panic window wants this many times the ready pods. */
  readonly panicThreshold: number;
  readonly scaleDownDelay: number;
  /** Load to be absorbed without queueing; 0: none, -1: any. */
  readonly targetBurstCapacity: number;
  readonly activatorCapacity: number;
  readonly initialScale: number;
  /** The least scale but zero; below 2 it says nothing. */
  readonly activationScale: number;
  /** Whether a route may send traffic. */
  readonly reachable: boolean;
  readonly readyPods: number;
}

/** What a decider remembers from one decision to the next. */
export interface DeciderState {
  /** When the load was last over the panic threshold; undefined out of panic. */
  readonly panicSince: number | undefined;
  /** The largest scale wanted during this panic: no going below until it ends. */
  readonly maxPanicPods: number;
  readonly delay: DelayWindow;
}

/**
 * The state of a new decider. One that finds more than one pod ready begins in panic: the history was lost with the process
 * before it, and holding the scale for a stable window is safer than judging by seconds.
 */
export function initialState(readyPods: number, now: number): DeciderState {
  return { panicSince: readyPods > 1 ? now : undefined, maxPanicPods: readyPods, delay: [] };
}

/** The burst capacity assumed before the first decision: what the initial scale will have to spare. */
export function initialBurstCapacity(spec: DeciderSpec): number {
  const { targetBurstCapacity: burst } = spec;
  return burst === -1 || burst === 0 ? burst : Math.trunc(spec.initialScale * spec.total - burst);
}

/** Gateways never fewer than this are assigned to a revision. */
export const MIN_ACTIVATORS = 2;

/** How many gateways are needed to carry a revision's capacity and burst. */
export function activatorsFor(
  spec: Pick<DeciderSpec, 'targetBurstCapacity' | 'total' | 'activatorCapacity' | 'readyPods'>,
): number {
  if (spec.targetBurstCapacity === 0) return MIN_ACTIVATORS;
  const toCover = spec.readyPods * spec.total + Math.max(0, spec.targetBurstCapacity);
  return Math.max(MIN_ACTIVATORS, Math.ceil(toCover / spec.activatorCapacity));
}
