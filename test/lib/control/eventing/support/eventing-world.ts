import {
  BrokerType,
  conditionOf,
  type InMemoryChannel,
  InMemoryChannelType,
  type KResourceStatus,
  type KubeObject,
  keyOf,
  type ResourceType,
  type Stored,
  TriggerType,
} from '../../../../../lib/api';
import { type Answerer, EVENTING_TOPIC, type EventingAnswer, eventingReconcilers } from '../../../../../lib/control';
import { ControlWorld, type WorldOptions } from '../../support/control-world';

type Tell = (key: string, value: unknown) => void;

/** An engine of events that serves every broker, trigger and channel as soon as it sees it, unless it is told to wait; all are empty. */
class InstantEngine implements Answerer {
  readonly topic = EVENTING_TOPIC;
  paused = false;
  readonly #asked = new Map<string, Tell>();
  readonly #served = new Map<string, EventingAnswer>();

  watch(world: ControlWorld): void {
    for (const [kind, type] of [
      ['broker', BrokerType],
      ['trigger', TriggerType],
      ['in-memory-channel', InMemoryChannelType],
    ] as const) {
      world.memory.watch(type as ResourceType<KubeObject>, {}, (event) => {
        if (event.type === 'BOOKMARK') return;
        const key = `${kind}/${keyOf(event.object)}`;
        if (event.type === 'DELETED') this.#served.delete(key);
        else this.#served.set(key, answerOf(event.object));
        this.#tell(key);
      });
    }
  }

  ask({ key }: { readonly key: string }, onAnswer: Tell): void {
    this.#asked.set(key, onAnswer);
    this.#tell(key);
  }

  forget(key: string): void {
    this.#asked.delete(key);
  }

  resume(): void {
    this.paused = false;
    for (const key of this.#asked.keys()) this.#tell(key);
  }

  #tell(key: string): void {
    const answer = key.startsWith('drain/') ? { drained: true } : this.#served.get(key);
    if (!this.paused) this.#asked.get(key)?.(key, answer);
  }
}

function answerOf(object: Stored<KubeObject>): EventingAnswer {
  const { subscribers = [] } = (object as InMemoryChannel).spec ?? {};
  return {
    generation: object.metadata.generation ?? 0,
    ...(object.kind === 'InMemoryChannel'
      ? {
          subscribers: subscribers.map(({ uid, generation }) => ({
            uid,
            observedGeneration: generation,
            ready: 'True' as const,
          })),
        }
      : {}),
  };
}

/** The controllers of eventing over a cluster in memory, with an engine of events that needs no time. */
export class EventingWorld extends ControlWorld {
  readonly data: InstantEngine;

  constructor(options: WorldOptions = {}) {
    const data = new InstantEngine();
    super({ reconcilers: eventingReconcilers, answerers: [data], ...options });
    this.data = data;
    data.watch(this);
  }

  /** The Ready condition of an object as `Status/Reason: message`. */
  async ready(type: ResourceType, name: string): Promise<string> {
    const { status } = (await this.get(type, name)) as KubeObject;
    const ready = conditionOf((status as KResourceStatus | undefined)?.conditions, 'Ready');
    if (!ready) return 'nothing';
    const head = ready.reason ? `${ready.status}/${ready.reason}` : ready.status;
    return ready.message ? `${head}: ${ready.message}` : head;
  }

  async remove(type: ResourceType, name: string): Promise<void> {
    await this.memory.delete(type, 'default', name);
    await this.settle();
  }
}
