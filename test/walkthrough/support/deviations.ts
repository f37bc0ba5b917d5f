/** One value that differs from what the walkthrough saw on its cluster. */
export interface Deviation {
  /** The step of the walkthrough. */
  readonly step: string;
  /** Where in its output: a cell of a table, or a field of an object. */
  readonly path: string;
  /** What the walkthrough saw; undefined: nothing. */
  readonly there?: unknown;
  /** What is seen here; undefined: nothing. */
  readonly here?: unknown;
}

/** Every leaf of a value by its path. Lists and objects in it that are empty are leaves. */
function leaves(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  const entries = Object.entries(value);
  if (entries.length === 0) return path === '' ? [] : [[path, value]];
  const isList = Array.isArray(value);
  return entries.flatMap(([key, child]) => {
    const step = isList ? `[${key}]` : /^[\w-]+$/.test(key) ? `${path === '' ? '' : '.'}${key}` : `["${key}"]`;
    return leaves(child, path + step);
  });
}

/** All values that differ, in the order of their paths. */
export function deviations(step: string, there: unknown, here: unknown): Deviation[] {
  const left = new Map(leaves(there));
  const right = new Map(leaves(here));
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((path) => JSON.stringify(left.get(path)) !== JSON.stringify(right.get(path)))
    .sort()
    .map((path) => ({
      ...{ step, path },
      ...(left.has(path) ? { there: left.get(path) } : {}),
      ...(right.has(path) ? { here: right.get(path) } : {}),
    }));
}
