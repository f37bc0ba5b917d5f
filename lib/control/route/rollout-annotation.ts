import type { ConfigurationRollout, Rollout, RolloutSteps } from './rollout';

/** How upstream writes the state, field by field; zeros are left out. */
interface Written {
  readonly configurations?: readonly {
    readonly configurationName: string;
    readonly tag?: string;
    readonly percent: number;
    readonly revisions?: ConfigurationRollout['revisions'];
    readonly stepParams: {
      readonly starttime?: number;
      readonly nextStepTime?: number;
      readonly stepDuration?: number;
      readonly stepSize?: number;
    };
  }[];
}

/** The state as the annotation `networking.internal.knative.dev/rollout` has it. */
export function writeRollout(rollout: Rollout): string {
  const written: Written = {
    configurations: rollout.configurations.map(({ configurationName, tag, percent, revisions, steps }) => ({
      configurationName,
      ...(tag === '' ? {} : { tag }),
      percent,
      revisions,
      stepParams: {
        ...(steps.startTime ? { starttime: steps.startTime } : {}),
        ...(steps.nextStepTime ? { nextStepTime: steps.nextStepTime } : {}),
        ...(steps.stepDuration ? { stepDuration: steps.stepDuration } : {}),
        ...(steps.stepSize ? { stepSize: steps.stepSize } : {}),
      },
    })),
  };
  return JSON.stringify(rollout.configurations.length > 0 ? written : {});
}

/** The state that the annotation has; undefined if there is none or it makes no sense (somebody has edited it). */
export function readRollout(text: string | undefined): Rollout | undefined {
  if (!text) return undefined;
  let written: Written;
  try {
    written = JSON.parse(text);
    const configurations = (written.configurations ?? []).map(
      ({ configurationName, tag = '', percent, revisions = [], stepParams }): ConfigurationRollout => {
        const { starttime = 0, nextStepTime = 0, stepDuration = 0, stepSize = 0 } = stepParams ?? {};
        const steps: RolloutSteps = { startTime: starttime, nextStepTime, stepDuration, stepSize };
        return { configurationName, tag, percent, revisions, steps };
      },
    );
    return configurations.every(makesSense) ? { configurations } : undefined;
  } catch {
    return undefined;
  }
}

function makesSense({ percent, revisions, steps }: ConfigurationRollout): boolean {
  const sum = revisions.reduce((total, share) => total + share.percent, 0);
  return percent <= 100 && steps.stepSize >= 0 && steps.stepSize <= percent && sum === percent;
}
