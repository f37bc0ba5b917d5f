import type { KubeObject } from './meta';

/** One printer column of a kind, as `kubectl get` shows it. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  /** Above 0: shown with `-o wide` alone. @default 0 */
  readonly priority?: number;
}

/** What an API server needs to know of a kind. The type parameter is the kind's object type and exists at compile time alone. */
export interface ResourceType<T extends KubeObject = KubeObject> {
  /** API group; empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Whether `status` is written by itself and `metadata.generation` counts changes of the spec. */
  readonly statusSubresource: boolean;
  readonly scaleSubresource: boolean;
  readonly columns: readonly PrinterColumn[];
  /** The same kind in other versions that are served; objects are stored in the version of this type. */
  readonly otherVersions?: readonly ResourceType[];
  /** Never set. Carries T. */
  readonly __object?: T;
}

/** Declares a kind; omitted fields get the usual values. */
export function resourceType<T extends KubeObject>(
  apiVersion: string,
  kind: string,
  plural: string,
  more: Partial<Omit<ResourceType<T>, 'group' | 'version' | 'kind' | 'plural'>> = {},
): ResourceType<T> {
  const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
  return {
    group,
    version,
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    statusSubresource: true,
    scaleSubresource: false,
    columns: [],
    ...more,
  };
}

/** `serving.knative.dev/v1`, or `v1` for the core group. */
export function apiVersionOf(type: ResourceType): string {
  return type.group ? `${type.group}/${type.version}` : type.version;
}

/** Identifies a kind among all: `Service.serving.knative.dev/v1`. */
export function typeKey(type: { group: string; version: string; kind: string }): string {
  return `${type.kind}.${type.group}/${type.version}`;
}
