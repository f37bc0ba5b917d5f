import { type Clock, type Executor, errorTable } from '../../base';
import type { Cluster } from '../../kube';
import { exitCodes } from '../exit-codes';
import { type CheckedObject, checkObjects, objectName } from '../input/check-objects';
import type { LoadedInput } from '../input/loaded-input';
import { type Problem, ProblemError, problemOf } from '../output/problem';
import { isExplained } from '../why/why';
import { causeText, rootCause, type WhyNode } from '../why/why-node';
import type { DevReporter, PodLine, ScaleDecision } from './dev-events';
import type { ApplyObjects, DevSystem, DevSystemListener } from './dev-system';
import { withoutIdlePolicies } from './idle-policies';
import { LogTail } from './log-tail';
import type { Target } from './readiness';
import { ReadinessMonitor } from './readiness-monitor';

export interface DevSessionOptions {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly reporter: DevReporter;
  readonly loader: { load(): Promise<LoadedInput>; readonly watched: readonly string[]; readonly appFolders: readonly string[] };
  /** @param inputRead resolves when the input has been read for the first time, or could not be */
  readonly start: (listener: DevSystemListener, inputRead: Promise<void>) => Promise<DevSystem>;
  readonly apply: ApplyObjects;
  /** Told what was loaded before it is applied; may throw a KncError to refuse it. */
  readonly onInput?: (input: LoadedInput) => void;
  readonly watch?: (onChange: (files: readonly string[]) => void) => { add(paths: readonly string[]): void; close(): void };
  readonly checkTypes?: { start(folders: readonly string[]): void; stop(): void };
  /** For objects that name none. */
  readonly namespace: string;
  /** Report what pods print. */
  readonly logs: boolean;
  /** End when everything is ready, or `timeoutMs` after the start. */
  readonly once: boolean;
  readonly timeoutMs: number;
  /** Calls back for every Ctrl-C; returns what ends that. */
  readonly onInterrupt: (fn: () => void) => () => void;
  /** Called first when the session ends: ends what `loader` is doing. */
  readonly onEnd?: () => void;
}

interface Running {
  readonly system: DevSystem;
  readonly monitor: ReadinessMonitor;
}

/** A promise that anyone may settle; the first one counts. */
function deferred<T>() {
  let settle!: { resolve(value: T): void; reject(error: unknown): void };
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}

/** One run of `knc dev`: load, apply, wait and explain, again after every edit, until it is interrupted. */
export class DevSession {
  readonly #tail = new LogTail();
  readonly #startedAt: number;
  readonly #end = deferred<number>();
  readonly #inputRead = deferred<void>();
  #running: Promise<Running> | undefined;
  #view: ReadinessMonitor['view'] | undefined;
  #watcher: ReturnType<NonNullable<DevSessionOptions['watch']>> | undefined;
  #applied: readonly CheckedObject[] | undefined;
  /** Decisions made while objects are being applied: told after what caused them. */
  #heldBack: ScaleDecision[] | undefined;
  #everReady = false;
  #loading: Promise<void> | undefined;
  #loadAgain = false;
  #closing = false;

  constructor(private readonly options: DevSessionOptions) {
    this.#startedAt = options.clock.monotonic();
  }

  /** Resolves with the exit code. Rejects if the system cannot start, or if no edit could mend the input. */
  async run(): Promise<number> {
    const { clock, executor, once, timeoutMs, onInterrupt } = this.options;
    const forced = deferred<number>();
    let interrupts = 0;
    const ignoreInterrupts = onInterrupt(() => {
      if (++interrupts === 1) this.#end.resolve(this.#everReady ? exitCodes.ok : exitCodes.interrupted);
      else forced.resolve(exitCodes.interrupted);
    });
    const timeout = once ? clock.after(timeoutMs, () => executor.run('timeout', () => this.#timeOut())) : undefined;
    executor.run('knc dev', () => this.#begin().catch((error: unknown) => this.#end.reject(error)));
    try {
      const code = await this.#end.promise;
      return await Promise.race([this.#close().then(() => code), forced.promise]);
    } catch (error) {
      await Promise.race([this.#close(), forced.promise]);
      throw error;
    } finally {
      timeout?.cancel();
      ignoreInterrupts();
    }
  }

  /** The system starts while the input is read. */
  async #begin(): Promise<void> {
    const loading = this.#load(); // first: its process starts while this one is busy starting the rest
    this.#running = this.#start();
    await Promise.all([this.#running, loading]);
  }

  async #start(): Promise<Running> {
    const { clock, reporter, start, once } = this.options;
    const listener: DevSystemListener = {
      onLog: (line) => this.#onLog(line),
      onDecision: (decision) => this.#onDecision(decision),
    };
    const system = await start(listener, this.#inputRead.promise);
    const monitor = new ReadinessMonitor({
      clock,
      reporter,
      tail: this.#tail,
      cluster: system.cluster,
      gateway: system.gatewayUrl ?? '',
      kubeconfig: system.kubeconfig,
      state: system.state,
      onReady: () => {
        this.#everReady = true;
        if (once) this.#end.resolve(exitCodes.ok);
      },
      onFinal: () => {
        if (once) this.#end.resolve(exitCodes.failed);
      },
    });
    this.#view = monitor.view;
    await monitor.start();
    return { system, monitor };
  }

  /** Loads and applies; if that is under way, once more after it. */
  async #load(): Promise<void> {
    this.#loadAgain = this.#loading !== undefined;
    if (this.#loading) return;
    this.#loading = this.#loadUntilCurrent().finally(() => {
      this.#loading = undefined;
    });
    await this.#loading;
  }

  async #loadUntilCurrent(): Promise<void> {
    do {
      this.#loadAgain = false;
      const since = this.#applied === undefined ? this.#startedAt : this.options.clock.monotonic();
      const objects = await this.#read().finally(() => this.#inputRead.resolve());
      if (objects && !this.#closing) await this.#apply(objects, since, await this.#running!);
    } while (this.#loadAgain && !this.#closing);
  }

  /** The objects of the input, or undefined if it is at fault; then what runs stays as it is. */
  async #read(): Promise<readonly CheckedObject[] | undefined> {
    const { loader, reporter, namespace, onInput } = this.options;
    try {
      const input = await loader.load();
      this.#watch([...input.files, ...(input.imageFile ? [input.imageFile.file] : [])]);
      const { objects, foreign, warnings } = checkObjects(input, namespace);
      for (const { object } of foreign) reporter.notice(`left out: ${objectName(object)} (${object.apiVersion} is not run here)`);
      for (const warning of warnings) reporter.notice(warning);
      onInput?.(input);
      return objects;
    } catch (error) {
      if (this.#closing) return undefined;
      this.#refuse(error);
      const state = this.#applied === undefined ? 'nothing runs yet' : 'what ran before still runs';
      if (!this.options.once) reporter.progress(`${state}; waiting for an edit`);
      return undefined;
    }
  }

  #refuse(error: unknown): void {
    const { loader, reporter, once } = this.options;
    if (loader.watched.length === 0) throw error; // there is nothing that could be edited
    this.#watch([]);
    reporter.problem(problemOf(error));
    if (once) this.#end.resolve(exitCodes.failed);
  }

  #watch(files: readonly string[]): void {
    const { watch, loader, reporter, executor, once } = this.options;
    if (once || !watch) return;
    this.#watcher ??= watch((changed) => {
      reporter.progress(`changed: ${changed.join(', ')}`);
      executor.run('reload', () => this.#load());
    });
    this.#watcher.add([...loader.watched, ...files]);
  }

  async #apply(all: readonly CheckedObject[], since: number, { system, monitor }: Running): Promise<void> {
    const { apply, reporter, checkTypes, loader, once } = this.options;
    monitor.pause();
    this.#heldBack = [];
    const { objects, idle } = await withoutIdlePolicies(system.cluster, all);
    for (const { object } of idle) reporter.notice(`left out: ${objectName(object)} (${IDLE_POLICY})`);
    const wanted = objects.map(({ object }) => object);
    const previous = this.#applied?.map(({ object }) => object) ?? system.applied?.recall() ?? [];
    system.applied?.begin(wanted);
    const { changes, refused } = await apply(system.cluster, objects, previous);
    system.applied?.done(wanted);
    this.#applied = objects;
    system.retryPods();
    reporter.applied(changes);
    const decisions = this.#heldBack;
    this.#heldBack = undefined;
    for (const decision of decisions) this.#onDecision(decision);
    if (refused.length > 0) this.#refuse(new ProblemError('KNC2001', 'The cluster refused what was applied', refused));
    monitor.expect(await targetsOf(objects, system.cluster), since);
    if (!once) checkTypes?.start(loader.appFolders);
  }

  async #timeOut(): Promise<void> {
    const running = await this.#running;
    const title = `Not everything became ready within ${this.options.timeoutMs / 1000} s`;
    this.options.reporter.problem(timeoutProblem(title, running?.monitor.last?.pending ?? []));
    this.#end.resolve(exitCodes.failed);
  }

  #onDecision(decision: ScaleDecision): void {
    if (this.#heldBack) this.#heldBack.push(decision);
    else if (!this.#closing) this.options.reporter.scale(decision);
  }

  #onLog(line: PodLine): void {
    this.#tail.add(line.namespace, line.pod, line.line);
    if (this.options.logs) this.options.reporter.log(this.#view?.serviceOf(line.namespace, line.pod) ?? line.pod, line);
  }

  async #close(): Promise<void> {
    this.#closing = true;
    const { reporter, onEnd, checkTypes } = this.options;
    onEnd?.();
    await this.#loading?.catch(() => undefined);
    checkTypes?.stop();
    this.#watcher?.close();
    const running = await this.#running?.catch(() => undefined);
    reporter.waiting([], 0);
    reporter.stopping(this.#view?.pods() ?? []);
    running?.monitor.stop();
    await running?.system.stop();
    reporter.stopped();
  }
}

const IDLE_POLICY =
  'nobody proves who sends: set authentication-oidc to enabled in ConfigMap config-features of knative-eventing';

/** Of what was applied, that which becomes ready, with the generation that it must be ready in. */
async function targetsOf(objects: readonly CheckedObject[], cluster: Cluster): Promise<Target[]> {
  const explained = objects.filter(({ object }) => isExplained(object));
  const targets = await Promise.all(
    explained.map(async ({ object, source, type }) => {
      const stored = await cluster.get(type, object.metadata.namespace, object.metadata.name ?? '');
      return stored ? [{ type, object, source, generation: stored.metadata.generation ?? 0 }] : [];
    }),
  );
  return targets.flat();
}

function timeoutProblem(title: string, pending: readonly WhyNode[]): Problem {
  const entries = pending.map((node) => ({
    where: `${node.kind} ${node.namespace}/${node.name}`,
    messages: [{ text: causeText(rootCause(node)) }],
  }));
  return { code: 'KNC4006', title, entries, remedy: errorTable.KNC4006.remedy, unavailable: false };
}
