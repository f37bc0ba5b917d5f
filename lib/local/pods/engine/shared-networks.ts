interface Sharing {
  /** The container that has the network; undefined once it has ended. */
  first: string | undefined;
  readonly running: Set<string>;
  /** Those that have ended while others still used the network: an engine does not remove such a container. */
  readonly left: string[];
}

/** Which containers of a pod share a network: the one that begins first has it, the others join it. */
export class SharedNetworks {
  readonly #pods = new Map<string, Sharing>();

  /** The container whose network another one of the pod joins; undefined if it is the first itself. */
  firstOf(pod: string): string | undefined {
    return this.#pods.get(pod)?.first;
  }

  /** A container of the pod begins. */
  join(pod: string, name: string): void {
    let sharing = this.#pods.get(pod);
    if (!sharing) {
      sharing = { first: undefined, running: new Set(), left: [] };
      this.#pods.set(pod, sharing);
    }
    sharing.first ??= name;
    sharing.running.add(name);
  }

  /**
   * A container has ended, or never began. Returns those that ended before it and could not be removed until now; undefined if
   * others still use the network.
   */
  leave(pod: string, name: string): readonly string[] | undefined {
    const sharing = this.#pods.get(pod);
    if (!sharing) return [];
    sharing.running.delete(name);
    if (sharing.first === name) sharing.first = undefined;
    if (sharing.running.size > 0) {
      sharing.left.push(name);
      return undefined;
    }
    this.#pods.delete(pod);
    return sharing.left;
  }
}
