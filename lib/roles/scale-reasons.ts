import type { Explanation } from '../control';

/** Why a revision has another number of pods now, in a few words. */
export function scaleReason(from: number, to: number, explanation: Explanation | undefined): string {
  if (to === 0) return 'no requests';
  if (!explanation || explanation.stableValue === undefined) return from === 0 ? 'request' : 'declared';
  const panic = explanation.rule === 'panic' || explanation.rule === 'panic-hold';
  const value = panic ? explanation.panicValue : explanation.stableValue;
  const { metric, target } = explanation.spec;
  if (from === 0 && to === 1) return 'request';
  return `${metric} ${round(value ?? 0)}, target ${round(target)} per pod${panic ? ', burst' : ''}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
