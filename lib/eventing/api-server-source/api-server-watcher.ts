import type { ApiServerSource, KubeObject, ResourceType, Stored } from '../../api';
import { type Clock, type Executor, type Log, type Random, randomUuid } from '../../base';
import { compileFilters, type FilterSpec } from '../../expr';
import { type Cluster, ClusterError, type Selection } from '../../kube';
import { filterEvent } from '../cloud-event';
import type { Destination } from '../sender';
import type { SourceSender } from '../source';
import { type ChangeKind, isToldOf, resourceEvent, withOverrides } from './resource-event';
import { ResourceWatch, type WatchTrouble } from './resource-watch';
import { selectorText } from './selector-text';

export interface ApiServerWatcherOptions {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly log: Log;
  readonly sender: SourceSender;
  /** The kind with this API version and name, if the cluster has it; `asked` while that is not known: the source is set again then. */
  readonly findType: (apiVersion: string, kind: string) => ResourceType | undefined | 'asked';
  /** The address of the API server, as which it is the source of events. */
  readonly source: string;
}

/** What is watched for a source, and where its events go. */
export interface WatchedSource {
  /** With its defaults. */
  readonly object: Stored<ApiServerSource>;
  readonly to: Destination;
  /** Undefined: those of all namespaces. */
  readonly namespaces: readonly string[] | undefined;
  /** The service account as which it is watched, and the cluster as that account sees it. */
  readonly as: { readonly account: string; readonly cluster: Cluster };
}

/** Whether everything is watched, or why not. */
export interface WatchState {
  readonly watching: boolean;
  readonly problem?: string;
  /** The service account may not do what it takes. */
  readonly forbidden?: boolean;
}

interface Running {
  source: WatchedSource;
  wants: (object: Parameters<ReturnType<typeof compileFilters>>[0]) => boolean;
  /** By account, kind, namespace and selector; with why it does not watch, `undefined` while that is not known. */
  readonly watches: Map<string, { readonly watch: ResourceWatch; state: WatchState | undefined }>;
  unknown: readonly string[];
  /** There are kinds of which it is not known yet whether the cluster has them. */
  asking: boolean;
}

interface Wanted {
  readonly type: ResourceType;
  readonly selection: Selection;
}

/** Sends an event to the sink of each ApiServerSource whenever one of the objects that it watches changes. */
export class ApiServerWatcher {
  readonly #running = new Map<string, Running>();

  /** @param onState told of a source, by name, whenever it changes whether everything is watched */
  constructor(
    private readonly options: ApiServerWatcherOptions,
    private readonly onState: (name: string, state: WatchState) => void,
  ) {}

  /** Watches for a source from now on, or for what it is now; what is watched already goes on to be. */
  set(name: string, source: WatchedSource): void {
    const filters = compileFilters((source.object.spec.filters ?? []) as readonly FilterSpec[]);
    const wants: Running['wants'] = (event) => filters(event).matches;
    const known = this.#running.get(name);
    const running: Running = known ?? { source, wants, watches: new Map(), unknown: [], asking: false };
    running.source = source;
    running.wants = wants;
    this.#running.set(name, running);
    const wanted = this.#wanted(running);
    for (const [key, { watch }] of running.watches) {
      if (wanted.has(key)) continue;
      watch.stop();
      running.watches.delete(key);
    }
    for (const [key, one] of wanted) if (!running.watches.has(key)) this.#watch(name, running, key, one);
    this.#tell(name, running);
  }

  /** Tells nothing for a source any more; what is on its way comes to its end. */
  remove(name: string): void {
    for (const { watch } of this.#running.get(name)?.watches.values() ?? []) watch.stop();
    this.#running.delete(name);
  }

  stop(): void {
    for (const name of [...this.#running.keys()]) this.remove(name);
  }

  #wanted(running: Running): ReadonlyMap<string, Wanted> {
    const { object, namespaces, as } = running.source;
    const wanted = new Map<string, Wanted>();
    const unknown: string[] = [];
    let asking = false;
    for (const { apiVersion = '', kind, selector } of object.spec.resources) {
      const type = this.options.findType(apiVersion, kind);
      if (type === 'asked') {
        asking = true;
        continue;
      }
      if (!type) {
        unknown.push(`no kind ${kind} in version ${apiVersion || '""'} is served here`);
        continue;
      }
      const labelSelector = selector ? selectorText(selector) : '';
      for (const namespace of type.namespaced ? (namespaces ?? [undefined]) : [undefined]) {
        const selection = { ...(namespace === undefined ? {} : { namespace }), ...(labelSelector ? { labelSelector } : {}) };
        wanted.set(`${as.account} ${apiVersion}/${kind} ${namespace ?? '*'} ${labelSelector}`, { type, selection });
      }
    }
    running.unknown = unknown;
    running.asking = asking;
    return wanted;
  }

  #watch(name: string, running: Running, key: string, { type, selection }: Wanted): void {
    const { clock, log, executor } = this.options;
    const { cluster } = running.source.as;
    const watch = new ResourceWatch({
      ...{ cluster, clock, log, type, selection },
      onChange: (change, object) => this.#changed(name, running.source, running.wants, change, object),
      onState: (trouble) => {
        const entry = running.watches.get(key);
        if (entry?.watch === watch) entry.state = stateOf(trouble);
        this.#tell(name, running);
      },
    });
    running.watches.set(key, { watch, state: undefined });
    executor.run(`watch ${type.plural} for ${name}`, () => watch.start());
  }

  #tell(name: string, running: Running): void {
    if (this.#running.get(name) !== running) return;
    const states = [...running.watches.values()].map(({ state }) => state);
    const [unknown] = running.unknown;
    const troubled =
      unknown === undefined ? states.find((state) => state?.problem !== undefined) : { watching: false, problem: unknown };
    this.onState(name, troubled ?? { watching: !running.asking && states.every((state) => state?.watching) });
  }

  #changed(
    name: string,
    { object: source, to }: WatchedSource,
    wants: Running['wants'],
    change: ChangeKind,
    object: Stored<KubeObject>,
  ): void {
    if (!isToldOf(source, object)) return;
    const { clock, random, sender } = this.options;
    const told = { source: this.options.source, id: randomUuid(random), time: clock.now() };
    const event = resourceEvent(source, change, object, told);
    if (!wants(filterEvent(event))) return;
    sender.send(`source/apiserver/${name}`, {
      event: withOverrides(event, source),
      namespace: source.metadata.namespace ?? '',
      to,
    });
  }
}

function stateOf(trouble: WatchTrouble | undefined): WatchState {
  if (!trouble) return { watching: true };
  const { problem, cause } = trouble;
  return { watching: false, problem, ...(ClusterError.is(cause, 'Forbidden') ? { forbidden: true } : {}) };
}
