import type { KubeObject, ResourceType } from '../../lib/api';
import type { Cluster, Watch, WatchEvent, WatchOptions } from '../../lib/kube';

/** A watch whose events are kept, and can be waited for. */
export class Observer<T extends KubeObject> {
  readonly events: WatchEvent<T>[] = [];
  readonly watch: Watch;
  #waiting: { readonly matches: (event: WatchEvent<T>) => boolean; readonly resolve: (event: WatchEvent<T>) => void }[] = [];

  constructor(cluster: Cluster, type: ResourceType<T>, options: WatchOptions) {
    this.watch = cluster.watch(type, options, (event) => {
      // Every namespace of a real cluster gets this one.
      if (event.type !== 'BOOKMARK' && event.object.metadata.name === 'kube-root-ca.crt') return;
      this.events.push(event);
      const reached = this.#waiting.filter(({ matches }) => matches(event));
      this.#waiting = this.#waiting.filter((wait) => !reached.includes(wait));
      for (const { resolve } of reached) resolve(event);
    });
  }

  /** The first event, past or to come, of this type about the object of this name. */
  see(type: WatchEvent<T>['type'], name: string): Promise<WatchEvent<T>> {
    const matches = (event: WatchEvent<T>) =>
      event.type === type && event.type !== 'BOOKMARK' && event.object.metadata.name === name;
    return this.#first(matches);
  }

  async #first(matches: (event: WatchEvent<T>) => boolean): Promise<WatchEvent<T>> {
    return this.events.find(matches) ?? new Promise((resolve) => this.#waiting.push({ matches, resolve }));
  }

  /** The bookmark after the objects that existed. */
  async begun(): Promise<void> {
    await this.#first(({ type }) => type === 'BOOKMARK');
  }

  /** What has been seen, bookmarks left out: `ADDED a`. */
  get seen(): string[] {
    return this.events.flatMap((event) => (event.type === 'BOOKMARK' ? [] : [`${event.type} ${event.object.metadata.name}`]));
  }
}
