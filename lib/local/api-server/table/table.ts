import type { KubeObject, ObjectMeta } from '../../../api';

/** A value of one row: nothing, a text, a number or a truth. */
export type Cell = string | number | boolean | null;

/** One column of a metav1.Table. `kubectl` shows those with a priority above 0 with `-o wide` alone. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
  /** `name` for the column that tells the objects apart; else empty. */
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

/** What the API server knows of a row that its cells do not say: a pod that has come to its end. */
export interface RowCondition {
  readonly type: 'Completed';
  readonly status: 'True';
  readonly reason: string;
  readonly message: string;
}

/** The metadata of an object and nothing else (metav1.PartialObjectMetadata). */
export interface PartialObjectMetadata {
  readonly kind: 'PartialObjectMetadata';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: ObjectMeta;
}

export interface TableRow {
  readonly cells: readonly Cell[];
  readonly conditions?: readonly RowCondition[];
  readonly object?: KubeObject | PartialObjectMetadata;
}

/** Objects as `kubectl get` prints them (metav1.Table). */
export interface Table {
  readonly kind: 'Table';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: { readonly resourceVersion?: string };
  /** Null where the request asked for rows alone. */
  readonly columnDefinitions: readonly TableColumn[] | null;
  readonly rows: readonly TableRow[];
}

/** How the objects of one kind become rows. */
export interface Printer<T extends KubeObject = KubeObject> {
  readonly columns: readonly TableColumn[];
  /** One value per column. @param now milliseconds since 1970 */
  cells(object: T, now: number): readonly Cell[];
  conditions?(object: T): readonly RowCondition[] | undefined;
}

/** Declares a column of text. */
export function column(name: string, description: string, more: Partial<TableColumn> = {}): TableColumn {
  return { name, type: 'string', format: '', description, priority: 0, ...more };
}

/** Declares a column that only `-o wide` shows. */
export const wideColumn = (name: string, description: string): TableColumn => column(name, description, { priority: 1 });

/** Declares a column of whole numbers. */
export const countColumn = (name: string, description: string): TableColumn => column(name, description, { type: 'integer' });

export const nameColumn = column('Name', 'The name of the object, unique within its namespace.', { format: 'name' });

export const ageColumn = column('Age', 'How long ago the object was created.');
