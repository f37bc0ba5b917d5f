const followers = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back when a signal aborts; returns what ends that. However many follow a signal, it has one listener: adding and removing one
 * for every event costs as much as sending it.
 */
export function followAbort(signal: AbortSignal, follower: () => void): () => void {
  const known = followers.get(signal);
  const set = known ?? new Set();
  set.add(follower);
  if (!known) {
    followers.set(signal, set);
    const onAbort = () => {
      for (const one of [...set]) one();
    };
    signal.addEventListener('abort', onAbort, { once: true });
  }
  return () => void set.delete(follower);
}
