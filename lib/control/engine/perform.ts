import { keyOf, type ResourceType, typeKey } from '../../api';
import { errorMessage } from '../../base';
import { type Cluster, ClusterError } from '../../kube';
import type { Expectation } from './expectations';
import type { Operation } from './operation';

/** What a write has written, and what the cache will show once it has seen it. */
export interface Performed {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly expectation: Expectation;
}

/** The cluster refused a write. */
export class OperationError extends Error {
  constructor(
    readonly operation: Operation,
    /** What the cluster said. */
    readonly reason: string,
    cause: unknown,
  ) {
    super(`failed to ${operation.verb} ${describe(operation)}: ${reason}`, { cause });
    this.name = 'OperationError';
  }

  /** Whether it is this object that was refused. */
  concerns(type: ResourceType, namespace: string | undefined, name: string): boolean {
    const target = targetOf(this.operation);
    return typeKey(type) === typeKey(target.type) && target.namespace === namespace && target.name === name;
  }
}

interface Target {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string;
}

function targetOf(operation: Operation): Target {
  if (operation.verb === 'patch') return operation.patch;
  return { type: operation.type, namespace: operation.object.metadata.namespace, name: operation.object.metadata.name ?? '' };
}

function describe(operation: Operation): string {
  const { type, namespace, name } = targetOf(operation);
  return `${type.kind} ${JSON.stringify(keyOf({ metadata: { namespace, name } }))}`;
}

/** True if a write was refused because the cache lags behind: the object is newer, exists already or is gone. */
export function isStale(error: unknown): boolean {
  if (ClusterError.is(error, 'Conflict')) return true;
  if (!(error instanceof OperationError)) return ClusterError.is(error, 'NotFound');
  const { verb } = error.operation;
  if (ClusterError.is(error.cause, 'Conflict')) return true;
  return verb === 'create' ? ClusterError.is(error.cause, 'AlreadyExists') : ClusterError.is(error.cause, 'NotFound');
}

/** Carries out one write. Returns undefined if there is nothing left to delete or patch. */
export async function perform(cluster: Cluster, operation: Operation): Promise<Performed | undefined> {
  const target = targetOf(operation);
  try {
    const expectation = await write(cluster, operation);
    return { type: target.type, namespace: target.namespace, name: target.name, expectation };
  } catch (error) {
    const gone = ClusterError.is(error, 'NotFound') && (operation.verb === 'delete' || operation.verb === 'patch');
    if (gone) return undefined;
    throw new OperationError(operation, errorMessage(error), error);
  }
}

async function write(cluster: Cluster, operation: Operation): Promise<Expectation> {
  switch (operation.verb) {
    case 'create':
      return versionOf(await cluster.create(operation.type, operation.object));
    case 'update':
      return versionOf(await cluster.update(operation.type, operation.object));
    case 'delete': {
      const { uid, namespace, name } = operation.object.metadata;
      await cluster.delete(operation.type, namespace, name, { uid });
      return { gone: uid };
    }
    case 'patch': {
      const { type, namespace, name, patch, subresource, resourceVersion, urgent } = operation.patch;
      const [kind, body] = 'merge' in patch ? (['merge', patch.merge] as const) : (['json', patch.json] as const);
      return versionOf(await cluster.patch(type, namespace, name, kind, body, { subresource, resourceVersion, urgent }));
    }
  }
}

function versionOf(object: { readonly metadata: { readonly resourceVersion: string } }): Expectation {
  return { version: object.metadata.resourceVersion };
}
