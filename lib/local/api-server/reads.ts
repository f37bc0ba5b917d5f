import type { KubeObject, Stored } from '../../api';
import { ClusterError, type ObjectList } from '../../kube';
import type { Accepted } from './accept';
import { type ListQuery, listQuery } from './list-query';
import { Representation } from './representation';
import type { ResourceRequest } from './resource-request';
import { scaleOf } from './scale';
import type { IncludeObject } from './table';

const FORMS: ReadonlySet<Accepted['as']> = new Set(['object', 'table', 'metadata']);
const OBJECT: ReadonlySet<Accepted['as']> = new Set(['object']);

/** In which form this request wants its objects. @throws ClusterError NotAcceptable or BadRequest */
export function representation({ exchange, resource, parts }: ResourceRequest): Representation {
  const { clock } = parts;
  const includeObject = includeObjectOf(exchange.query.get('includeObject'));
  return new Representation(exchange.accepts(FORMS), resource.type, { includeObject, now: () => clock.now() });
}

function includeObjectOf(value: string | null): IncludeObject {
  if (value === null || value === '') return 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  throw new ClusterError('BadRequest', `unrecognized includeObject value: ${JSON.stringify(value)}`);
}

export const notFound = ({ resource: { type }, path }: Pick<ResourceRequest, 'resource' | 'path'>): ClusterError =>
  new ClusterError('NotFound', `${type.group ? `${type.plural}.${type.group}` : type.plural} "${path.name}" not found`);

/** The object that the path names. @throws ClusterError NotFound */
export async function existing(request: Pick<ResourceRequest, 'resource' | 'path'>): Promise<Stored<KubeObject>> {
  const { resource, path } = request;
  const object = await resource.cluster.get(resource.type, path.namespace, path.name ?? '');
  if (!object) throw notFound(request);
  return object;
}

/** Answers a GET of an object, of its status or of its scale. */
export async function getObject(request: ResourceRequest): Promise<void> {
  const { exchange, path } = request;
  if (path.subresource === 'scale') {
    const form = exchange.accepts(OBJECT);
    return exchange.send(200, scaleOf(await existing(request)), form);
  }
  const shown = representation(request);
  return exchange.send(200, shown.object(await existing(request)), shown.form);
}

/** Answers a GET of a collection. */
export async function listObjects(request: ResourceRequest): Promise<void> {
  const { exchange, resource, path, parts } = request;
  const shown = representation(request);
  const query = listQuery(exchange.query, path.namespace);
  const scope = JSON.stringify([resource.type.group, resource.type.plural, query.selection]);
  if (query.continue) return exchange.send(200, shown.list(parts.pages.next(scope, query.continue, query.limit)), shown.form);
  const list = await resource.cluster.list(resource.type, query.selection);
  checkVersion(list, query);
  const { labelSelector, fieldSelector } = query.selection;
  const counted = labelSelector === undefined && fieldSelector === undefined;
  return exchange.send(200, shown.list(parts.pages.first(scope, list, query.limit, counted)), shown.form);
}

/** Only the present can be listed: an exact version of the past is gone, one that has not been reached is waited for in vain. */
function checkVersion({ resourceVersion: current }: ObjectList<KubeObject>, query: ListQuery): void {
  const { resourceVersion: wanted, resourceVersionMatch: match, limit } = query;
  if (wanted === undefined || wanted === '0') return;
  if (Number(wanted) > Number(current)) {
    throw new ClusterError('Timeout', `Too large resource version: ${wanted}, current: ${current}`, {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    });
  }
  const exact = match === 'Exact' || (match === undefined && limit !== undefined);
  if (exact && wanted !== current) throw new ClusterError('Expired', 'The resourceVersion for the provided list is too old.');
}
