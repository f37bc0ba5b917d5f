import { RealClock } from '../../base';
import { LAST_APPLIED_ANNOTATION } from '../../local';
import { preview } from '../../roles/preview';
import { appRunner } from '../app-runner';
import type { Invocation } from '../command-spec';
import { exitCodes } from '../exit-codes';
import { checkObjects, objectName } from '../input/check-objects';
import { InputLoader } from '../input/input-loader';
import type { Io } from '../io';
import { printable } from '../output/printable';
import { styleFor } from '../output/style';
import { formatPlan, planJson } from '../plan/format-plan';
import { readConfig, readLive } from '../plan/live-objects';
import { deployPlan } from '../plan/plan';
import { openTarget, withTarget } from '../target/target';

/** Says what applying the input to a cluster would do, and does nothing. */
export async function run({ args, options }: Invocation, io: Io): Promise<number> {
  const clock = new RealClock();
  const target = openTarget(options, io, clock);
  const plan = await withTarget(target, async () => {
    const runner = appRunner(io, options, { clock, onOutput: (text) => io.stderr.write(text) });
    const input = await new InputLoader(args, runner, io.readStdin).load();
    const namespace = (options['namespace'] as string | undefined) ?? target.namespace;
    const unread: string[] = [];
    const config = await readConfig(target.cluster, target.local, unread);
    const { objects, foreign, warnings: found } = checkObjects(input, namespace, config.eventing);
    const live = await readLive(target.cluster, objects);
    const warnings = [
      ...found,
      ...foreign.map(({ object }) => `left out: ${objectName(object)} (${object.apiVersion} is not known here)`),
      ...live.warnings,
      ...unread,
    ];
    const previous =
      options['prune'] === true
        ? live.objects.filter(({ metadata }) => metadata.annotations?.[LAST_APPLIED_ANNOTATION] !== undefined)
        : [];
    const declared = objects.map(({ object }) => object);
    const result = await preview(declared, {
      ...{ live: live.objects, previous, namespace, config, now: clock.now() },
      onCluster: !target.local,
    });
    return deployPlan(result, live.objects, warnings);
  });
  if (options['json'] === true) io.stdout.write(planJson(plan, target.description));
  else {
    const style = styleFor(io, io.stdout);
    io.stdout.write(printable(formatPlan(plan, target.description, style, io.stdout.columns ?? 80), style.isColorSupported));
  }
  return plan.refused.length > 0 ? exitCodes.failed : exitCodes.ok;
}
