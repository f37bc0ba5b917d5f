import type { KubeObject, Stored } from '../../api';
import { ClusterError, type DeleteOptions } from '../../kube';
import { listQuery } from './list-query';
import { checkMortal } from './namespace-lifecycle';
import { existing, representation } from './reads';
import { readObject } from './request-body';
import type { ResourceRequest } from './resource-request';
import { success } from './status';
import { deleteOptions } from './write-query';

/** A DELETE may have a body, which then must say what it is. */
async function optionsOf({ exchange, parts }: ResourceRequest): Promise<DeleteOptions> {
  const { 'content-length': length, 'transfer-encoding': encoding } = exchange.request.headers;
  const hasBody = encoding !== undefined || (length !== undefined && length !== '0');
  return deleteOptions(exchange.query, hasBody ? await readObject(exchange, parts.protobuf) : undefined);
}

/** Answers a DELETE of an object: with the object if something still holds it, else with a Success. */
export async function deleteObject(request: ResourceRequest): Promise<void> {
  const { exchange, resource, path } = request;
  const { type, cluster } = resource;
  const shown = representation(request);
  const options = await optionsOf(request);
  checkMortal(request);
  const before = await existing(request);
  const left = await cluster.delete(type, path.namespace, path.name!, options);
  // Who asks for everything to be gone first is told that it is not yet.
  if (left) return exchange.send(options.propagation === 'Foreground' ? 202 : 200, shown.object(left), shown.form);
  const { name, uid } = before.metadata;
  const done = success({ name, ...(type.group ? { group: type.group } : {}), kind: type.plural, uid });
  await exchange.send(200, done, { ...shown.form, format: 'json', contentType: 'application/json' });
}

/** Answers a DELETE of a collection with what was deleted. */
export async function deleteCollection(request: ResourceRequest): Promise<void> {
  const { exchange, resource, path } = request;
  const { type, cluster } = resource;
  const shown = representation(request);
  const { selection } = listQuery(exchange.query, path.namespace);
  const options = await optionsOf(request);
  const list = await cluster.list(type, selection);
  const deleted: Stored<KubeObject>[] = [];
  for (const object of list.items) {
    const { namespace, name, uid } = object.metadata;
    try {
      deleted.push((await cluster.delete(type, namespace, name, { ...options, uid })) ?? object);
    } catch (error) {
      // It went by itself, which is what was wanted.
      if (!ClusterError.is(error, 'NotFound') && !ClusterError.is(error, 'Conflict')) throw error;
    }
  }
  await exchange.send(200, shown.list({ items: deleted, resourceVersion: list.resourceVersion }), shown.form);
}
