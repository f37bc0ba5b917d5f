import { isJsonObject, jsonEqual } from '../../../base';

/**
 * The items of a merged list in order: those that the patch names as `wanted` has them, the others as `server` had them, and
 * between the two groups as `server` had them too.
 *
 * @param key what tells items apart; the items themselves if it is empty
 */
export function inServerOrder(
  items: readonly unknown[],
  wanted: readonly unknown[],
  server: readonly unknown[],
  key: string,
): readonly unknown[] {
  const identity = (item: unknown): unknown => (key !== '' && isJsonObject(item) ? item[key] : item);
  const placeIn = (list: readonly unknown[]) => {
    const identities = list.map(identity);
    return (item: unknown): number => {
      const own = identity(item);
      return identities.findIndex((one) => jsonEqual(one, own));
    };
  };
  const [inPatch, onServer] = [placeIn(wanted), placeIn(server)];
  const sorted = (list: readonly unknown[], place: (item: unknown) => number) =>
    list
      .map((item) => ({ item, at: place(item) }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  const patched = sorted(
    items.filter((item) => inPatch(item) >= 0),
    inPatch,
  );
  const others = sorted(
    items.filter((item) => inPatch(item) < 0),
    onServer,
  );
  const result: unknown[] = [];
  let next = 0;
  for (const item of patched) {
    const place = onServer(item);
    while (next < others.length && place >= 0 && onServer(others[next]) >= 0 && onServer(others[next]) < place)
      result.push(others[next++]);
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}
