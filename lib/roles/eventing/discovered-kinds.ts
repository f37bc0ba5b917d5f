import { findServedType, type ResourceType } from '../../api';
import { type Clock, type Executor, errorMessage, type Log, type Timer } from '../../base';
import type { Cluster } from '../../kube';

export interface DiscoveredKindsOptions {
  readonly cluster: Pick<Cluster, 'kinds'>;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
}

/** When a version of a group is looked at again in which a kind was missed, in milliseconds: its definition may come later. */
const AGAIN_MS = 30_000;

interface Version {
  /** Undefined: they have not been told yet. */
  kinds: readonly ResourceType[] | undefined;
  again: Timer | undefined;
}

/** The kinds of a cluster: those that this package knows, and those that its API server tells of when they are first asked for. */
export class DiscoveredKinds {
  readonly #versions = new Map<string, Version>();
  #stopped = false;

  /** @param onChange called when kinds may be found that were not there, or not known, when they were asked for */
  constructor(
    private readonly options: DiscoveredKindsOptions,
    private readonly onChange: () => void,
  ) {}

  /** The kind; undefined if it is not served; `asked` while that is not known. */
  find(apiVersion: string, kind: string): ResourceType | undefined | 'asked' {
    const known = findServedType(apiVersion, kind);
    if (known || !this.options.cluster.kinds) return known;
    const version = this.#versions.get(apiVersion);
    if (!version) {
      this.#ask(apiVersion);
      return 'asked';
    }
    if (!version.kinds) return 'asked';
    const found = version.kinds.find((type) => type.kind === kind);
    if (!found) version.again ??= this.options.clock.after(AGAIN_MS, () => this.#ask(apiVersion));
    return found;
  }

  stop(): void {
    this.#stopped = true;
    for (const { again } of this.#versions.values()) again?.cancel();
  }

  #ask(apiVersion: string): void {
    const { cluster, executor, log } = this.options;
    const before = this.#versions.get(apiVersion)?.kinds;
    this.#versions.set(apiVersion, { kinds: before, again: undefined });
    executor.run(`kinds of ${apiVersion}`, async () => {
      const kinds = await cluster.kinds!(apiVersion).catch((error: unknown) => {
        log.warn('the kinds of a version could not be read', { apiVersion, error: errorMessage(error) });
        return before ?? [];
      });
      if (this.#stopped) return;
      this.#versions.set(apiVersion, { kinds, again: undefined });
      this.onChange();
    });
  }
}
