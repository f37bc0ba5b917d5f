import type { KubeObject } from '../../../api';
import { isJsonObject, type JsonObject } from '../../../base';
import type { ObjectSchema } from '../../schemas';
import { type Comparison, compared } from './comparison';
import { applyConflict, type FieldConflict } from './conflicts';
import { fieldSetOf, withNamedFields } from './field-set';
import {
  difference,
  type FieldTree,
  fieldTree,
  filtered,
  intersection,
  isNoField,
  NO_FIELDS,
  ONE_FIELD,
  paths,
  sameFields,
  union,
} from './field-tree';
import { merged, withoutFields } from './merged';
import { type Ownership, type Ownerships, ownershipKey } from './ownership';

/** Who writes, how and when. */
export interface Writer {
  readonly manager: string;
  readonly apiVersion: string;
  /** The part that is written, `status` or `scale`; empty for the object itself. */
  readonly subresource: string;
  /** RFC 3339. */
  readonly time: string;
}

/** The most entries of writers that a list of owners keeps; the oldest of more become one. */
const MAX_UPDATERS = 10;
const ANCIENT = 'ancient-changes';
/** Owner of what was there before anybody's fields were tracked. */
const BEFORE = 'before-first-apply';

/** Fields of the server's own that nobody owns. */
const SERVER_FIELDS: FieldTree = fieldTree(false, [
  ['f:apiVersion', ONE_FIELD],
  ['f:kind', ONE_FIELD],
  [
    'f:metadata',
    fieldTree(
      true,
      ['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'generation', 'managedFields', 'resourceVersion'].map(
        (field) => [`f:${field}`, ONE_FIELD],
      ),
    ),
  ],
]);

/** Leaves the fields that a write through `subresource` can set. */
const writable = (subresource: string, hasStatus: boolean, tree: FieldTree): FieldTree => {
  if (subresource === 'status') return filtered(tree, (step) => step === 'f:status');
  return hasStatus ? filtered(tree, (step) => step !== 'f:status') : tree;
};

const ownedBy = (writer: Writer, operation: Ownership['operation'], fields: FieldTree): Ownership => ({
  ...writer,
  operation,
  fields,
});

/** The object as far as ownership is concerned. */
const content = ({ metadata: { managedFields: _, ...metadata }, ...rest }: KubeObject): JsonObject => ({ ...rest, metadata });

/** What one kind says about the ownership of its fields; pure functions of objects and owners. */
export class FieldOwners {
  /** @param hasStatus whether the status of the kind is written by itself */
  constructor(
    private readonly schema: ObjectSchema | undefined,
    private readonly hasStatus: boolean,
  ) {}

  /** The owners after `writer` has made `next` of `before` (undefined: there was nothing). */
  updated(before: KubeObject | undefined, next: KubeObject, owners: Ownerships, writer: Writer): Ownerships {
    const changes = this.#compared(before, next, writer.subresource);
    const written = difference(union(changes.added, changes.modified), SERVER_FIELDS);
    const touched = union(written, changes.removed);
    if (isNoField(touched)) return owners;
    const kept = new Map<string, Ownership>();
    const own = ownershipKey(ownedBy(writer, 'Update', NO_FIELDS));
    for (const [key, owner] of owners) {
      const fields = difference(owner.fields, key === own ? changes.removed : touched);
      if (!isNoField(fields)) kept.set(key, fields === owner.fields ? owner : { ...owner, fields });
    }
    if (!isNoField(written)) kept.set(own, ownedBy(writer, 'Update', union(kept.get(own)?.fields ?? NO_FIELDS, written)));
    return capped(kept);
  }

  /**
   * What an applied configuration makes of an object and its owners: what it says is set, what it said the last time and no longer
   * says is removed, unless somebody else owns it.
   *
   * @param live undefined: there is no object yet
   * @param force take fields from their owners instead of refusing
   * @throws ClusterError Conflict, naming every field that others own and that would change
   */
  applied(
    live: KubeObject | undefined,
    config: KubeObject,
    known: Ownerships,
    writer: Writer,
    force: boolean,
  ): { readonly object: KubeObject; readonly owners: Ownerships } {
    const owners =
      live && known.size === 0 ? this.updated(undefined, live, known, { ...writer, manager: BEFORE, subresource: '' }) : known;
    const own = ownershipKey(ownedBy(writer, 'Apply', NO_FIELDS));
    const last = owners.get(own);
    const wanted = writable(writer.subresource, this.hasStatus, fieldSetOf(content(config), this.schema));
    const combined = live ? (merged(content(live), content(config), this.schema) as KubeObject) : config;
    const object = last ? this.#pruned(combined, last.fields, [...others(owners, own), wanted]) : combined;
    const changes = live
      ? this.#compared(live, object, writer.subresource)
      : this.#compared(undefined, object, writer.subresource);
    const touched = union(changes.added, changes.modified);
    const conflicts = [...owners].flatMap(([key, owner]) =>
      key === own ? [] : [...paths(intersection(owner.fields, touched))].map((path): FieldConflict => ({ owner, path })),
    );
    const disputed = force || !live ? [] : withoutLastApplied(conflicts, live, writer, this.schema);
    if (disputed.length > 0) throw applyConflict(disputed);
    const lost = union(touched, changes.removed);
    const after = new Map<string, Ownership>();
    for (const [key, owner] of owners) {
      if (key !== own) after.set(key, { ...owner, fields: difference(owner.fields, lost) });
    }
    const fields = difference(wanted, SERVER_FIELDS);
    const same = last !== undefined && isNoField(lost) && sameFields(last.fields, fields);
    after.set(own, same ? last : ownedBy(writer, 'Apply', fields));
    return { object, owners: new Map([...after].filter(([, owner]) => !isNoField(owner.fields))) };
  }

  #compared(before: KubeObject | undefined, next: KubeObject, subresource: string): Comparison {
    const { added, removed, modified } = compared(before && content(before), content(next), this.schema);
    const part = (tree: FieldTree) => writable(subresource, this.hasStatus, tree);
    // The whole object is nobody's field.
    return { added: { ...part(added), own: false }, removed: { ...part(removed), own: false }, modified: part(modified) };
  }

  /** The object without what stood in `last` and is in none of `kept`. */
  #pruned(object: KubeObject, last: FieldTree, kept: readonly FieldTree[]): KubeObject {
    const owned = withNamedFields(kept.reduce(union, NO_FIELDS), this.schema);
    const abandoned = difference(withNamedFields(last, this.schema), owned);
    return withoutFields(object, abandoned, this.schema) as KubeObject;
  }
}

const others = (owners: Ownerships, own: string): FieldTree[] =>
  [...owners].filter(([key]) => key !== own).map(([, { fields }]) => fields);

/** Where `kubectl apply` without --server-side keeps what it applied. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * `kubectl apply --server-side` on an object that `kubectl apply` keeps takes over what that last applied, as far as it is still so:
 * no conflicts for the same person's fields.
 */
function withoutLastApplied(
  conflicts: readonly FieldConflict[],
  live: KubeObject,
  writer: Writer,
  schema: ObjectSchema | undefined,
): readonly FieldConflict[] {
  const text = live.metadata.annotations?.[LAST_APPLIED];
  if (conflicts.length === 0 || writer.manager !== 'kubectl' || !text) return conflicts;
  const configuration = parsed(text);
  if (configuration?.apiVersion !== live.apiVersion) return conflicts;
  const { added, removed, modified } = compared(configuration, content(live), schema);
  const unchanged = [added, removed, modified].reduce(difference, fieldSetOf(configuration, schema));
  return conflicts.filter(({ path }) => !owns(unchanged, path));
}

function owns(tree: FieldTree, path: readonly string[]): boolean {
  return path.reduce<FieldTree | undefined>((at, step) => at?.children.get(step), tree)?.own === true;
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** With too many writers, the oldest are one. */
function capped(owners: Ownerships): Ownerships {
  const updaters = [...owners].filter(([, { operation, subresource }]) => operation === 'Update' && subresource === '');
  if (updaters.length <= MAX_UPDATERS) return owners;
  const oldest = updaters
    .sort(([, a], [, b]) => ((a.time ?? '') < (b.time ?? '') ? -1 : 1))
    .slice(0, updaters.length - MAX_UPDATERS + 1);
  const result = new Map(owners);
  for (const [key, owner] of oldest) {
    const ancient = { ...owner, manager: ANCIENT };
    const at = ownershipKey(ancient);
    result.delete(key);
    result.set(at, { ...ancient, fields: union(result.get(at)?.fields ?? NO_FIELDS, owner.fields) });
  }
  return result;
}
