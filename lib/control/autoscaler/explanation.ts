import type { DeciderSpec } from './decider';

/** Which rule had the last word on a scale. */
export type Rule = 'no-data' | 'stable' | 'panic' | 'panic-hold' | 'scale-down-delay';

/** Every number that went into one decision; times in milliseconds. */
export interface Explanation {
  readonly at: number;
  readonly spec: DeciderSpec;
  /** Averages over the two windows; undefined without data. */
  readonly stableValue: number | undefined;
  readonly panicValue: number | undefined;
  /** Ready pods, but at least one: what rates and the panic threshold are measured by. */
  readonly basePods: number;
  readonly maxScaleUp: number;
  readonly maxScaleDown: number;
  /** Value over target, rounded up. */
  readonly stableWanted: number;
  readonly panicWanted: number;
  /** The same after rates and activation scale. */
  readonly stablePods: number;
  readonly panicPods: number;
  readonly overPanicThreshold: boolean;
  readonly panicSince: number | undefined;
  readonly maxPanicPods: number;
  /** What would be wanted but for the scale-down delay. */
  readonly beforeDelay: number;
  readonly excessBurstCapacity: number;
  readonly desired: number | undefined;
  readonly rule: Rule;
}

const number = (value: number | undefined): string => (value === undefined ? 'none' : String(Math.round(value * 1000) / 1000));
const seconds = (ms: number): string => `${number(ms / 1000)}s`;

function limits(wanted: number, pods: number, e: Explanation): string {
  const rated = Math.min(Math.max(wanted, e.maxScaleDown), e.maxScaleUp);
  if (pods > rated) return `, raised to the activation scale ${pods}`;
  if (rated === wanted) return '';
  return rated < wanted ? `, held to ${rated} by max-scale-up-rate` : `, held at ${rated} by max-scale-down-rate`;
}

const verdicts: Record<Rule, (e: Explanation) => string> = {
  'no-data': () => 'nothing was reported during the stable window: no decision',
  stable: (e) => `desired ${e.desired}: what the stable window wants`,
  panic: (e) => `desired ${e.desired}: in panic, the larger of both windows`,
  'panic-hold': (e) => `desired ${e.desired}: in panic the scale does not fall below its largest (${e.maxPanicPods})`,
  'scale-down-delay': (e) =>
    `desired ${e.desired}: ${e.beforeDelay} is wanted, but the scale falls only after ${seconds(e.spec.scaleDownDelay)} at less`,
};

/** A decision in words, one fact to a line, for people. */
export function formatExplanation(e: Explanation): string[] {
  const { spec } = e;
  const lines = [
    `${spec.metric}: stable ${number(e.stableValue)} over ${seconds(spec.stableWindow)}, panic ${number(e.panicValue)} over ${seconds(spec.panicWindow)} (${spec.aggregation})`,
    `one pod: target ${number(spec.target)} of ${number(spec.total)}; ready pods: ${spec.readyPods}`,
  ];
  if (e.rule !== 'no-data') {
    lines.push(
      `stable wants ${e.stableWanted}${limits(e.stableWanted, e.stablePods, e)}`,
      `panic wants ${e.panicWanted}${limits(e.panicWanted, e.panicPods, e)}; panic begins at ${number(spec.panicThreshold * e.basePods)}`,
      `excess burst capacity ${e.excessBurstCapacity} (target ${number(spec.targetBurstCapacity)})`,
    );
  }
  if (e.panicSince !== undefined)
    lines.push(`in panic; ends ${seconds(spec.stableWindow)} after the load was last over the threshold`);
  return [...lines, verdicts[e.rule](e)];
}
