import type { LabelSelector } from '../../../api';

const byKey = <T>([a]: readonly [string, T], [b]: readonly [string, T]): number => (a < b ? -1 : a > b ? 1 : 0);

/** Labels as `a=1,b=2`, by key; `<none>` without any. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).sort(byKey);
  return pairs.length === 0 ? '<none>' : pairs.map(([key, value]) => `${key}=${value}`).join(',');
}

const OPERATORS = {
  In: (key: string, values: string) => `${key} in (${values})`,
  NotIn: (key: string, values: string) => `${key} notin (${values})`,
  Exists: (key: string) => key,
  DoesNotExist: (key: string) => `!${key}`,
};

/** A structured selector in the syntax of `kubectl -l`, by key; empty if it selects everything. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const equal = Object.entries(matchLabels).map(([key, value]) => [key, `${key}=${value}`] as const);
  const others = matchExpressions.map(
    ({ key, operator, values = [] }) => [key, OPERATORS[operator](key, [...values].sort().join(','))] as const,
  );
  return [...equal, ...others]
    .sort(byKey)
    .map(([, text]) => text)
    .join(',');
}
