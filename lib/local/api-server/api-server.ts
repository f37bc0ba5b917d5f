import { once, setMaxListeners } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock, Log } from '../../base';
import { ClusterError } from '../../kube';
import { AdmissionRefusal } from '../cluster';
import type { TokenIssuer } from '../tokens';
import { Catalog } from './catalog';
import type { ServerCertificate } from './certificate';
import type { OpenApi, ProtobufCodec } from './codecs';
import { deleteCollection, deleteObject } from './deletes';
import { Discovery } from './discovery';
import { Exchange, requestUrl } from './exchange';
import type { ExtraPaths } from './extra-paths';
import { Guard } from './guard';
import { ListPages } from './list-pages';
import { flag } from './list-query';
import { answerMeta } from './meta-paths';
import type { PodAccess } from './pod-access';
import { readLog } from './pod-log';
import { upgradePod } from './pod-upgrade';
import { getObject, listObjects } from './reads';
import { refuseUpgrade } from './refused-upgrade';
import { parsePath, type ResourcePath } from './request-path';
import { noResource, notAllowed, type ResourceRequest, type ServerParts } from './resource-request';
import { answerReview } from './review-request';
import type { ServedResource } from './served-resource';
import { failure, type Status, type Subject } from './status';
import { answerTokenRequest } from './token-request';
import { watchObjects } from './watch-stream';
import { deniedByWebhook } from './webhook';
import { createObject, patchObject, updateObject } from './writes';

export interface ApiServerOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly resources: readonly ServedResource[];
  readonly certificate: ServerCertificate;
  /** What clients must send as their bearer token. */
  readonly token: string;
  /** Whoever runs the pods. @default pods have no logs and take no commands */
  readonly pods?: PodAccess;
  readonly protobuf?: ProtobufCodec;
  readonly openApi?: OpenApi;
  /** Who issues the tokens of service accounts. @default nobody */
  readonly tokens?: TokenIssuer;
  /** Paths beside Kubernetes' own. @default none */
  readonly extra?: ExtraPaths;
  /** How long a client may take. @default 10 seconds for a head, 60 for a whole request */
  readonly patience?: Patience;
}

/** How long clients may take, in milliseconds. */
export interface Patience {
  /** For the head of a request, and for a TLS handshake. */
  readonly headMs: number;
  /** For all of a request. */
  readonly requestMs: number;
  /** Between two looks at who is late. */
  readonly checkMs: number;
}

const DEFAULT_PATIENCE: Patience = { headMs: 10_000, requestMs: 60_000, checkMs: 2000 };

const HOST = '127.0.0.1';
/** How long a client may take to hear that a stream has ended with the server, in milliseconds. */
const LAST_WORDS_MS = 200;
/** Longer than clients keep idle connections (client-go: 90 s), so that they close them and not we. */
const IDLE_MS = 120_000;

/**
 * A Kubernetes API server for clients on this machine, over any `Cluster`: HTTPS on a free loopback port, with one token. Paths,
 * answers, errors, watches, discovery and tables are Kubernetes'. Whoever has the token may do everything: there are no roles.
 */
export class ApiServer {
  readonly #server: Server;
  readonly #guard: Guard;
  readonly #catalog: Catalog;
  readonly #discovery: Discovery;
  readonly #stopping = new AbortController();
  /** What has not been sent to its end. */
  readonly #answering = new Set<ServerResponse>();
  readonly #parts: ServerParts;

  constructor(private readonly options: ApiServerOptions) {
    // One for every stream that is open.
    setMaxListeners(0, this.#stopping.signal);
    const { certificate, key } = options.certificate;
    const { clock, pods, protobuf, tokens } = options;
    this.#guard = new Guard(options.token);
    this.#catalog = new Catalog(options.resources);
    this.#discovery = new Discovery(this.#catalog);
    this.#parts = {
      clock,
      pages: new ListPages(clock),
      isToken: (token) => this.#guard.isToken(token),
      stopping: this.#stopping.signal,
      ...(pods ? { pods } : {}),
      ...(protobuf ? { protobuf } : {}),
      ...(tokens ? { tokens } : {}),
    };
    const { headMs, requestMs, checkMs } = options.patience ?? DEFAULT_PATIENCE;
    const limits = {
      headersTimeout: headMs,
      handshakeTimeout: headMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkMs,
      keepAliveTimeout: IDLE_MS,
    };
    this.#server = createServer({ cert: certificate, key, minVersion: 'TLSv1.2', ...limits }, (request, response) => {
      void this.#answer(request, response);
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      void this.#upgrade(request, socket, head);
    });
  }

  /** Takes requests from now on. Resolves with the server's URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, HOST, () => resolve());
    });
    return this.url;
  }

  /** `https://127.0.0.1:PORT`. */
  get url(): string {
    return `https://${HOST}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends watches and logs in order, then closes all connections. */
  async close(): Promise<void> {
    this.#stopping.abort();
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await this.#lastWords();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Resolves when the answers under way have been sent to their end, or after a while. */
  async #lastWords(): Promise<void> {
    const enough = new AbortController();
    const sent = Promise.all([...this.#answering].map((response) => once(response, 'close', { signal: enough.signal })));
    const waited = this.options.clock.sleep(LAST_WORDS_MS, enough.signal);
    await Promise.race([sent, waited]).catch(() => {});
    enough.abort();
    await Promise.allSettled([sent, waited]);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let exchange: Exchange | undefined;
    let subject: Subject | undefined;
    response.on('error', () => {});
    this.#answering.add(response);
    response.once('close', () => this.#answering.delete(response));
    try {
      exchange = new Exchange(request, response, this.options.protobuf);
      this.#guard.check(request.method, request.headers);
      const parsed = parsePath(exchange.url.pathname);
      if (parsed.kind !== 'resource') {
        const { openApi, extra, tokens } = this.options;
        const stopping = this.#stopping.signal;
        await answerMeta(exchange, parsed, { discovery: this.#discovery, openApi, tokens, extra, stopping });
        return;
      }
      const resource = this.#resource(parsed.path);
      subject = { resource, path: parsed.path };
      await handle({ exchange, resource, path: parsed.path, parts: this.#parts });
    } catch (error) {
      this.#refuse(error, exchange, response, subject);
    }
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    let subject: Subject | undefined;
    socket.on('error', () => {});
    try {
      this.#guard.check(request.method, request.headers);
      const { pathname, searchParams: query } = requestUrl(request);
      const parsed = parsePath(pathname);
      if (parsed.kind !== 'resource') throw noResource();
      subject = { resource: this.#resource(parsed.path), path: parsed.path };
      await upgradePod({ request, socket, head, query }, subject, this.#parts);
    } catch (error) {
      if (socket.destroyed) return;
      refuseUpgrade(socket, this.#failure(error, subject));
    }
  }

  #resource({ group, version, resource: plural, namespace }: ResourcePath): ServedResource {
    const resource = this.#catalog.find(group, version, plural);
    if (!resource || (namespace !== undefined && !resource.type.namespaced)) throw noResource();
    return resource;
  }

  #refuse(error: unknown, exchange: Exchange | undefined, response: ServerResponse, subject: Subject | undefined): void {
    if (response.destroyed) return;
    const status = this.#failure(error, subject);
    if (exchange) exchange.sendStatus(status);
    else response.writeHead(status.code ?? 400).end();
  }

  #failure(error: unknown, subject: Subject | undefined): Status {
    const denied = error instanceof AdmissionRefusal && subject ? deniedByWebhook(error, subject.resource.type) : error;
    const status = failure(denied, subject);
    if (!ClusterError.is(error)) this.options.log.error('the API server failed', { error: status.message });
    return status;
  }
}

/** Answers a request that is about a resource the server has. */
async function handle(request: ResourceRequest): Promise<void> {
  const { exchange, path, resource } = request;
  const { method } = exchange;
  const part = path.subresource === undefined ? undefined : resource.subresources.find(({ name }) => name === path.subresource);
  if (path.subresource !== undefined && !part) throw noResource();
  if (resource.type.namespaced && path.name !== undefined && path.namespace === undefined) throw noResource();
  if (resource.review) return answerReview(request, resource.review);
  const reading = method === 'GET' || method === 'HEAD';
  if (!reading && !resource.verbs.includes('update')) throw notAllowed();
  if (path.name === undefined) {
    if (reading) return flag(exchange.query, 'watch') ? watchObjects(request) : listObjects(request);
    const inOnePlace = path.namespace !== undefined || !resource.type.namespaced;
    if (method === 'POST' && inOnePlace) return createObject(request);
    if (method === 'DELETE' && inOnePlace && resource.verbs.includes('deletecollection')) return deleteCollection(request);
    throw notAllowed();
  }
  if (part?.name === 'token') return answerTokenRequest(request);
  if (part?.kind && part.name !== 'scale') return handlePodPart(request, part.name);
  if (reading) return flag(exchange.query, 'watch') && !part ? watchObjects(request) : getObject(request);
  if (method === 'PUT') return updateObject(request);
  if (method === 'PATCH') return patchObject(request);
  if (method === 'DELETE' && !part) return deleteObject(request);
  throw notAllowed();
}

/** Answers a request about what runs in a pod that does not go on with another protocol. */
async function handlePodPart(request: ResourceRequest, part: string): Promise<void> {
  const { pods } = request.parts;
  if (!pods) throw noResource();
  if (part !== 'log') throw new ClusterError('BadRequest', 'Upgrade request required');
  if (request.exchange.method !== 'GET') throw notAllowed();
  return readLog(request, pods);
}
