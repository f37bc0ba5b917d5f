import type { KubeObject, ResourceType, Stored } from '../../api';
import { typeKey } from '../../api';
import type { Change } from '../../kube';
import type { Index, Read } from '../reconciler';

/** Where a read is filed, so that a changed object leads to it in a few look-ups. */
function fileOf(read: Read): string {
  if ('name' in read) return `n/${read.namespace ?? ''}/${read.name}`;
  if ('index' in read) return `i/${read.index.name}/${read.value}`;
  const [first] = Object.entries(read.labels);
  return first ? `l/${read.namespace}/${first[0]}=${first[1]}` : `l/${read.namespace}`;
}

export function matchesLabels(object: Stored<KubeObject>, labels: Readonly<Record<string, string>>): boolean {
  const actual = object.metadata.labels;
  return Object.entries(labels).every(([key, value]) => actual?.[key] === value);
}

interface Filed<R> {
  readonly reader: R;
  readonly read: Read;
}

/** The readers of one kind: which ones care about a change. Costs a few look-ups per change, however many readers there are. */
class KindDependents<R> {
  readonly #files = new Map<string, Set<Filed<R>>>();
  readonly #indexes = new Map<string, { readonly index: Index; readers: number }>();

  add(filed: Filed<R>): void {
    const file = fileOf(filed.read);
    let readers = this.#files.get(file);
    if (!readers) {
      readers = new Set();
      this.#files.set(file, readers);
    }
    readers.add(filed);
    if (!('index' in filed.read)) return;
    const { index } = filed.read;
    const known = this.#indexes.get(index.name);
    if (known) known.readers++;
    else this.#indexes.set(index.name, { index, readers: 1 });
  }

  remove(filed: Filed<R>): void {
    const file = fileOf(filed.read);
    const readers = this.#files.get(file);
    readers?.delete(filed);
    if (readers?.size === 0) this.#files.delete(file);
    if (!('index' in filed.read)) return;
    const known = this.#indexes.get(filed.read.index.name);
    if (known && --known.readers === 0) this.#indexes.delete(filed.read.index.name);
  }

  collect(object: Stored<KubeObject>, into: Set<R>): void {
    const { namespace = '', name, labels } = object.metadata;
    this.#collectFile(`n/${namespace}/${name}`, undefined, into);
    this.#collectFile(`l/${namespace}`, object, into);
    for (const key in labels) this.#collectFile(`l/${namespace}/${key}=${labels[key]}`, object, into);
    for (const { index } of this.#indexes.values()) {
      for (const value of index.values(object)) this.#collectFile(`i/${index.name}/${value}`, undefined, into);
    }
  }

  #collectFile(file: string, object: Stored<KubeObject> | undefined, into: Set<R>): void {
    for (const { reader, read } of this.#files.get(file) ?? []) {
      if (!object || !('labels' in read) || matchesLabels(object, read.labels)) into.add(reader);
    }
  }
}

/** Who looks at what: the reverse of `reads`. */
export class Dependents<R> {
  readonly #kinds = new Map<string, KindDependents<R>>();
  readonly #byReader = new Map<R, { readonly digest: string; readonly filed: readonly Filed<R>[] }>();

  /** Replaces what a reader looks at. */
  set(reader: R, reads: readonly Read[]): void {
    const digest = reads.map((read) => `${read.type.kind}.${read.type.group}/${digestOfRead(read)}`).join('\n');
    const before = this.#byReader.get(reader);
    if (before?.digest === digest) return;
    this.#unfile(before?.filed);
    const filed = reads.map((read) => ({ reader, read }));
    for (const item of filed) this.#kind(item.read.type).add(item);
    this.#byReader.set(reader, { digest, filed });
  }

  delete(reader: R): void {
    this.#unfile(this.#byReader.get(reader)?.filed);
    this.#byReader.delete(reader);
  }

  /** Everyone who looked at the object as it was, or would look at it as it is. */
  of(type: ResourceType, change: Change<KubeObject>): Set<R> {
    const found = new Set<R>();
    const kind = this.#kinds.get(typeKey(type));
    if (!kind) return found;
    if (change.previous) kind.collect(change.previous, found);
    if (change.next) kind.collect(change.next, found);
    return found;
  }

  #unfile(filed: readonly Filed<R>[] | undefined): void {
    for (const item of filed ?? []) this.#kind(item.read.type).remove(item);
  }

  #kind(type: ResourceType): KindDependents<R> {
    const key = typeKey(type);
    let kind = this.#kinds.get(key);
    if (!kind) {
      kind = new KindDependents();
      this.#kinds.set(key, kind);
    }
    return kind;
  }
}

function digestOfRead(read: Read): string {
  return 'labels' in read ? `${read.namespace}?${JSON.stringify(read.labels)}` : fileOf(read);
}
