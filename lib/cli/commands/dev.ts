import path from 'node:path';
import { type Clock, RealClock, RealExecutor, systemRandom } from '../../base';
import { ImageMap, ImageResolver } from '../../local/images';
import type { StateFolder } from '../../local/state';
import { appRunner } from '../app-runner';
import type { Invocation } from '../command-spec';
import { choosePort } from '../dev/choose-port';
import type { DevReporter } from '../dev/dev-events';
import { showMetrics } from '../dev/dev-metrics';
import { type DevOptions, devOptions } from '../dev/dev-options';
import { DevSession } from '../dev/dev-session';
import { openState } from '../dev/dev-state';
import { createExampleBroker } from '../dev/example-broker';
import { HumanReporter } from '../dev/human-reporter';
import { JsonReporter } from '../dev/json-reporter';
import { applyToCluster, type LocalStart, startLocalSystem } from '../dev/local-dev-system';
import { TreeWatcher } from '../dev/tree-watcher';
import { TypeCheck } from '../dev/type-check';
import { childEnv } from '../input/child-env';
import { InputLoader } from '../input/input-loader';
import type { LoadedInput } from '../input/loaded-input';
import type { Io } from '../io';
import { problemOf } from '../output/problem';
import { packageFolder } from '../package-folder';

const HOST = '127.0.0.1';

/** Runs what apps and YAML declare on this machine until it is interrupted. `startLocal` is there for tests. */
export async function run(invocation: Invocation, io: Io, startLocal: LocalStart = startLocalSystem): Promise<number> {
  const options = devOptions(invocation);
  const reporter: DevReporter = options.json ? new JsonReporter(io.stdout) : new HumanReporter(io);
  const clock = new RealClock();
  const state = openState(options, io.cwd, { clock, report: (text) => reporter.notice(text) });
  try {
    return await runIn(state, { invocation, io, startLocal, options, reporter, clock });
  } finally {
    await state?.close();
  }
}

interface Run {
  readonly invocation: Invocation;
  readonly io: Io;
  readonly startLocal: LocalStart;
  readonly options: DevOptions;
  readonly reporter: DevReporter;
  readonly clock: Clock;
}

async function runIn(
  state: StateFolder | undefined,
  { invocation, io, startLocal, options, reporter, clock }: Run,
): Promise<number> {
  const executor = new RealExecutor((error) => reporter.problem(problemOf(error)));
  const aborting = new AbortController();
  const runner = appRunner(io, invocation.options, {
    clock,
    onOutput: (text) => reporter.output(text),
    signal: aborting.signal,
  });
  const images = new ImageResolver({ samplesDir: path.join(packageFolder(), 'dist/samples') });
  const { namespace, logs, once, timeoutMs, inheritEnv, trustImages } = options;
  const { metrics, close } = await showMetrics(options.metricsPort, reporter);
  const session = new DevSession({
    clock,
    executor,
    reporter,
    namespace,
    logs,
    once,
    timeoutMs,
    loader: new InputLoader(options.paths, runner, io.readStdin),
    start: async (listener, inputRead) => {
      // Pods of an earlier run begin at once, so it must be known by then what their images mean.
      if (state?.lastWritten !== undefined) await inputRead;
      const gateway = { host: HOST, port: await choosePort(HOST, options.port), serverTiming: true };
      const applies = options.paths.length > 0;
      const deps = { clock, executor, random: systemRandom, reporter, metrics };
      const system = await startLocal({
        ...deps,
        isolate: options.isolate,
        gateway,
        images,
        inheritEnv,
        allowedSinks: options.allowedSinks,
        eventRetention: options.eventRetention,
        ...(state ? { state } : {}),
        applies,
        ...listener,
      });
      if (options.quickstart) await createExampleBroker(system.cluster);
      return system;
    },
    apply: applyToCluster,
    onInput: (input) => images.update(imagesOf(input, trustImages)),
    watch: (onChange) => new TreeWatcher(clock, (files) => onChange(files.map((file) => path.relative(io.cwd, file)))),
    checkTypes: new TypeCheck(childEnv(io.env, inheritEnv, {}), (text) => reporter.typeErrors(text)),
    onInterrupt: io.onInterrupt,
    onEnd: () => aborting.abort(),
  });
  return session.run().finally(close);
}

function imagesOf({ programs, imageFile }: LoadedInput, trusted: boolean): Parameters<ImageResolver['update']>[0] {
  return { local: programs, ...(imageFile ? { map: ImageMap.load(imageFile.file, { root: imageFile.root, trusted }) } : {}) };
}
