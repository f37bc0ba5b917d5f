import { activatorsFor, type DeciderSpec, type DeciderState, initialBurstCapacity } from './decider';
import { delayed } from './delay-window';
import type { Explanation, Rule } from './explanation';
import type { Sample } from './history';
import { isEmpty, linearAverage, type Measure, weightedAverage } from './window';

/** What the two windows say; undefined if nothing was reported for a stable window. */
export type Load = { readonly stable: number; readonly panic: number } | undefined;

export interface Decision {
  /** How many pods there should be, before bounds; undefined if there is nothing to go by. */
  readonly desired: number | undefined;
  /** Capacity beyond the load and the target burst; negative if the burst would queue. */
  readonly excessBurstCapacity: number;
  readonly numActivators: number;
  readonly state: DeciderState;
  readonly explanation: Explanation;
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** Reads the two windows of a history. */
export function loadOf(history: readonly Sample[], spec: DeciderSpec, now: number): Load {
  // With unlimited burst capacity upstream's meter is always in the path, so silence means no load.
  if (isEmpty(history, spec.stableWindow, now) && spec.targetBurstCapacity !== -1) return undefined;
  const measure: Measure = spec.metric === 'rps' ? 'requests' : 'concurrency';
  const average = spec.aggregation === 'linear' ? linearAverage : weightedAverage;
  return {
    stable: average(history, measure, spec.stableWindow, now),
    panic: average(history, measure, spec.panicWindow, now),
  };
}

/**
 * The Knative Pod Autoscaler's decision: how many pods a revision should have, judging by what was reported, with the state
 * for the next decision and every number on the way. Pure; `now` in milliseconds since the epoch.
 */
export function decide(history: readonly Sample[], spec: DeciderSpec, state: DeciderState, now: number): Decision {
  return decideOn(loadOf(history, spec, now), spec, state, now);
}

/** `decide` once the windows have been read. */
export function decideOn(load: Load, spec: DeciderSpec, state: DeciderState, now: number): Decision {
  const basePods = Math.max(1, spec.readyPods);
  // At least one pod more, or a small rate would never grow a small revision.
  const maxScaleUp = Math.ceil(spec.maxScaleUpRate * basePods);
  const maxScaleDown = spec.reachable ? Math.floor(basePods / spec.maxScaleDownRate) : 0;
  const numActivators = activatorsFor(spec);
  const known = { at: now, spec, basePods, maxScaleUp, maxScaleDown };
  if (!load) return { ...withoutData(known, state), numActivators };

  const stableWanted = Math.ceil(load.stable / spec.target);
  const panicWanted = Math.ceil(load.panic / spec.target);
  const podsFor = (wanted: number): number => {
    const pods = clamp(wanted, maxScaleDown, maxScaleUp);
    return wanted > 0 && spec.activationScale > 1 ? Math.max(pods, spec.activationScale) : pods;
  };
  const stablePods = podsFor(stableWanted);
  const panicPods = podsFor(panicWanted);

  const overPanicThreshold = panicWanted / basePods >= spec.panicThreshold;
  const panicSince = nextPanic(overPanicThreshold, spec.stableWindow, state.panicSince, now);
  const inPanic = panicSince !== undefined;
  const larger = Math.max(stablePods, panicPods);
  const leftPanic = state.panicSince !== undefined && !inPanic;
  const maxPanicPods = inPanic ? Math.max(state.maxPanicPods, larger) : leftPanic ? 0 : state.maxPanicPods;
  const beforeDelay = inPanic ? maxPanicPods : stablePods;

  const delaying = spec.reachable && spec.scaleDownDelay > 0;
  const delay = delaying ? delayed(state.delay, spec.scaleDownDelay, now, beforeDelay) : state.delay;
  const desired = delaying ? delay[0]!.value : beforeDelay;

  const excessBurstCapacity = burstCapacity(spec, load.panic);
  const held: Rule = larger < maxPanicPods ? 'panic-hold' : 'panic';
  const rule: Rule = desired !== beforeDelay ? 'scale-down-delay' : inPanic ? held : 'stable';
  return {
    desired,
    excessBurstCapacity,
    numActivators,
    state: { panicSince, maxPanicPods, delay },
    explanation: {
      ...known,
      stableValue: load.stable,
      panicValue: load.panic,
      stableWanted,
      panicWanted,
      stablePods,
      panicPods,
      overPanicThreshold,
      panicSince,
      maxPanicPods,
      beforeDelay,
      excessBurstCapacity,
      desired,
      rule,
    },
  };
}

/** Panic begins or is renewed over the threshold, and ends once a whole stable window has passed since. */
function nextPanic(over: boolean, stableWindow: number, since: number | undefined, now: number): number | undefined {
  if (over) return now;
  return since !== undefined && since + stableWindow < now ? undefined : since;
}

/** Judged by the panic window, so that a burst shows at once. */
function burstCapacity(spec: DeciderSpec, panicValue: number): number {
  if (spec.targetBurstCapacity <= 0) return spec.targetBurstCapacity === 0 ? 0 : -1;
  return Math.floor(spec.readyPods * spec.total - spec.targetBurstCapacity - panicValue);
}

function withoutData(
  known: Pick<Explanation, 'at' | 'spec' | 'basePods' | 'maxScaleUp' | 'maxScaleDown'>,
  state: DeciderState,
): Omit<Decision, 'numActivators'> {
  const excessBurstCapacity = initialBurstCapacity(known.spec);
  const nothing = { stableWanted: 0, panicWanted: 0, stablePods: 0, panicPods: 0, beforeDelay: 0, overPanicThreshold: false };
  return {
    desired: undefined,
    excessBurstCapacity,
    state,
    explanation: {
      ...known,
      ...nothing,
      stableValue: undefined,
      panicValue: undefined,
      panicSince: state.panicSince,
      maxPanicPods: state.maxPanicPods,
      excessBurstCapacity,
      desired: undefined,
      rule: 'no-data',
    },
  };
}
