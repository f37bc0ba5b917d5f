import type { KubeObject, ResourceType, Stored } from '../../api';
import { type Clock, errorMessage, type Log, type Timer } from '../../base';
import { type Cluster, Informer, type Selection } from '../../kube';
import type { ChangeKind } from './resource-event';

export interface ResourceWatchOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Log;
  readonly type: ResourceType;
  readonly selection: Selection;
  readonly onChange: (change: ChangeKind, object: Stored<KubeObject>) => void;
  /** It watches now, or does not, with the reason. Called again when that changes. */
  readonly onState: (trouble: WatchTrouble | undefined) => void;
}

/** Why something is not watched. */
export interface WatchTrouble {
  /** For people. */
  readonly problem: string;
  readonly cause: unknown;
}

/** How long until it is tried again to begin, in milliseconds. */
const RETRY_MS = 5000;

/** Tells what becomes of objects of one kind from the moment that it watches; what is there by then is not told. */
export class ResourceWatch {
  readonly #informer: Informer<KubeObject>;
  #watching = false;
  #stopped = false;
  #retry: Timer | undefined;

  constructor(private readonly options: ResourceWatchOptions) {
    const { cluster, type, clock, log, selection, onChange, onState } = options;
    this.#informer = new Informer(cluster, type, clock, log, selection);
    this.#informer.onChange(({ previous, next }) => {
      if (!this.#watching || this.#stopped) return;
      const replaced = previous && next && previous.metadata.uid !== next.metadata.uid;
      if (previous && (!next || replaced)) onChange('delete', previous);
      if (next) onChange(!previous || replaced ? 'add' : 'update', next);
    });
    this.#informer.onTrouble((cause) => {
      if (this.#watching && !this.#stopped) onState(cause && this.#trouble(cause));
    });
  }

  async start(): Promise<void> {
    const { clock, onState } = this.options;
    try {
      await this.#informer.start();
      this.#watching = true;
      if (!this.#stopped) onState(undefined);
    } catch (error) {
      if (this.#stopped) return;
      onState(this.#trouble(error));
      this.#retry = clock.after(RETRY_MS, () => void this.start());
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#retry?.cancel();
    this.#informer.stop();
  }

  #trouble(cause: unknown): WatchTrouble {
    const { type, selection } = this.options;
    const where = selection.namespace === undefined ? '' : ` in namespace ${selection.namespace}`;
    return { problem: `cannot watch ${type.plural}${where}: ${errorMessage(cause)}`, cause };
  }
}
