import type { KubeObject, ResourceType } from '../../api';
import { isJsonObject } from '../../base';
import { ClusterError, type ObjectList, type Selection } from '../cluster';
import { collectionPath, selectors } from './resource-path';
import type { RestClient } from './rest-client';
import type { ObjectReader } from './stored-object';

interface Page {
  readonly items: readonly unknown[];
  readonly resourceVersion: string;
  readonly continue: string;
}

function pageOf(value: unknown): Page {
  const { items, metadata } = isJsonObject(value) ? value : {};
  const { resourceVersion, continue: next } = isJsonObject(metadata) ? metadata : {};
  if (typeof resourceVersion !== 'string')
    throw new ClusterError('InternalError', 'the server answered a list with something else');
  return { items: Array.isArray(items) ? items : [], resourceVersion, continue: typeof next === 'string' ? next : '' };
}

/**
 * All objects of a selection as they were at one version, asked for page by page. If the server forgets that version on the way
 * (410), it begins anew, and then asks for everything at once.
 */
export async function pagedList<T extends KubeObject>(
  client: RestClient,
  type: ResourceType<T>,
  selection: Selection,
  pageSize: number,
  read: ObjectReader,
  signal?: AbortSignal,
): Promise<ObjectList<T>> {
  const page = async (limit: number | undefined, next: string | undefined) =>
    pageOf(
      await client.json(
        { method: 'GET', path: collectionPath(type, selection.namespace, { ...selectors(selection), limit, continue: next }) },
        signal,
      ),
    );
  const pages = async (limit: number | undefined): Promise<ObjectList<T>> => {
    let current = await page(limit, undefined);
    const { resourceVersion } = current;
    const items = [...current.items];
    while (current.continue !== '') {
      current = await page(limit, current.continue);
      for (const item of current.items) items.push(item);
    }
    return { items: items.map((item) => read(type, item)), resourceVersion };
  };
  try {
    return await pages(pageSize);
  } catch (error) {
    if (!ClusterError.is(error, 'Expired')) throw error;
    return pages(undefined);
  }
}
