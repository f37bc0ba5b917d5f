import type { KubeObject } from '../../api';
import type { Store } from '../../local/store';

const KEY = 'dev/applied';

/** What was applied last, across runs: what is no longer in the input is deleted, and what somebody else has made is not. */
export class AppliedMemory {
  constructor(private readonly store: Store) {}

  recall(): readonly KubeObject[] {
    const objects = this.store.get(KEY);
    return Array.isArray(objects) ? (objects as KubeObject[]) : [];
  }

  /** Before objects are applied: until that is done, those of before count too. */
  begin(objects: readonly KubeObject[]): void {
    this.#write([...this.recall(), ...objects]);
  }

  done(objects: readonly KubeObject[]): void {
    this.#write(objects);
  }

  #write(objects: readonly KubeObject[]): void {
    const identities = objects.map(({ apiVersion, kind, metadata: { namespace, name } }) => {
      return { apiVersion, kind, metadata: { ...(namespace === undefined ? {} : { namespace }), name } };
    });
    const once = new Map(identities.map((identity) => [JSON.stringify(identity), identity]));
    this.store.write([{ key: KEY, value: [...once.values()] }]);
  }
}
