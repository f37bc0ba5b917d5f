import type { KubeObject } from '../../api';

/**
 * What an edge says. `owns`: a controller makes the one for the other. `routes`: requests go there. `calls`: a setting names its
 * address. `uses`: configuration, secrets, volumes, accounts. `selects`: by labels. `sends`: events go there.
 */
export type EdgeKind = 'owns' | 'routes' | 'calls' | 'uses' | 'selects' | 'sends';

export interface GraphNode {
  /** `Service.serving.knative.dev/v1 default/hello`. */
  readonly id: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** `declared` in the input; `created` by a controller; `missing`: named by something, and not in the input. */
  readonly origin: 'declared' | 'created' | 'missing';
  /** Facts worth a line: the image, the scale. */
  readonly notes: readonly string[];
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  /** `90%`, `10% next`, `env`, `volume`. */
  readonly label?: string;
  /** Of `routes`: share of the requests, 0 to 100. */
  readonly percent?: number;
}

/** What an input declares and what becomes of it. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** Names an object that something refers to. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** The id of the node of an object. */
export function nodeId({ apiVersion, kind, namespace, name }: ObjectRef): string {
  return `${kind}.${apiVersion} ${namespace ? `${namespace}/` : ''}${name}`;
}

/** The object as it is referred to. */
export function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name ?? '' };
}
