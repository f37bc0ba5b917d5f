import type { KubeObject, PrinterColumn, ResourceType } from '../../../api';
import { timeSince } from './human-duration';
import { parseJsonPath } from './json-path';
import { ageColumn, type Cell, column, nameColumn, type Printer } from './table';

const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** A text as it is, anything else as JSON. */
const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Cells that do not have the type of their column stay empty. */
function cell(type: PrinterColumn['type'], value: unknown, now: number): Cell {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'string':
      return asText(value);
    case 'date':
      return typeof value === 'string' ? timeSince(value, now) : null;
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
  }
}

/** The printer of a kind that has a CustomResourceDefinition: its name and its printer columns; without any, its age. */
export function customPrinter(type: ResourceType): Printer {
  const declared = type.columns.length > 0 ? type.columns : [AGE];
  const values = declared.map(({ type, jsonPath }) => {
    const find = parseJsonPath(jsonPath);
    return (object: KubeObject, now: number): Cell => cell(type, find(object)[0], now);
  });
  return {
    columns: [
      nameColumn,
      ...declared.map((one) =>
        one === AGE
          ? { ...ageColumn, type: 'date' }
          : column(one.name, `The value at ${one.jsonPath}.`, { type: one.type, priority: one.priority ?? 0 }),
      ),
    ],
    cells: (object, now) => [object.metadata.name ?? '', ...values.map((value) => value(object, now))],
  };
}
