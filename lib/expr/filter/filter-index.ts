import type { Attributes } from '../cesql';
import { type Anchor, anchorSets } from './anchors';
import { comparable, compileFilters, type FilterEvent, type FilterSpec, type Verdict } from './filter';

interface Entry<T> {
  readonly item: T;
  readonly verdict: (event: FilterEvent) => Verdict;
  readonly anchors: readonly Anchor[] | undefined;
}

type Bucket<T> = Set<Entry<T>>;

/** Entries by the text that an attribute must have, begin with or end with. */
interface AttributeIndex<T> {
  readonly exact: Map<string, Bucket<T>>;
  /** By length, so that an event is asked once for each length that occurs. */
  readonly prefix: Map<number, Map<string, Bucket<T>>>;
  readonly suffix: Map<number, Map<string, Bucket<T>>>;
}

/** What an item's filters say of an event: told of matches, and of faults even where there is no match. */
export interface Match<T> extends Verdict {
  readonly item: T;
}

/**
 * Finds those of many filters that match an event. Filters with exact, prefix or suffix conditions, also within `all` and `any`,
 * are found by one of these conditions; only filters of `not` and expressions alone are tried one by one.
 */
export class FilterIndex<T> {
  readonly #entries = new Map<T, Entry<T>>();
  readonly #attributes = new Map<string, AttributeIndex<T>>();
  readonly #everywhere: Bucket<T> = new Set();

  get size(): number {
    return this.#entries.size;
  }

  /** Adds an item with its filters, all of which must match; replaces those that it had. */
  set(item: T, specs: readonly FilterSpec[]): void {
    this.delete(item);
    const entry: Entry<T> = { item, verdict: compileFilters(specs), anchors: this.#emptiest(anchorSets(specs)) };
    this.#entries.set(item, entry);
    if (!entry.anchors) this.#everywhere.add(entry);
    for (const anchor of entry.anchors ?? []) this.#bucket(anchor).add(entry);
  }

  delete(item: T): void {
    const entry = this.#entries.get(item);
    if (!entry) return;
    this.#entries.delete(item);
    this.#everywhere.delete(entry);
    for (const anchor of entry.anchors ?? []) this.#remove(anchor, entry);
  }

  /** The items that match, and those that failed, in no particular order, each once. */
  match(event: FilterEvent): Match<T>[] {
    const matches: Match<T>[] = [];
    const ask = ({ item, verdict: of }: Entry<T>) => {
      const verdict = of(event);
      if (verdict.matches || verdict.faults.length > 0) matches.push({ item, ...verdict });
    };
    for (const entry of this.#everywhere) ask(entry);
    for (const entry of this.#candidates(event.attributes)) ask(entry);
    return matches;
  }

  /** Entries of which a condition holds. */
  #candidates(attributes: Attributes): Iterable<Entry<T>> {
    const found = new Set<Entry<T>>();
    const add = (bucket: Bucket<T> | undefined) => {
      if (bucket) for (const entry of bucket) found.add(entry);
    };
    for (const [name, { exact, prefix, suffix }] of this.#attributes) {
      const value = comparable(attributes, name);
      if (value === undefined) continue;
      add(exact.get(value));
      for (const [length, texts] of prefix) if (length <= value.length) add(texts.get(value.slice(0, length)));
      for (const [length, texts] of suffix) if (length <= value.length) add(texts.get(value.slice(value.length - length)));
    }
    return found;
  }

  /** The set whose buckets hold the fewest others: conditions that many share tell little. */
  #emptiest(sets: readonly (readonly Anchor[])[]): readonly Anchor[] | undefined {
    let best: { readonly anchors: readonly Anchor[]; readonly others: number } | undefined;
    for (const anchors of sets) {
      const others = anchors.reduce((sum, anchor) => sum + (this.#find(anchor)?.size ?? 0), 0);
      if (!best || others < best.others) best = { anchors, others };
    }
    return best?.anchors;
  }

  #find({ dialect, attribute, text }: Anchor): Bucket<T> | undefined {
    const index = this.#attributes.get(attribute);
    return dialect === 'exact' ? index?.exact.get(text) : index?.[dialect].get(text.length)?.get(text);
  }

  #bucket({ dialect, attribute, text }: Anchor): Bucket<T> {
    const index = obtain(this.#attributes, attribute, () => ({ exact: new Map(), prefix: new Map(), suffix: new Map() }));
    const texts = dialect === 'exact' ? index.exact : obtain(index[dialect], text.length, () => new Map<string, Bucket<T>>());
    return obtain(texts, text, () => new Set());
  }

  #remove(anchor: Anchor, entry: Entry<T>): void {
    const bucket = this.#find(anchor);
    bucket?.delete(entry);
    if (bucket?.size !== 0) return;
    const { dialect, attribute, text } = anchor;
    const index = this.#attributes.get(attribute)!;
    if (dialect === 'exact') index.exact.delete(text);
    else {
      const texts = index[dialect].get(text.length)!;
      texts.delete(text);
      if (texts.size === 0) index[dialect].delete(text.length);
    }
    if (index.exact.size + index.prefix.size + index.suffix.size === 0) this.#attributes.delete(attribute);
  }
}

function obtain<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}
