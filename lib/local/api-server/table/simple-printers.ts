import type { ConfigMap, KubeObject, Secret } from '../../../api';
import { timeSince } from './human-duration';
import { ageColumn, type Cell, column, nameColumn, type Printer, type TableColumn } from './table';

const sizeOf = (map: object | undefined): number => Object.keys(map ?? {}).length;

/** Name, what is particular to the kind, age. */
function simplePrinter<T extends KubeObject>(columns: readonly TableColumn[], cells: (object: T) => readonly Cell[]): Printer<T> {
  return {
    columns: [nameColumn, ...columns, ageColumn],
    cells: (object, now) => [object.metadata.name ?? '', ...cells(object), timeSince(object.metadata.creationTimestamp, now)],
  };
}

export const configMapPrinter = simplePrinter<ConfigMap>([column('Data', 'How many entries it has.')], ({ data, binaryData }) => [
  sizeOf(data) + sizeOf(binaryData),
]);

export const secretPrinter = simplePrinter<Secret>(
  [column('Type', 'What it is meant for.'), column('Data', 'How many entries it has.')],
  ({ type, data }) => [type ?? 'Opaque', sizeOf(data)],
);

export const serviceAccountPrinter = simplePrinter<KubeObject & { readonly secrets?: readonly unknown[] }>(
  [column('Secrets', 'How many secrets its pods may use.')],
  ({ secrets = [] }) => [secrets.length],
);

export const namespacePrinter = simplePrinter<KubeObject & { readonly status?: { readonly phase?: string } }>(
  [column('Status', 'Active, or Terminating.')],
  ({ status }) => [status?.phase ?? ''],
);

/** The autoscaling/v1 Scale of a Deployment or ReplicaSet. */
export const scalePrinter = simplePrinter<
  KubeObject & { readonly spec?: { readonly replicas?: number }; readonly status?: { readonly replicas?: number } }
>(
  [
    column('Desired', 'How many replicas there should be.', { type: 'integer' }),
    column('Available', 'How many replicas there are.', { type: 'integer' }),
  ],
  ({ spec, status }) => [spec?.replicas ?? 0, status?.replicas ?? 0],
);

/** For kinds of Kubernetes that have no columns of their own, CustomResourceDefinitions among them. */
export const defaultPrinter: Printer = {
  columns: [nameColumn, column('Created At', 'When the object was created.', { type: 'date' })],
  cells: ({ metadata }) => [metadata.name ?? '', metadata.creationTimestamp ?? ''],
};
