import { readyColumns, statusColumn } from '../columns';
import type { PrinterColumn } from '../resource-type';

/** How old an object is. */
export const ageColumn: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** The columns of what has an address. */
export const addressColumns: readonly PrinterColumn[] = [statusColumn('URL', 'address.url'), ageColumn, ...readyColumns];

/** The columns of what sends events. */
export const sourceColumns = (...own: readonly PrinterColumn[]): readonly PrinterColumn[] => [
  statusColumn('Sink', 'sinkUri'),
  ...own,
  ageColumn,
  ...readyColumns,
];
