import { apiVersionOf, type KubeObject, type ResourceType, type Stored } from '../../api';
import type { Accepted } from './accept';
import type { Page } from './list-pages';
import { type IncludeObject, toTable } from './table';

const META = 'meta.k8s.io/v1';

export interface RepresentationOptions {
  readonly includeObject: IncludeObject;
  /** Milliseconds since the epoch, at the time of asking. */
  readonly now: () => number;
}

/** Objects and lists in the form that a client asked for: whole, their metadata, or a table of them. */
export class Representation {
  /** The column definitions of a watch go with its first table alone. */
  #withColumns = true;

  constructor(
    readonly form: Accepted,
    private readonly type: ResourceType,
    private readonly options: RepresentationOptions,
  ) {}

  object(object: Stored<KubeObject>): unknown {
    if (this.form.as === 'table') return this.#table([object], { resourceVersion: object.metadata.resourceVersion });
    return this.form.as === 'metadata' ? metadataOf(object) : object;
  }

  list({ items, ...page }: Page): unknown {
    const metadata = pageMetadata(page);
    if (this.form.as === 'table') return this.#table(items, metadata);
    if (this.form.as === 'metadata') {
      return { kind: 'PartialObjectMetadataList', apiVersion: META, metadata, items: items.map(metadataOf) };
    }
    return { kind: `${this.type.kind}List`, apiVersion: apiVersionOf(this.type), metadata, items };
  }

  /** An object of a watch: the first table says its columns, the others have rows alone. */
  watched(object: Stored<KubeObject>): unknown {
    if (this.form.as !== 'table') return this.object(object);
    const noHeaders = !this.#withColumns;
    this.#withColumns = false;
    return this.#table([object], { resourceVersion: object.metadata.resourceVersion }, noHeaders);
  }

  /** What a bookmark of a watch carries. @param ends the objects that exist have all been sent */
  bookmark(resourceVersion: string, ends: boolean): unknown {
    const annotations = ends ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    const metadata = { resourceVersion, creationTimestamp: null, ...annotations };
    if (this.form.as === 'table')
      return { kind: 'Table', apiVersion: META, metadata: { resourceVersion }, columnDefinitions: null, rows: [] };
    if (this.form.as === 'metadata') return { kind: 'PartialObjectMetadata', apiVersion: META, metadata };
    return { kind: this.type.kind, apiVersion: apiVersionOf(this.type), metadata };
  }

  #table(items: readonly Stored<KubeObject>[], metadata: object, noHeaders = false): unknown {
    const { includeObject, now } = this.options;
    return { ...toTable(this.type, items, { includeObject, now: now(), noHeaders }), metadata };
  }
}

function pageMetadata(page: Omit<Page, 'items'>): object {
  const { resourceVersion, continue: token, remainingItemCount } = page;
  return {
    resourceVersion,
    ...(token === undefined ? {} : { continue: token }),
    ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
  };
}

function metadataOf({ metadata }: KubeObject): unknown {
  return { kind: 'PartialObjectMetadata', apiVersion: META, metadata };
}
