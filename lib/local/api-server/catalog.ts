import type { ServedResource } from './served-resource';

/** Versions of one API group and what they serve. */
export interface ServedGroup {
  /** Empty for the core group. */
  readonly group: string;
  readonly versions: readonly { readonly version: string; readonly resources: readonly ServedResource[] }[];
}

/** Everything that a server offers, by group, version and plural name. */
export class Catalog {
  /** The core group first, then in the order of their names. */
  readonly groups: readonly ServedGroup[];
  readonly #byPath = new Map<string, ServedResource>();

  constructor(resources: readonly ServedResource[]) {
    for (const resource of resources) {
      const { group, version, plural } = resource.type;
      this.#byPath.set(`${group}/${version}/${plural}`, resource);
    }
    const names = [...new Set(resources.map(({ type }) => type.group))].sort();
    this.groups = names.map((group) => {
      const own = resources.filter(({ type }) => type.group === group);
      const versions = [...new Set(own.map(({ type }) => type.version))].sort(byMaturity);
      return {
        group,
        versions: versions.map((version) => ({
          version,
          resources: own.filter(({ type }) => type.version === version).sort((a, b) => (a.type.plural < b.type.plural ? -1 : 1)),
        })),
      };
    });
  }

  find(group: string, version: string, plural: string): ServedResource | undefined {
    return this.#byPath.get(`${group}/${version}/${plural}`);
  }
}

const MATURITY = /^v(\d+)(?:(alpha|beta)(\d+))?$/;

/** The order in which clients prefer versions: v2, v1, v1beta2, v1beta1, v1alpha1. */
function byMaturity(a: string, b: string): number {
  const rank = (version: string): readonly number[] => {
    const [, major = '0', stage, minor = '0'] = MATURITY.exec(version) ?? [];
    return [stage === undefined ? 2 : stage === 'beta' ? 1 : 0, Number(major), Number(minor)];
  };
  const [left, right] = [rank(a), rank(b)];
  return right[0]! - left[0]! || right[1]! - left[1]! || right[2]! - left[2]!;
}
