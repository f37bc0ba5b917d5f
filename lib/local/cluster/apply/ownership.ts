import { isJsonObject } from '../../../base';
import { type FieldTree, fromFieldsV1, isNoField, toFieldsV1 } from './field-tree';

/** One entry of `metadata.managedFields`: which fields somebody owns. */
export interface Ownership {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  /** When the fields changed last, RFC 3339. */
  readonly time?: string;
  readonly fields: FieldTree;
}

/** Who owns which fields, by `ownershipKey`. */
export type Ownerships = ReadonlyMap<string, Ownership>;

/** Who writes: entries of one key are one owner. */
export function ownershipKey(owner: Pick<Ownership, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  const { manager, operation, apiVersion, subresource } = owner;
  return JSON.stringify([manager, operation, operation === 'Update' ? apiVersion : '', subresource]);
}

const decoded = new WeakMap<object, Ownerships>();

/** @throws TypeError for entries that cannot be understood */
export function decodeOwnerships(managedFields: readonly unknown[] | undefined): Ownerships {
  if (!managedFields) return new Map();
  let found = decoded.get(managedFields);
  if (!found) {
    found = new Map(managedFields.map(decodeEntry).map((entry) => [ownershipKey(entry), entry]));
    decoded.set(managedFields, found);
  }
  return found;
}

function decodeEntry(entry: unknown): Ownership {
  if (!isJsonObject(entry)) throw new TypeError('an entry of managedFields must be an object');
  const { manager = '', operation, apiVersion = '', subresource = '', time, fieldsType, fieldsV1 } = entry;
  if (operation !== 'Apply' && operation !== 'Update') throw new TypeError(`operation is ${JSON.stringify(operation)}`);
  if (fieldsType !== 'FieldsV1') throw new TypeError(`unsupported fieldsType ${JSON.stringify(fieldsType)}`);
  return {
    manager: String(manager),
    operation,
    apiVersion: String(apiVersion),
    subresource: String(subresource),
    ...(typeof time === 'string' ? { time } : {}),
    fields: fromFieldsV1(fieldsV1 ?? {}),
  };
}

const sortKey = ({ operation, time = '', manager, apiVersion, subresource }: Ownership): string =>
  JSON.stringify([operation, time, manager, apiVersion, subresource]);

/** As `metadata.managedFields` has it; undefined if nobody owns anything. */
export function encodeOwnerships(ownerships: Ownerships): readonly unknown[] | undefined {
  const entries = [...ownerships.values()].filter(({ fields }) => !isNoField(fields));
  if (entries.length === 0) return undefined;
  const sorted = entries.map((entry) => [sortKey(entry), entry] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, { manager, operation, apiVersion, subresource, time, fields }]) => ({
    manager,
    operation,
    apiVersion,
    ...(time ? { time } : {}),
    fieldsType: 'FieldsV1',
    fieldsV1: toFieldsV1(fields),
    ...(subresource ? { subresource } : {}),
  }));
}

/** Whether a client's managedFields ask to forget all owners: an empty list, or one empty entry. */
export function isReset(managedFields: readonly unknown[] | undefined): boolean {
  if (managedFields === undefined || managedFields.length > 1) return false;
  const [only] = managedFields;
  return managedFields.length === 0 || (isJsonObject(only) && Object.keys(only).length === 0);
}
