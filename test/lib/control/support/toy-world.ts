import { allTypes, type Event, EventType, type KubeObject, resourceType, type Stored } from '../../../../lib/api';
import { CountingExecutor, type Log, noLog, seededRandom, VirtualClock } from '../../../../lib/base';
import { type Answerer, Engine } from '../../../../lib/control';
import type { Observed, Plan, Reconciler } from '../../../../lib/control/reconciler';
import { MemoryCluster } from '../../../../lib/local/cluster';
import { CountingCluster } from './control-world';

export interface Widget extends KubeObject {
  readonly spec: { readonly wish?: string; readonly from?: string };
  readonly status?: unknown;
}
export const WidgetType = resourceType<Widget>('test.example/v1', 'Widget', 'widgets');

export const widget = (name: string, spec: Widget['spec'] = {}, metadata: KubeObject['metadata'] = {}): Widget => ({
  apiVersion: 'test.example/v1',
  kind: 'Widget',
  metadata: { namespace: 'default', ...metadata, name },
  spec,
});

/** An engine with one reconciler of a made-up kind, which counts its plans. */
export class ToyWorld {
  readonly logged: string[] = [];
  readonly errors: unknown[] = [];
  readonly executor = new CountingExecutor((error) => this.errors.push(error));
  readonly clock = new VirtualClock(this.executor);
  readonly memory = new MemoryCluster({ clock: this.clock, random: seededRandom(1), types: [...allTypes, WidgetType] });
  readonly counting = new CountingCluster(this.memory);
  readonly engine: Engine<unknown>;
  plans: string[] = [];

  constructor(
    reconciler: Partial<Reconciler<Widget>> & { plan(parent: Stored<Widget>, observed: Observed, now: number): Plan },
    answerers: readonly Answerer[] = [],
    settleMs = 0,
  ) {
    const log: Log = { ...noLog, warn: (message, fields) => this.logged.push(`${message}: ${fields?.error}`) };
    const whole: Reconciler<Widget> = {
      name: 'toy-controller',
      type: WidgetType,
      watches: [],
      reads: () => [],
      ...reconciler,
      plan: (parent, observed, _config, now) => {
        this.plans.push(parent.metadata.name);
        return reconciler.plan(parent, observed, now);
      },
    };
    const { clock, executor } = this;
    const cluster = this.counting.cluster;
    this.engine = new Engine({ cluster, clock, executor, log, config: {}, reconcilers: [whole], answerers, settleMs });
  }

  get writes(): string[] {
    return this.counting.writes;
  }

  async start(...objects: readonly Widget[]): Promise<this> {
    for (const object of objects) await this.memory.create(WidgetType, object);
    await this.engine.start();
    await this.settle();
    return this;
  }

  async settle(): Promise<void> {
    await this.clock.settle();
    if (this.errors.length > 0) throw this.errors[0];
  }

  async get(name: string): Promise<Stored<Widget> | undefined> {
    return this.memory.get(WidgetType, 'default', name);
  }

  async events(): Promise<string[]> {
    const { items } = await this.memory.list<Event>(EventType, {});
    return items.map((event) => `${event.type} ${event.reason} x${event.count}: ${event.message}`);
  }
}
