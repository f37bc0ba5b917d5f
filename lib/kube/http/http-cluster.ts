import type { KubeObject, ResourceType, Stored } from '../../api';
import { isJsonObject, type JsonObject, type Log, noLog } from '../../base';
import {
  type Cluster,
  ClusterError,
  type DeleteOptions,
  type ObjectList,
  type PatchOptions,
  type PatchType,
  type Selection,
  type Watch,
  type WatchEvent,
  type WatchOptions,
  type WriteOptions,
} from '../cluster';
import { API_VERSION, type ApiResourceList, watchedKinds } from './api-resource-list';
import type { HttpRequest } from './http-transport';
import { HttpWatch, type WatchTimes } from './http-watch';
import { LineSplitter } from './line-splitter';
import { pagedList } from './paged-list';
import { collectionPath, objectPath, type Query } from './resource-path';
import { RestClient, type RestClientOptions } from './rest-client';
import { errorOfResponse, isMissingObject } from './status-error';
import { type ObjectReader, objectWithoutOwners, storedObject } from './stored-object';

export interface HttpClusterOptions extends RestClientOptions {
  readonly log?: Log;
  /** How many objects a list asks for at once. @default 500 */
  readonly pageSize?: number;
  readonly watch?: WatchTimes;
  /** Leave `metadata.managedFields` out of what comes: for whoever keeps copies and does not look at them. @default false */
  readonly forgetManagedFields?: boolean;
}

const PAGE_SIZE = 500;
const JSON_TYPE = 'application/json';
const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/**
 * A Kubernetes API server over HTTP. A read whose connection breaks is repeated, a write never is: then nobody knows whether it
 * was carried out, and the error says Unavailable. A watch goes on by itself after every failure; see `HttpWatch`.
 */
export class HttpCluster implements Cluster {
  readonly #client: RestClient;
  readonly #read: ObjectReader;

  constructor(private readonly options: HttpClusterOptions) {
    this.#client = new RestClient(options);
    this.#read = options.forgetManagedFields ? objectWithoutOwners : storedObject;
  }

  /** Cuts all connections; watches that still run do not end by this: stop them first. */
  close(): Promise<void> {
    return this.#client.close();
  }

  async get<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
  ): Promise<Stored<T> | undefined> {
    try {
      return this.#read(type, await this.#client.json({ method: 'GET', path: objectPath(type, namespace, name) }));
    } catch (error) {
      if (isMissingObject(error, name)) return undefined;
      throw error;
    }
  }

  /** What the server says at a path that is no object's, or undefined if it has no such path. */
  async document(path: string): Promise<unknown> {
    try {
      return await this.#client.json({ method: 'GET', path });
    } catch (error) {
      if (ClusterError.is(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  async kinds(apiVersion: string): Promise<readonly ResourceType[]> {
    if (!API_VERSION.test(apiVersion)) return [];
    const list = (await this.document(`/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`)) as
      | ApiResourceList
      | undefined;
    return watchedKinds(apiVersion, list);
  }

  /** What the server answers to a document that is posted to a path that is no object's. @throws ClusterError */
  post(path: string, document: unknown, { question }: Pick<WriteOptions, 'question'> = {}): Promise<unknown> {
    return this.#client.json({ method: 'POST', path, body: JSON.stringify(document), contentType: JSON_TYPE, question });
  }

  /** Lines of JSON that the server sends at a path that is no object's, as they come. Ends with them, or once the signal aborts. */
  async *lines(path: string, signal: AbortSignal): AsyncIterable<unknown> {
    const response = await this.#client.transport.send({ method: 'GET', path }, signal);
    if (response.statusCode !== 200) throw errorOfResponse(response.statusCode, await response.body.text());
    const splitter = new LineSplitter();
    try {
      for await (const chunk of response.body) for (const line of splitter.push(chunk as Buffer)) yield JSON.parse(line);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  list<T extends KubeObject>(type: ResourceType<T>, selection: Selection = {}): Promise<ObjectList<T>> {
    return this.#list(type, selection);
  }

  watch<T extends KubeObject>(type: ResourceType<T>, options: WatchOptions, onEvent: (event: WatchEvent<T>) => void): Watch {
    const { clock, random, log = noLog, watch: times } = this.options;
    const deps = { transport: this.#client.transport, clock, random, log, read: this.#read, ...(times ? { times } : {}) };
    return new HttpWatch(deps, type, options, (signal) => this.#list(type, options, signal), onEvent);
  }

  create<T extends KubeObject>(type: ResourceType<T>, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    const path = collectionPath(type, object.metadata.namespace, writeQuery(options));
    const { guard, urgent, question } = options;
    const body = JSON.stringify(object);
    return this.#write(type, { method: 'POST', path, body, contentType: JSON_TYPE, guard, urgent, question });
  }

  update<T extends KubeObject>(type: ResourceType<T>, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    return this.#put(type, object, options);
  }

  updateStatus<T extends KubeObject>(type: ResourceType<T>, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    return this.#put(type, object, options, 'status');
  }

  async patch<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
    patchType: PatchType,
    patch: unknown,
    options: PatchOptions = {},
  ): Promise<Stored<T>> {
    const { subresource, resourceVersion, force, guard, urgent } = options;
    const query = { ...writeQuery(options), force: patchType === 'apply' ? force : undefined };
    const request: HttpRequest = {
      method: 'PATCH',
      path: objectPath(type, namespace, name, query, subresource),
      body: JSON.stringify(withVersion(patchType, patch, resourceVersion)),
      contentType: PATCH_TYPES[patchType],
      ...{ guard, urgent },
    };
    if (subresource !== 'scale') return this.#write(type, request);
    const { metadata, spec } = (await this.#client.json(request)) as { metadata: unknown; spec?: { replicas?: number } };
    return this.#read(type, { metadata, spec: { replicas: spec?.replicas ?? 0 } });
  }

  async delete<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
  ): Promise<Stored<T> | undefined> {
    const { uid, resourceVersion, dryRun, propagation, gracePeriodSeconds, guard } = options;
    const body = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: propagation ?? 'Background',
      ...(uid === undefined && resourceVersion === undefined ? {} : { preconditions: { uid, resourceVersion } }),
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      ...(dryRun ? { dryRun: ['All'] } : {}),
    };
    const path = objectPath(type, namespace, name);
    const answer = await this.#client.json({ method: 'DELETE', path, body: JSON.stringify(body), contentType: JSON_TYPE, guard });
    return isHeld(answer) ? this.#read(type, answer) : undefined;
  }

  #list<T extends KubeObject>(type: ResourceType<T>, selection: Selection, signal?: AbortSignal): Promise<ObjectList<T>> {
    return pagedList(this.#client, type, selection, this.options.pageSize ?? PAGE_SIZE, this.#read, signal);
  }

  #put<T extends KubeObject>(type: ResourceType<T>, object: T, options: WriteOptions, subresource?: string): Promise<Stored<T>> {
    const { namespace, name } = object.metadata;
    if (!name) throw new ClusterError('BadRequest', 'name is required');
    const path = objectPath(type, namespace, name, writeQuery(options), subresource);
    const { guard, urgent } = options;
    return this.#write(type, { method: 'PUT', path, body: JSON.stringify(object), contentType: JSON_TYPE, guard, urgent });
  }

  async #write<T extends KubeObject>(type: ResourceType<T>, request: HttpRequest): Promise<Stored<T>> {
    return this.#read(type, await this.#client.json(request));
  }
}

const writeQuery = ({ dryRun, fieldManager }: WriteOptions): Query => ({ dryRun: dryRun ? 'All' : undefined, fieldManager });

/** The patch such that the server refuses it with Conflict unless the object still has this version. */
function withVersion(patchType: PatchType, patch: unknown, resourceVersion: string | undefined): unknown {
  if (resourceVersion === undefined) return patch;
  if (patchType === 'json' && Array.isArray(patch)) {
    return [{ op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion }, ...(patch as unknown[])];
  }
  const { metadata, ...rest } = (isJsonObject(patch) ? patch : {}) as JsonObject;
  return { ...rest, metadata: { ...(isJsonObject(metadata) ? metadata : {}), resourceVersion } };
}

/** An object that was deleted but stays for now: finalizers or grace hold it. Some kinds are answered with what is gone already. */
function isHeld(answer: unknown): boolean {
  const { kind, metadata } = isJsonObject(answer) ? answer : {};
  if (kind === 'Status' || !isJsonObject(metadata) || metadata['deletionTimestamp'] === undefined) return false;
  const { finalizers, deletionGracePeriodSeconds: grace } = metadata;
  return (Array.isArray(finalizers) && finalizers.length > 0) || (typeof grace === 'number' && grace > 0);
}
