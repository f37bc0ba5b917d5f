import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Container, type Pod, type PodStatus, PodType, type Stored } from '../../api';
import type { Clock, Executor, Log, Timer } from '../../base';
import { errorMessage } from '../../base';
import { type Cluster, ClusterError, type EventRecorder } from '../../kube';
import { type ImageResolver, unmappedImage } from '../images';
import {
  type ContainerRuntime,
  type ContainerTask,
  type ExecOptions,
  type ExecProcess,
  type PodAddress,
  type PodNetwork,
  StartError,
} from './container-runtime';
import { ContainerWorker, type Started } from './container-worker';
import { DeclaredValues } from './declared-values';
import { environment } from './environment';
import { expand } from './expand';
import { imageTarget } from './image-target';
import type { LocalNames } from './local-names';
import { mountSources } from './mounts';
import type { PodLogs } from './pod-logs';
import { podStatus } from './pod-status';
import { PodVolumes } from './pod-volumes';
import { relocate, relocated } from './relocate';
import { StatusWriter } from './status-writer';
import { mountedFiles } from './volumes';

export interface PodWorkerOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
  readonly events: EventRecorder;
  readonly images: ImageResolver;
  /** Asked in order who runs a container. */
  readonly runtimes: readonly ContainerRuntime[];
  readonly names: LocalNames;
  readonly logs: PodLogs;
  /** Folder in which a pod that needs files gets one of its own. */
  readonly directory: () => string;
  /** Resolves when a pod that is being deleted has nothing left to do; only then is it asked to end. */
  readonly drained?: (pod: Stored<Pod>, signal: AbortSignal) => Promise<void>;
}

type NamedContainer = Container & { readonly name: string };

/** How long to wait before confirming a deletion again after the API server has failed, in milliseconds. */
const RETRY_MS = 1000;
const DEFAULT_GRACE_S = 30;

/** Runs one pod from its first container to the confirmation of its deletion. */
export class PodWorker {
  readonly #init: readonly ContainerWorker[];
  readonly #containers: readonly ContainerWorker[];
  readonly #writer: StatusWriter;
  readonly #startedAt: number;
  readonly #finished: Promise<void>;
  readonly #killing = new AbortController();
  #pod: Stored<Pod>;
  #told: PodStatus | undefined;
  #network: { readonly network: PodNetwork; address: Promise<PodAddress> } | undefined;
  #address: PodAddress | undefined;
  /** The folder that was made for it, if any. */
  #folder: string | undefined;
  readonly #volumes: PodVolumes;
  #ending: Promise<void> | undefined;
  #killTimer: Timer | undefined;
  #killAt = Number.POSITIVE_INFINITY;

  constructor(
    pod: Stored<Pod>,
    private readonly options: PodWorkerOptions,
  ) {
    const { clock, executor } = options;
    this.#pod = pod;
    this.#startedAt = pod.status?.startTime ? Date.parse(pod.status.startTime) : clock.now();
    this.#told = pod.status;
    this.#volumes = new PodVolumes(options);
    this.#writer = new StatusWriter({ ...options, pod: () => this.#pod, status: () => this.#status() });
    this.#init = (pod.spec.initContainers ?? []).map((container) => this.#worker(container as NamedContainer, true));
    this.#containers = pod.spec.containers.map((container) => this.#worker(container as NamedContainer, false));
    this.#finished = executor.track(`pod ${pod.metadata.name}`, () => this.#run());
    this.#finished.catch((error: unknown) => options.log.error('pod failed', { error: errorMessage(error) }));
  }

  get namespace(): string | undefined {
    return this.#pod.metadata.namespace;
  }

  /** The pod has changed in the cluster. */
  update(pod: Stored<Pod>): void {
    this.#pod = pod;
    if (!pod.metadata.deletionTimestamp) return;
    const grace = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_S;
    this.#killWithin(grace * 1000);
    this.#ending ??= this.options.executor.track(`end of pod ${pod.metadata.name}`, () => this.#delete());
    this.#ending.catch((error: unknown) => this.options.log.error('pod not ended', { error: errorMessage(error) }));
  }

  /** A ConfigMap or Secret of its namespace has changed. */
  valuesChanged(kind: 'configmap' | 'secret', name: string): void {
    if (!this.#ending) this.#volumes.follow(this.#pod, kind, name);
  }

  /** The pod is no more in the cluster: what still runs is ended at once. */
  vanish(): void {
    this.#writer.close();
    this.#kill();
    this.options.executor.run('end of pod', () => this.#cleanUp());
  }

  /** Ends the pod's containers without a word to the cluster. @param graceMs how long they may take, in milliseconds. */
  async shutdown(graceMs: number): Promise<void> {
    this.#writer.close();
    this.#killWithin(graceMs);
    for (const worker of this.#all()) worker.stop();
    await this.options.executor.track(`end of pod ${this.#pod.metadata.name}`, () => this.#cleanUp());
  }

  /** Runs a command beside a container; undefined if that does not run, or cannot have company. @throws StartError */
  async exec(container: string, command: readonly string[], options: ExecOptions): Promise<ExecProcess | undefined> {
    return this.#all()
      .find((worker) => worker.status().name === container)
      ?.exec(command, options);
  }

  /** Ends back-offs early. */
  retry(): void {
    for (const worker of this.#all()) worker.retry();
  }

  async #run(): Promise<void> {
    this.#writer.mark();
    for (const worker of this.#init) {
      if ((await this.#runContainer(worker)) !== 0) return;
    }
    await this.options.executor.suspended(Promise.all(this.#containers.map((worker) => this.#runContainer(worker))));
  }

  #runContainer(worker: ContainerWorker): Promise<number | undefined> {
    const { executor } = this.options;
    return executor.suspended(executor.track(`container of ${this.#pod.metadata.name}`, () => worker.run()));
  }

  #worker(container: NamedContainer, init: boolean): ContainerWorker {
    const { clock, executor, log, logs } = this.options;
    const { namespace = 'default', name } = this.#pod.metadata;
    const buffer = logs.open({ namespace, pod: name, container: container.name });
    const onOutput: ContainerTask['onOutput'] = (stream, chunk) => {
      buffer.write(stream, chunk);
      worker.heard();
    };
    const worker = new ContainerWorker({
      ...{ container, init, clock, executor, log },
      pod: () => this.#pod,
      logs: buffer,
      start: (restarts) => this.#start(container, restarts, onOutput),
      onChange: () => this.#writer.mark(),
      tell: (note) => this.options.events.record(this.#pod, note, 'kubelet'),
    });
    return worker;
  }

  async #start(container: NamedContainer, restarts: number, onOutput: ContainerTask['onOutput']): Promise<Started> {
    const { cluster, images, runtimes, names } = this.options;
    const pod = this.#pod;
    const target = imageTarget(pod, container);
    const program = images.resolve(target);
    const runtime = runtimes.find((candidate) => candidate.accepts(target, program));
    if (!runtime) throw new StartError('ErrImagePull', unmappedImage(target.image), { final: true });
    const address = await this.#addressFor(runtime, container, restarts);
    const values = new DeclaredValues(cluster, target.namespace);
    const declared = await environment({ pod, container, address, realPort: runtime.listensOnRealPort, values, names });
    const directory = runtime.files ? this.#directory() : '';
    const volumes =
      runtime.files && pod.spec.volumes?.length
        ? await this.#volumes.make(join(directory, 'volumes'), pod, address.ip, values)
        : {};
    // Nothing is mounted for a program of this machine, which listens on a port of this machine, too.
    const mounts = runtime.listensOnRealPort ? mountSources(container, volumes) : [];
    const env = relocated(declared, mounts);
    const terminationLog = directory && join(directory, `${container.name}.${restarts}.termination-log`);
    const [command, args] = [container.command ?? [], container.args ?? []].map((list) =>
      list.map((part) => relocate(expand(part, env), mounts)),
    );
    const contents = () => mountedFiles({ pod, container, ip: address.ip, values });
    const task = { pod, container, program, address, env, command: command!, args: args!, directory, volumes, contents };
    const running = await runtime.start({ ...task, terminationLog, restarts, onOutput });
    return { running, address, terminationLog };
  }

  /** The pod's address: from the network of the runtime that comes first, with ports that can be listened on. */
  async #addressFor({ network, name }: ContainerRuntime, container: Container, restarts: number): Promise<PodAddress> {
    this.#network ??= { network, address: network.open(this.#pod) };
    if (this.#network.network !== network) {
      const message = `container ${container.name} would run as ${name}, but other containers of its pod have another network`;
      throw new StartError('CreateContainerError', message, { final: true });
    }
    if (restarts > 0) this.#network.address = network.renew(await this.#network.address, container);
    this.#address = await this.#network.address;
    this.#writer.setPorts(this.#address.ports);
    return this.#address;
  }

  #directory(): string {
    this.#folder ??= join(this.options.directory(), this.#pod.metadata.uid);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    return this.#folder;
  }

  #status(): PodStatus {
    this.#told = podStatus({
      pod: this.#pod,
      previous: this.#told,
      startedAt: this.#startedAt,
      ip: this.#address?.ip,
      init: this.#init.map((worker) => worker.status()),
      containers: this.#containers.map((worker) => worker.status()),
      cannotStart: this.#all().find((worker) => worker.cannotStart)?.cannotStart,
      now: this.options.clock.now(),
    });
    return this.#told;
  }

  #all(): readonly ContainerWorker[] {
    return [...this.#init, ...this.#containers];
  }

  #killWithin(ms: number): void {
    const at = this.options.clock.now() + ms;
    if (at >= this.#killAt) return;
    this.#killAt = at;
    this.#killTimer?.cancel();
    this.#killTimer = this.options.clock.after(ms, () => this.#kill());
  }

  #kill(): void {
    this.#killTimer?.cancel();
    this.#killing.abort();
    for (const worker of this.#all()) worker.kill();
  }

  async #delete(): Promise<void> {
    await this.options.executor.suspended(this.#drained());
    for (const worker of this.#all()) worker.end();
    await this.#cleanUp();
    this.#writer.mark();
    await this.#writer.flushed();
    await confirmDeletion(this.#pod, this.options);
  }

  async #drained(): Promise<void> {
    const { signal } = this.#killing;
    const killed = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([this.options.drained?.(this.#pod, signal), killed]).catch(() => {});
  }

  async #cleanUp(): Promise<void> {
    const { executor } = this.options;
    await executor.suspended(this.#finished).catch(() => {});
    this.#killTimer?.cancel();
    if (!this.#network) return;
    const { network, address } = this.#network;
    this.#network = undefined;
    network.release(await address);
    await this.#volumes.end();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Tells the cluster that nothing of a pod runs any more. */
export async function confirmDeletion(
  pod: Stored<Pod>,
  options: Pick<PodWorkerOptions, 'cluster' | 'clock' | 'executor' | 'log'>,
): Promise<void> {
  const { namespace, name, uid } = pod.metadata;
  for (;;) {
    try {
      await options.cluster.delete(PodType, namespace, name, { gracePeriodSeconds: 0, uid });
      return;
    } catch (error) {
      if (ClusterError.is(error, 'NotFound') || ClusterError.is(error, 'Conflict')) return;
      options.log.warn('cannot confirm the deletion of a pod', { pod: name, error: errorMessage(error) });
      await options.executor.suspended(options.clock.sleep(RETRY_MS));
    }
  }
}
