import { resolve } from './definitions';
import type { Schema } from './schema';

/** Number of letters to insert, drop, change or swap with a neighbour to get from `a` to `b`. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = best;
    }
  }
  return rows[a.length]![b.length]!;
}

/** The known name that was probably meant, if one is near enough. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const sameLetters = known.find((candidate) => candidate.toLowerCase() === name.toLowerCase().replace(/[-_]/g, ''));
  if (sameLetters) return sameLetters;
  const limit = name.length < 5 ? 1 : 2;
  const ranked = known.map((candidate) => [distance(name, candidate), candidate] as const).sort(([a], [b]) => a - b);
  return ranked[0] && ranked[0][0] <= limit ? ranked[0][1] : undefined;
}

const isAllowed = (schema: Schema): boolean => schema['x-knc-forbidden'] === undefined;

/** Names of the fields of an object that may be set. */
export function fieldNames(schema: Schema): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => (isAllowed(field) ? [name] : []));
}

/** Paths of all fields with this name in the spec of a kind, shortest first: where a misplaced field belongs. */
export function findField(root: Schema, name: string): string | undefined {
  let level: readonly (readonly [string, Schema])[] = [['spec', root.properties?.spec ?? {}]];
  for (let depth = 0; depth < 8 && level.length > 0; depth++) {
    const next: (readonly [string, Schema])[] = [];
    for (const [path, schema] of level) {
      const { properties = {}, items } = resolve(schema);
      for (const [key, field] of Object.entries(properties)) {
        if (key === 'metadata' || !isAllowed(field)) continue;
        if (key === name) return `${path}.${key}`;
        next.push([`${path}.${key}`, field]);
      }
      if (items) next.push([`${path}[*]`, items]);
    }
    level = next;
  }
  return undefined;
}
