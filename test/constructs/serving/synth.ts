import type { Chart } from 'cdk8s';
import { Testing } from 'cdk8s';
import type { Route, Service } from '../../../constructs/model';

/** The object of a kind that a chart synthesizes, the only one or the one of that name. */
export function synthesized<T = Service>(chart: Chart, kind = 'Service', name?: string): T {
  const found = (Testing.synth(chart) as (Service | Route)[]).filter(
    (object) => object.kind === kind && (name === undefined || object.metadata.name === name),
  );
  if (found.length !== 1) throw new Error(`${found.length} objects of kind ${kind}`);
  return found[0] as T;
}

/** The lines of the error with which synthesis fails, without its heading. */
export function synthErrors(chart: Chart): string[] {
  try {
    Testing.synth(chart);
  } catch (error) {
    return (error as Error).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

/** Everything that `run` warns of through `process.emitWarning`. */
export function warningsOf(run: () => void): string[] {
  const spy = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  try {
    run();
    return spy.mock.calls.map(([warning]) => String(warning));
  } finally {
    spy.mockRestore();
  }
}
