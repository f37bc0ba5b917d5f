import { allTypes, type Container, type Pod, type PodSpec, PodType, type Stored } from '../../../../lib/api';
import { type Clock, CountingExecutor, RealClock, seededRandom, VirtualClock } from '../../../../lib/base';
import { MemoryCluster } from '../../../../lib/local/cluster';
import { ImageResolver } from '../../../../lib/local/images';
import {
  type ContainerRuntime,
  type ContainerTask,
  type Exit,
  type PodNetwork,
  PodRuntime,
  type PodRuntimeOptions,
} from '../../../../lib/local/pods';

/** A container of the scripted runtime: the test decides when it ends. */
export interface ScriptedContainer {
  readonly task: ContainerTask;
  readonly signals: string[];
  exit(exit: number | Exit): void;
}

/** Runs nothing: records what was started and asked, and ends containers when the test says so. */
export class ScriptedRuntime implements ContainerRuntime {
  readonly name = 'scripted';
  readonly listensOnRealPort = true;
  readonly files = false;
  readonly started: ScriptedContainer[] = [];
  readonly network: PodNetwork = {
    open: async () => ({ ip: '127.0.0.1', ports: { '8080': 40123 } }),
    renew: async (address) => address,
    release: () => {},
  };
  /** Answers exec probes. */
  probe: (command: readonly string[]) => number = () => 0;
  /** Runs before a container starts; may throw. */
  beforeStart: (task: ContainerTask) => void = () => {};
  /** Whether SIGTERM ends a container. */
  obedient = true;

  accepts(): boolean {
    return true;
  }

  async start(task: ContainerTask) {
    this.beforeStart(task);
    const signals: string[] = [];
    let end: (exit: Exit) => void = () => {};
    const exited = new Promise<Exit>((resolve) => {
      end = resolve;
    });
    const container = { task, signals, exit: (exit: number | Exit) => end(typeof exit === 'number' ? { exitCode: exit } : exit) };
    this.started.push(container);
    return {
      id: `scripted://${this.started.length}`,
      exited,
      kill: (signal: 'SIGTERM' | 'SIGKILL') => {
        signals.push(signal);
        if (signal === 'SIGKILL') container.exit(137);
        else if (this.obedient) container.exit(143);
      },
      exec: async (command: readonly string[]) => this.probe(command),
    };
  }

  async close(): Promise<void> {}

  /** The latest container with this name. */
  last(name: string): ScriptedContainer {
    const found = this.started.filter((container) => container.task.container.name === name).at(-1);
    if (!found) throw new Error(`${name} was not started`);
    return found;
  }
}

export function makePod(containers: readonly Container[], spec: Partial<PodSpec> = {}, metadata: Pod['metadata'] = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name: 'p', ...metadata },
    spec: { containers, ...spec },
  };
}

type World<C extends Clock> = {
  readonly cluster: MemoryCluster;
  readonly clock: C;
  readonly executor: CountingExecutor;
  readonly runtime: PodRuntime;
  /** What background work threw. */
  readonly errors: unknown[];
  pod(name?: string): Promise<Stored<Pod> | undefined>;
};

type Extra<C extends Clock> = (
  world: Pick<World<C>, 'cluster' | 'clock' | 'executor'>,
) => Pick<PodRuntimeOptions, 'runtimes'> & Partial<PodRuntimeOptions>;

function world<C extends Clock>(clock: C, executor: CountingExecutor, errors: unknown[], extra: Extra<C>): World<C> {
  const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: allTypes });
  const images = new ImageResolver();
  const runtime = new PodRuntime({ cluster, clock, executor, images, ...extra({ cluster, clock, executor }) });
  return { cluster, clock, executor, runtime, errors, pod: (name = 'p') => cluster.get(PodType, 'default', name) };
}

/** A pod runtime over a cluster in memory, in virtual time. */
export function virtualWorld(extra: Extra<VirtualClock>): World<VirtualClock> {
  const errors: unknown[] = [];
  const executor = new CountingExecutor((error) => errors.push(error));
  return world(new VirtualClock(executor), executor, errors, extra);
}

/** The same in real time. */
export function realWorld(extra: Extra<RealClock>): World<RealClock> {
  const errors: unknown[] = [];
  return world(new RealClock(), new CountingExecutor((error) => errors.push(error)), errors, extra);
}

/** Resolves with the pod once it is as asked. */
export function podWhere(cluster: MemoryCluster, wanted: (pod: Stored<Pod>) => boolean, name = 'p'): Promise<Stored<Pod>> {
  return new Promise((resolve) => {
    const watch = cluster.watch(PodType, { namespace: 'default' }, (event) => {
      if (event.type === 'BOOKMARK' || event.type === 'DELETED' || event.object.metadata.name !== name) return;
      if (!wanted(event.object)) return;
      queueMicrotask(() => watch.stop());
      resolve(event.object);
    });
  });
}

/** Resolves once a pod is gone. */
export function podGone(cluster: MemoryCluster, name = 'p'): Promise<void> {
  return new Promise((resolve) => {
    const watch = cluster.watch(PodType, { namespace: 'default' }, (event) => {
      if (event.type !== 'DELETED' || event.object.metadata.name !== name) return;
      queueMicrotask(() => watch.stop());
      resolve();
    });
  });
}

/** Status of a condition of a pod. */
export function condition(pod: Pod | undefined, type: string) {
  return pod?.status?.conditions?.find((candidate) => candidate.type === type);
}
