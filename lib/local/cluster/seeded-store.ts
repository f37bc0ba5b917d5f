import { findServedType, type KubeObject, type Stored } from '../../api';
import { MemoryStore } from '../store';
import { storeKey, VERSION_KEY } from './object-space';

/**
 * A store from which a MemoryCluster begins with these objects as they are: uids, generations, statuses and all. Kinds that are not
 * known are left out.
 */
export function seededStore(objects: readonly Stored<KubeObject>[]): MemoryStore {
  const store = new MemoryStore();
  const writes = objects.flatMap((object) => {
    const type = findServedType(object.apiVersion, object.kind);
    return type ? [{ key: storeKey(type, object), value: object }] : [];
  });
  const versions = objects.map(({ metadata }) => Number(metadata.resourceVersion)).filter(Number.isFinite);
  store.write([...writes, { key: VERSION_KEY, value: versions.reduce((a, b) => Math.max(a, b), 1) }]);
  return store;
}
