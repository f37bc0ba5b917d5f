import { readFileSync } from 'node:fs';
import type { Container, ContainerStatus, Pod } from '../../api';
import { type Clock, type Executor, errorMessage, type Log } from '../../base';
import type { EventNote } from '../../kube';
import { BackOff } from './back-off';
import { ContainerProbes } from './container-probes';
import { ContainerRecord } from './container-record';
import {
  type ExecOptions,
  type ExecProcess,
  type Exit,
  type PodAddress,
  type RunningContainer,
  StartError,
} from './container-runtime';
import type { LogBuffer } from './log-buffer';

/** What a kubelet keeps of a container's last words: from its file, or from its log. */
const MAX_MESSAGE_BYTES = 4096;
const MAX_LOG_LINES = 80;
const MAX_LOG_CHARACTERS = 2048;
/** How long to wait for a ConfigMap or Secret that does not exist, in milliseconds. */
const CONFIG_RETRY_MS = 2000;
/** What is refused for good is refused so late: clients that watch what they have just made (kn) must have begun to. */
const REFUSAL_MS = 300;

/** A container that has been started, and what belongs to this run of it. */
export interface Started {
  readonly running: RunningContainer;
  readonly address: PodAddress;
  readonly terminationLog: string;
}

export interface ContainerWorkerOptions {
  readonly pod: () => Pod;
  readonly container: Container & { readonly name: string };
  /** An init container runs to its end once; the others begin after it. */
  readonly init: boolean;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
  readonly logs: LogBuffer;
  /** Resolves image, environment and volumes and starts it. @throws StartError */
  readonly start: (restarts: number) => Promise<Started>;
  readonly onChange: () => void;
  /** Tells something of the pod in an Event. */
  readonly tell: (note: EventNote) => void;
}

/** Keeps one container of a pod running: starts it, probes it, and starts it again as the restart policy says. */
export class ContainerWorker {
  readonly #record: ContainerRecord;
  readonly #crashes = new BackOff({ immediateFirst: true });
  readonly #pulls = new BackOff();
  readonly #stop = new AbortController();
  #retry = new AbortController();
  /** An attempt to start is under way; told to try again meanwhile, it must not wait when it fails. */
  #attempt: { again: boolean } | undefined;
  #attempts = 0;
  #running: RunningContainer | undefined;
  #probes: ContainerProbes | undefined;
  #killed = false;
  #cannotStart: StartError | undefined;
  /** How many lines had been written when the present run began. */
  #logsBefore = 0;
  /** How long the last run lasted, in milliseconds. */
  #lastedMs = 0;

  constructor(private readonly options: ContainerWorkerOptions) {
    const waiting = options.init || options.pod().spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating';
    const { containerStatuses = [], initContainerStatuses = [] } = options.pod().status ?? {};
    const told = options.init ? initContainerStatuses : containerStatuses;
    const before = told.find(({ name }) => name === options.container.name);
    this.#record = new ContainerRecord(options.container, waiting, options.onChange, before);
  }

  status(): ContainerStatus {
    return this.#record.status(this.options.init);
  }

  /** Why it cannot start unless somebody changes something; undefined if it runs, or if waiting may help. */
  get cannotStart(): StartError | undefined {
    return this.#cannotStart;
  }

  /** Runs it until it must not be started again; resolves with the last exit code, or undefined if it never ran. */
  async run(): Promise<number | undefined> {
    let exitCode: number | undefined;
    if (!this.options.init) this.#record.waiting('ContainerCreating');
    while (!this.#stop.signal.aborted) {
      const started = await this.#start();
      if (!started) continue;
      exitCode = started instanceof StartError ? this.#notExecuted(started) : await this.#supervise(started);
      if (!this.#startsAgain(exitCode)) break;
      await this.#waitAfterCrash();
      if (!this.#stop.signal.aborted) this.#record.restartCount++;
    }
    return exitCode;
  }

  /** It has written something: often that it listens now. */
  heard(): void {
    this.#probes?.nudge();
  }

  /** Asks it to end and starts it no more, because its pod is deleted. */
  end(): void {
    if (this.#running && !this.#stop.signal.aborted) this.#tell('Normal', 'Killing', `Stopping container ${this.#name}`);
    this.stop();
  }

  /** Asks it to end and starts it no more. */
  stop(): void {
    this.#stop.abort();
    this.#retry.abort();
    this.#running?.kill('SIGTERM');
  }

  /** Ends it at once and starts it no more. */
  kill(): void {
    this.#killed = true;
    this.stop();
    this.#running?.kill('SIGKILL');
  }

  /** Runs a command beside it; undefined if it does not run, or cannot have company. @throws StartError */
  async exec(command: readonly string[], options: ExecOptions): Promise<ExecProcess | undefined> {
    return this.#running?.spawn?.(command, options);
  }

  /** Ends a back-off early: the one that it waits for, or the one that the attempt under way would lead to. */
  retry(): void {
    if (this.#attempt) this.#attempt.again = true;
    if (this.#cannotStart) {
      this.#cannotStart = undefined;
      this.options.onChange();
    }
    this.#retry.abort();
  }

  get #name(): string {
    return this.options.container.name;
  }

  #tell(type: EventNote['type'], reason: string, message: string): void {
    this.options.tell({ type, reason, message });
  }

  async #start(): Promise<Started | StartError | undefined> {
    this.#logsBefore = this.options.logs.count;
    const attempt = { again: false };
    this.#attempt = attempt;
    this.#attempts++;
    try {
      const started = await this.options.start(this.#record.restartCount);
      this.#cannotStart = undefined;
      this.options.logs.beginRun(this.#logsBefore);
      return started;
    } catch (thrown) {
      const error = thrown instanceof StartError ? thrown : new StartError('CreateContainerError', errorMessage(thrown));
      if (error.reason === 'StartError') return error;
      if (error.final && this.#attempts === 1) await this.#sleep(REFUSAL_MS);
      if (attempt.again || this.#stop.signal.aborted) return undefined;
      this.#cannotStart = error.final ? error : undefined;
      await this.#waitAfterFailure(error);
      return undefined;
    } finally {
      this.#attempt = undefined;
    }
  }

  async #waitAfterFailure({ reason, message }: StartError): Promise<void> {
    if (reason !== 'ErrImagePull') {
      this.#record.waiting(reason, message);
      this.#tell('Warning', reason === 'InvalidImageName' ? 'InspectFailed' : 'Failed', `Error: ${message}`);
      return this.#sleep(CONFIG_RETRY_MS);
    }
    const delay = this.#pulls.next();
    const again = ['ErrImagePull', 'ImagePullBackOff'].includes(this.status().state?.waiting?.reason ?? '');
    const image = JSON.stringify(this.options.container.image ?? '');
    if (again) {
      this.#record.waiting('ImagePullBackOff', `Back-off pulling image ${image}: ErrImagePull: ${message}`);
      this.#tell('Normal', 'BackOff', `Back-off pulling image ${image}`);
    } else {
      this.#record.waiting('ErrImagePull', message);
      this.#tell('Warning', 'Failed', `Failed to pull image ${image}: ${message}`);
    }
    await this.#sleep(delay);
  }

  #notExecuted(error: StartError): number {
    this.#lastedMs = 0;
    this.#tell('Warning', 'Failed', `Error: ${error.message}`);
    this.#record.ended({ exitCode: 128, reason: 'StartError', message: error.message }, this.options.clock.now());
    return 128;
  }

  async #supervise({ running, address, terminationLog }: Started): Promise<number> {
    const { clock, executor, log, logs, container } = this.options;
    this.#running = running;
    this.#record.runs(clock.now(), running.id);
    this.#tell('Normal', 'Started', `Started container ${this.#name}`);
    // It may have been asked to end while it was being started.
    if (this.#stop.signal.aborted) running.kill(this.#killed ? 'SIGKILL' : 'SIGTERM');
    const probes = new ContainerProbes({
      ...{ container, address, running, clock, executor, log },
      onStarted: () => this.#record.hasStarted(),
      onReady: (ready) => this.#record.isReady(ready),
      onFailure: (kind, problem) => {
        this.#tell('Warning', 'Unhealthy', `${kind[0]!.toUpperCase()}${kind.slice(1)} probe failed: ${problem}`);
      },
      onUnhealthy: (kind, probe) => {
        this.#tell('Normal', 'Killing', `Container ${this.#name} failed ${kind} probe, will be restarted`);
        this.#endUnhealthy(running, probe.terminationGracePeriodSeconds);
      },
    });
    this.#probes = probes;
    if (this.options.init) this.#record.hasStarted();
    else probes.start();
    const exit = await executor.suspended(running.exited);
    probes.stop();
    this.#probes = undefined;
    this.#running = undefined;
    logs.flush();
    this.#lastedMs = clock.now() - this.#record.startedAt;
    this.#record.ended(this.#withMessage(exit, terminationLog), clock.now());
    return exit.exitCode;
  }

  #endUnhealthy(running: RunningContainer, graceSeconds: number | undefined): void {
    const { clock, pod } = this.options;
    const grace = graceSeconds ?? pod().spec.terminationGracePeriodSeconds ?? 30;
    running.kill('SIGTERM');
    const timer = clock.after(grace * 1000, () => running.kill('SIGKILL'));
    running.exited.then(() => timer.cancel());
  }

  #withMessage(exit: Exit, terminationLog: string): Exit {
    if (exit.message !== undefined) return exit;
    const written = readIfThere(terminationLog).slice(0, MAX_MESSAGE_BYTES);
    if (written) return { ...exit, message: written };
    if (this.options.container.terminationMessagePolicy !== 'FallbackToLogsOnError' || exit.exitCode === 0) return exit;
    return { ...exit, message: this.options.logs.tail(MAX_LOG_LINES, MAX_LOG_CHARACTERS, this.#logsBefore) };
  }

  #startsAgain(exitCode: number): boolean {
    if (this.#stop.signal.aborted) return false;
    const policy = this.options.pod().spec['restartPolicy'] ?? 'Always';
    if (policy === 'Never') return false;
    return exitCode !== 0 || (policy === 'Always' && !this.options.init);
  }

  async #waitAfterCrash(): Promise<void> {
    const { container, pod } = this.options;
    const delay = this.#crashes.next(this.#lastedMs);
    if (delay === 0) return;
    const { name, namespace, uid } = pod().metadata;
    const who = `container=${container.name} pod=${name}_${namespace}(${uid})`;
    this.#record.waiting('CrashLoopBackOff', `back-off ${BackOff.format(delay)} restarting failed ${who}`);
    this.#tell(
      'Warning',
      'BackOff',
      `Back-off restarting failed container ${container.name} in pod ${name}_${namespace}(${uid})`,
    );
    await this.#sleep(delay);
  }

  /** Waits on the clock until the time is over, `retry` or `stop`. */
  async #sleep(ms: number): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const { clock, executor } = this.options;
    this.#retry = new AbortController();
    await executor.suspended(clock.sleep(ms, this.#retry.signal)).catch(() => {});
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
