import {
  conditionOf,
  type KResourceStatus,
  type KubeObject,
  type Pod,
  PodType,
  ServiceType,
  type Stored,
} from '../../../lib/api';
import { CountingExecutor, noLog, noMetrics, seededRandom, VirtualClock } from '../../../lib/base';
import { applyObjects, type FunctionHandler, FunctionRegistry, MemoryStore, type Store } from '../../../lib/local';
import { LocalSystem } from '../../../lib/roles';

export interface VirtualOptions {
  /** What an earlier system has left, and where this one keeps its objects. @default empty */
  readonly store?: Store;
  /** What every image means, for pods that begin at once. @default nothing, until something is registered */
  readonly handler?: FunctionHandler;
  /** When it starts, in milliseconds. @default the beginning of 2026 */
  readonly now?: number;
  /** Of its random numbers: a later system must not give the same names and uids again. @default 1 */
  readonly seed?: number;
}

/** A whole system in virtual time, where a test can reach more of it than a Testbed shows. */
export class VirtualSystem {
  static async start({ store = new MemoryStore(), handler, now, seed = 1 }: VirtualOptions = {}): Promise<VirtualSystem> {
    const faults: unknown[] = [];
    const executor = new CountingExecutor((error) => faults.push(error));
    const clock = new VirtualClock(executor, now);
    const functions = new FunctionRegistry({ clock, executor });
    if (handler) functions.register({ image: '**' }, handler);
    const system = await LocalSystem.start({
      ...{ clock, executor, store, functions, random: seededRandom(seed), log: noLog, metrics: noMetrics },
    });
    return new VirtualSystem(system, clock, faults);
  }

  private constructor(
    readonly system: LocalSystem,
    readonly clock: VirtualClock,
    private readonly faults: unknown[],
  ) {}

  /** Applies objects and moves time until they are ready in the generation that they were given. */
  async apply(...objects: readonly KubeObject[]): Promise<void> {
    const results = await this.drive(applyObjects(this.system.cluster, objects));
    expect(results.map(({ error }) => error)).toEqual(results.map(() => undefined));
    const late = this.clock.now() + 60_000;
    for (const { metadata } of objects) {
      while (!(await this.#ready(metadata.name!))) {
        if (this.clock.now() > late) throw new Error(`${metadata.name} did not become ready within a virtual minute`);
        await this.clock.advance(10);
      }
    }
  }

  /** Moves time from timer to timer until `promise` settles. */
  async drive<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    await this.clock.settle();
    while (!settled) {
      const next = this.clock.nextTimer();
      if (next === undefined) throw new Error('virtual time has nothing left to do');
      await this.clock.advance(next - this.clock.now());
    }
    return promise;
  }

  /** Pods of a revision that are not being deleted. */
  async pods(revision: string): Promise<readonly Stored<Pod>[]> {
    const selection = { namespace: 'default', labelSelector: `serving.knative.dev/revision=${revision}` };
    const { items } = await this.system.cluster.list(PodType, selection);
    return items.filter(({ metadata }) => !metadata.deletionTimestamp);
  }

  fetch(service: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.system.gateway.fetch(new Request(`http://${service}.default.localhost/`, { headers }));
  }

  async stop(): Promise<void> {
    await this.drive(this.system.stop());
    expect(this.faults).toEqual([]);
  }

  async #ready(name: string): Promise<boolean> {
    const stored = await this.system.cluster.get(ServiceType, 'default', name);
    const status = stored?.status as KResourceStatus | undefined;
    const current = status?.observedGeneration === stored?.metadata.generation;
    return current && conditionOf(status?.conditions, 'Ready')?.status === 'True';
  }
}
