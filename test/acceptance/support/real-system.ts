import {
  conditionOf,
  type KResourceStatus,
  type KubeObject,
  type Pod,
  PodType,
  ServiceType,
  type Stored,
} from '../../../lib/api';
import { noLog, noMetrics, RealClock, RealExecutor, systemRandom } from '../../../lib/base';
import { applyObjects, ImageResolver, type LocalProgram } from '../../../lib/local';
import { LocalSystem, localServingConfig, type SystemLogLine } from '../../../lib/roles';

export const clock = new RealClock();

/** Looks every few milliseconds until `probe` gives something, because what is waited for comes from real sockets and processes. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  ms = 10_000,
): Promise<T> {
  const end = clock.now() + ms;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (clock.now() > end) throw new Error(`waited ${ms / 1000} s for ${what}`);
    await clock.sleep(10);
  }
}

/** A whole system in real time with a gateway on a real socket; pods are functions, and programs where some are given. */
export class RealSystem {
  static async start(programs?: readonly LocalProgram[], config = localServingConfig): Promise<RealSystem> {
    const faults: unknown[] = [];
    const executor = new RealExecutor((error) => faults.push(error));
    const lines: SystemLogLine[] = [];
    const images = new ImageResolver({ local: programs ?? [] });
    const system = await LocalSystem.start({
      ...{ clock, executor, config, random: systemRandom, log: noLog, metrics: noMetrics },
      listen: { host: '127.0.0.1', port: 0, serverTiming: true },
      onLog: (line) => lines.push(line),
      ...(programs && { machine: { images } }),
    });
    return new RealSystem(system, images, faults, lines);
  }

  private constructor(
    readonly system: LocalSystem,
    private readonly images: ImageResolver,
    private readonly faults: unknown[],
    /** What pods printed. */
    readonly lines: readonly SystemLogLine[],
  ) {}

  /** The gateway's port. */
  get port(): number {
    return Number(new URL(this.system.gatewayUrl!).port);
  }

  /** Applies objects and waits until they are ready in the generation that they were given. */
  async apply(...objects: readonly KubeObject[]): Promise<void> {
    const results = await applyObjects(this.system.cluster, objects);
    expect(results.map(({ error }) => error)).toEqual(results.map(() => undefined));
    for (const { metadata } of objects) {
      await until(`${metadata.name} to be ready`, async () => {
        const stored = await this.system.cluster.get(ServiceType, 'default', metadata.name!);
        const status = stored?.status as KResourceStatus | undefined;
        return (
          status?.observedGeneration === stored?.metadata.generation &&
          conditionOf(status?.conditions, 'Ready')?.status === 'True'
        );
      });
    }
  }

  /** Replaces what images mean, as an edit of knc.images.yaml does. */
  map(programs: readonly LocalProgram[]): void {
    this.images.update({ local: programs });
    this.system.retryPods();
  }

  /** Pods of a revision that are not being deleted. */
  async pods(revision: string): Promise<readonly Stored<Pod>[]> {
    const { items } = await this.system.cluster.list(PodType, {
      namespace: 'default',
      labelSelector: `serving.knative.dev/revision=${revision}`,
    });
    return items.filter(({ metadata }) => !metadata.deletionTimestamp);
  }

  async stop(): Promise<void> {
    await this.system.stop();
    expect(this.faults).toEqual([]);
  }
}
