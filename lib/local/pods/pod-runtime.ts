import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigMapType, type KubeObject, type Pod, PodType, SecretType, type Stored } from '../../api';
import { type Clock, type Executor, type Log, noLog } from '../../base';
import { type Change, type Cluster, EventRecorder, Informer } from '../../kube';
import type { ImageResolver } from '../images';
import type { ContainerRuntime, ExecOptions, ExecProcess } from './container-runtime';
import { type LocalNames, noNames } from './local-names';
import type { LogLine, ReadLogsOptions } from './log-buffer';
import { type LogSource, PodLogs } from './pod-logs';
import { confirmDeletion, PodWorker, type PodWorkerOptions } from './pod-worker';

export interface PodRuntimeOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log?: Log;
  readonly images: ImageResolver;
  /** The ways to run a container; the first that accepts it runs it. */
  readonly runtimes: readonly ContainerRuntime[];
  readonly names?: LocalNames;
  /** Folder for the files of pods. @default a new one among the temporary files, made when it is needed */
  readonly directory?: string;
  /** Gets every line that a container writes. */
  readonly onLog?: (source: LogSource, line: LogLine) => void;
  /**
   * Resolves when a pod that is being deleted has no request under way (or when `signal` aborts, at the end of its grace
   * period). Only then is it asked to end: what Knative's queue-proxy does by a preStop hook. @default at once
   */
  readonly drained?: (pod: Stored<Pod>, signal: AbortSignal) => Promise<void>;
}

/** How long pods may take to end when the runtime stops, in milliseconds. */
const STOP_GRACE_MS = 2000;

/**
 * What a kubelet is to a node: runs every pod of the cluster on this machine and reports its status. Restarts, back-off,
 * probes, init containers, graceful deletion and the words of statuses are Kubernetes'. Differences: the first restart of a
 * container is immediate, probes without a period are eager, lifecycle hooks are not run, volumes follow their ConfigMaps and Secrets
 * at once, also where a subPath is mounted.
 */
export class PodRuntime {
  readonly #informer: Informer<Pod>;
  readonly #values: readonly Informer<KubeObject>[];
  readonly #workers = new Map<string, PodWorker>();
  readonly #logs: PodLogs;
  readonly #options: PodWorkerOptions;
  readonly #runtimes: readonly ContainerRuntime[];
  /** The folder that we made ourselves, if any. */
  #made: string | undefined;

  constructor(options: PodRuntimeOptions) {
    const { cluster, clock, executor, images, runtimes, drained, log = noLog, names = noNames } = options;
    this.#runtimes = runtimes;
    this.#logs = new PodLogs(clock, options.onLog);
    this.#options = {
      ...{ cluster, clock, executor, log, images, runtimes, names },
      events: new EventRecorder({ cluster, clock, executor, log }),
      logs: this.#logs,
      directory: () => {
        if (options.directory !== undefined) return options.directory;
        this.#made ??= mkdtempSync(join(tmpdir(), 'knc-'));
        return this.#made;
      },
      ...(drained ? { drained } : {}),
    };
    this.#informer = new Informer(cluster, PodType, clock, log);
    this.#informer.onChange((change) => this.#changed(change));
    this.#values = ([ConfigMapType, SecretType] as const).map((type) => {
      const informer = new Informer<KubeObject>(cluster, type, clock, log);
      const kind = type === SecretType ? 'secret' : 'configmap';
      informer.onChange(({ next }) => next && this.#valuesChanged(kind, next));
      return informer;
    });
  }

  /** Runs the pods that exist, and those that will. Resolves when those that exist are known. */
  async start(): Promise<void> {
    await Promise.all([this.#informer, ...this.#values].map((informer) => informer.start()));
  }

  /** Ends all containers, SIGTERM first; their pods stay in the cluster as they are. Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    for (const informer of [this.#informer, ...this.#values]) informer.stop();
    await Promise.all([...this.#workers.values()].map((worker) => worker.shutdown(STOP_GRACE_MS)));
    this.#workers.clear();
    for (const runtime of this.#runtimes) await runtime.close();
    if (this.#made !== undefined) await rm(this.#made, { recursive: true, force: true });
  }

  /** Tries again at once what waits for a back-off: after an image was mapped, for example. */
  retry(): void {
    for (const worker of this.#workers.values()) worker.retry();
  }

  /** What a container has written, oldest first; undefined if there is no such container. */
  logs(source: LogSource, options: ReadLogsOptions = {}): AsyncIterable<LogLine> | undefined {
    return this.#logs.read(source, options);
  }

  /** Runs a command beside a container; undefined if that does not run, or cannot have company. @throws StartError */
  async exec(
    pod: Stored<Pod>,
    container: string,
    command: readonly string[],
    options: ExecOptions,
  ): Promise<ExecProcess | undefined> {
    return this.#workers.get(pod.metadata.uid)?.exec(container, command, options);
  }

  #changed({ previous, next }: Change<Pod>): void {
    if (previous && previous.metadata.uid !== next?.metadata.uid) this.#vanished(previous);
    if (!next) return;
    const worker = this.#workers.get(next.metadata.uid);
    if (worker) worker.update(next);
    else if (next.metadata.deletionTimestamp) {
      this.#options.executor.run('end of pod', () => confirmDeletion(next, this.#options));
    } else if (next.status?.phase !== 'Succeeded' && next.status?.phase !== 'Failed') this.#run(next);
  }

  #valuesChanged(kind: 'configmap' | 'secret', { metadata }: Stored<KubeObject>): void {
    for (const worker of this.#workers.values()) {
      if (worker.namespace === metadata.namespace) worker.valuesChanged(kind, metadata.name);
    }
  }

  #run(pod: Stored<Pod>): void {
    if (pod.spec.containers.some((container) => container.lifecycle)) {
      this.#options.log.warn('lifecycle hooks are not run on a laptop', { pod: pod.metadata.name });
    }
    this.#workers.set(pod.metadata.uid, new PodWorker(pod, this.#options));
  }

  #vanished(pod: Stored<Pod>): void {
    this.#workers.get(pod.metadata.uid)?.vanish();
    this.#workers.delete(pod.metadata.uid);
    this.#logs.close(pod.metadata.namespace ?? 'default', pod.metadata.name);
  }
}
