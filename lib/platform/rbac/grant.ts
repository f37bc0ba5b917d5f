import type { ResourceType } from '../../api';

/** What may be done; there is no verb for all. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** Something that a role may do, and why it needs to. */
export interface Grant {
  /** API group; empty for the core group. */
  readonly group: string;
  /** Plurals, subresources as `deployments/scale`. */
  readonly resources: readonly string[];
  readonly verbs: readonly Verb[];
  /** Only objects of these names. */
  readonly names?: readonly string[];
  /** Only in this namespace. @default everywhere */
  readonly namespace?: string;
  readonly why: string;
}

/** One rule of an RBAC role (rbac.authorization.k8s.io/v1 PolicyRule). */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly Verb[];
}

/** What an informer does. */
export const FOLLOW: readonly Verb[] = ['list', 'watch'];

/** Grants over kinds of one group each: the kinds are grouped by it. */
export function over(types: readonly ResourceType[], verbs: readonly Verb[], why: string, subresource = ''): Grant[] {
  const groups = [...new Set(types.map(({ group }) => group))];
  return groups.map((group) => ({
    group,
    resources: types.filter((type) => type.group === group).map(({ plural }) => `${plural}${subresource}`),
    verbs,
    why,
  }));
}

const ORDER: readonly Verb[] = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** The rules for these grants: one for each set of verbs over resources of one group, every resource once among those without names. */
export function rulesOf(grants: readonly Grant[]): PolicyRule[] {
  const named = grants.filter(({ names }) => names !== undefined);
  const verbsOf = new Map<string, Set<Verb>>();
  for (const { group, resources, verbs, names } of grants) {
    if (names) continue;
    for (const resource of resources) {
      const key = `${group} ${resource}`;
      verbsOf.set(key, new Set([...(verbsOf.get(key) ?? []), ...verbs]));
    }
  }
  const together = new Map<string, string[]>();
  for (const [key, verbs] of verbsOf) {
    const [group = '', resource = ''] = key.split(' ');
    const same = `${group} ${inOrder(verbs).join(',')}`;
    together.set(same, [...(together.get(same) ?? []), resource]);
  }
  return [
    ...[...together].map(([key, resources]) => {
      const [group = '', verbs = ''] = key.split(' ');
      return { apiGroups: [group], resources: resources.sort(), verbs: verbs.split(',') as Verb[] };
    }),
    ...named.map(({ group, resources, verbs, names }) => ({
      apiGroups: [group],
      resources,
      resourceNames: names ?? [],
      verbs: inOrder(verbs),
    })),
  ];
}

const inOrder = (verbs: Iterable<Verb>): Verb[] => {
  const all = new Set(verbs);
  return ORDER.filter((verb) => all.has(verb));
};
