import type { ResourceType } from '../../api';
import type { Selection } from '../cluster';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

function withQuery(path: string, query: Query): string {
  const parameters = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === '' || value === false ? [] : [`${key}=${encodeURIComponent(String(value))}`],
  );
  return parameters.length > 0 ? `${path}?${parameters.join('&')}` : path;
}

/** The path of a kind's objects: `/apis/apps/v1/namespaces/default/deployments`; of all namespaces if none is named. */
export function collectionPath(type: ResourceType, namespace: string | undefined, query: Query = {}): string {
  const api = type.group ? `/apis/${type.group}/${type.version}` : `/api/${type.version}`;
  const scope = type.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return withQuery(`${api}${scope}/${type.plural}`, query);
}

/** The path of one object, or of a part of it. */
export function objectPath(
  type: ResourceType,
  namespace: string | undefined,
  name: string,
  query: Query = {},
  subresource?: string,
): string {
  const part = subresource ? `/${subresource}` : '';
  return withQuery(`${collectionPath(type, namespace)}/${encodeURIComponent(name)}${part}`, query);
}

/** The selectors of a selection as parameters of a list or watch. */
export function selectors({ labelSelector, fieldSelector }: Selection): Query {
  return { labelSelector, fieldSelector };
}
