import type { PrinterColumn } from './resource-type';

/** A column that shows a field of the status as text. */
export const statusColumn = (name: string, field: string, type: PrinterColumn['type'] = 'string'): PrinterColumn => ({
  name,
  type,
  jsonPath: `.status.${field}`,
});

/** The columns that every kind ends with. */
export const readyColumns: readonly PrinterColumn[] = ['status', 'reason'].map((field) => ({
  name: field === 'status' ? 'Ready' : 'Reason',
  type: 'string',
  jsonPath: `.status.conditions[?(@.type=='Ready')].${field}`,
}));
