import { type KubeObject, keyOf, type ResourceType, type Stored, typeKey } from '../../../../lib/api';
import { matchesLabels } from '../../../../lib/control/engine/dependents';
import type { Index, Observed } from '../../../../lib/control/reconciler';

export interface Facts {
  readonly objects?: readonly KubeObject[];
  /** By `topic/key`. */
  readonly answers?: Readonly<Record<string, unknown>>;
  /** By `Kind/name`. */
  readonly failures?: Readonly<Record<string, string>>;
}

/** What a plan sees in a test: these objects, answers and refusals. */
export function observe({ objects = [], answers = {}, failures = {} }: Facts): Observed {
  const all = objects as readonly Stored<KubeObject>[];
  const ofType = (type: ResourceType): Stored<KubeObject>[] =>
    all
      .filter((o) => {
        const [group, version] = o.apiVersion.includes('/') ? o.apiVersion.split('/') : ['', o.apiVersion];
        return typeKey({ group: group!, version: version!, kind: o.kind }) === typeKey(type);
      })
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return {
    get: <T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string) =>
      ofType(type).find((o) => o.metadata.namespace === namespace && o.metadata.name === name) as Stored<T> | undefined,
    list: <T extends KubeObject>(type: ResourceType<T>, namespace: string, labels: Readonly<Record<string, string>>) =>
      ofType(type).filter((o) => o.metadata.namespace === namespace && matchesLabels(o, labels)) as Stored<T>[],
    find: <T extends KubeObject>(type: ResourceType<T>, index: Index<T>, value: string) =>
      (ofType(type) as Stored<T>[]).filter((o) => index.values(o).includes(value)),
    answer: (topic, key) => answers[`${topic}/${key}`],
    failure: (type, _namespace, name) => failures[`${type.kind}/${name}`],
  };
}
