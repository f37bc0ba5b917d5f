import path from 'node:path';
import { RealClock, RealExecutor, systemRandom } from '../../base';
import { ImageMap, ImageResolver } from '../../local/images';
import { appRunner } from '../app-runner';
import type { Invocation } from '../command-spec';
import { choosePort } from '../dev/choose-port';
import type { DevReporter } from '../dev/dev-events';
import { showMetrics } from '../dev/dev-metrics';
import { devOptions } from '../dev/dev-options';
import { DevSession } from '../dev/dev-session';
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
    start: async (listener) => {
      const gateway = { host: HOST, port: await choosePort(HOST, options.port), serverTiming: true };
      return startLocal({ clock, executor, random: systemRandom, gateway, images, inheritEnv, reporter, metrics, ...listener });
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
