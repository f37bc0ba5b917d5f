import type { KubeObject, ResourceType } from '../../../api';
import { printerOf } from './printers';
import type { PartialObjectMetadata, Table, TableRow } from './table';

/** How much of each object goes along with its row. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableOptions {
  /** Milliseconds since 1970; ages are counted up to it. */
  readonly now: number;
  /** @default 'Metadata' */
  readonly includeObject?: IncludeObject;
  /** Rows alone, as in a watch after its first event. @default false */
  readonly noHeaders?: boolean;
  /** Of the list; of the object, if it is one alone. */
  readonly resourceVersion?: string;
}

const metadataOf = ({ metadata }: KubeObject): PartialObjectMetadata => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
});

function included(object: KubeObject, include: IncludeObject): Pick<TableRow, 'object'> {
  if (include === 'None') return {};
  return { object: include === 'Object' ? object : metadataOf(object) };
}

/** Objects of one kind as the API server prints them for `kubectl get`. Columns for `-o wide` are always there, marked by their priority. */
export function toTable(type: ResourceType, objects: readonly KubeObject[], options: TableOptions): Table {
  const { now, includeObject = 'Metadata', noHeaders = false, resourceVersion } = options;
  const printer = printerOf(type);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: resourceVersion === undefined ? {} : { resourceVersion },
    columnDefinitions: noHeaders ? null : printer.columns,
    rows: objects.map((object): TableRow => {
      const conditions = printer.conditions?.(object);
      return { cells: printer.cells(object, now), ...(conditions ? { conditions } : {}), ...included(object, includeObject) };
    }),
  };
}
