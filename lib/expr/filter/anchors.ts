import type { FilterSpec } from './filter';

/** A condition on one attribute that every event must meet for a filter to match. */
export interface Anchor {
  readonly dialect: 'exact' | 'prefix' | 'suffix';
  readonly attribute: string;
  readonly text: string;
}

/**
 * Sets of anchors by which a filter can be found: of each set, an event must meet at least one. Any one of the sets will do.
 * None: the filter has to be tried for every event.
 */
export function anchorSets(specs: readonly FilterSpec[]): readonly (readonly Anchor[])[] {
  return specs.flatMap(setsOf);
}

function setsOf(spec: FilterSpec): readonly (readonly Anchor[])[] {
  for (const dialect of ['exact', 'prefix', 'suffix'] as const) {
    const wanted = spec[dialect];
    if (wanted) return Object.entries(wanted).map(([attribute, text]) => [{ dialect, attribute, text }]);
  }
  if (spec.all) return anchorSets(spec.all);
  if (spec.any) return anyOf(spec.any);
  return [];
}

/** Each branch gives one of its sets; a branch that has none makes all of it unfindable. */
function anyOf(branches: readonly FilterSpec[]): readonly (readonly Anchor[])[] {
  const chosen: Anchor[] = [];
  for (const branch of branches) {
    const [smallest] = [...setsOf(branch)].sort((a, b) => a.length - b.length);
    if (!smallest) return [];
    chosen.push(...smallest);
  }
  return [chosen];
}
