import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { type Clock, errorMessage } from '../base';
import { BearerTokens, basic, refusal } from './bearer-tokens';
import { parseChallenges } from './challenge';
import type { Credential } from './docker-config';
import { RegistryError } from './registry-error';
import { type RegistryAnswer, RegistryHttp, type RegistryHttpOptions, what } from './registry-http';
import { mayBePlain, type TaggedImage } from './tagged-image';

export interface RegistryClientOptions extends RegistryHttpOptions {
  readonly clock: Clock;
}

/** Indexes of several platforms before manifests of one: the digest of a tag is that of the index. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
/** What a manifest may have at most, by the specification. */
const MAX_MANIFEST = 4 << 20;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
/** How many credentials are tried for one image: with more, somebody could keep a registry busy. */
const MAX_CREDENTIALS = 5;
/** Answers to HEAD of registries that do not know it. */
const HEADLESS = new Set([400, 405, 501]);

interface Manifest {
  readonly url: URL;
  readonly repository: string;
  readonly credential: Credential | undefined;
}

/** One attempt to learn a digest. */
interface Attempt {
  readonly signal: AbortSignal;
  /** Whether anything was answered yet. */
  heard: boolean;
}

/** Asks registries by the distribution API of OCI. */
export class RegistryClient {
  readonly #http: RegistryHttp;
  readonly #tokens: BearerTokens;

  constructor(options: RegistryClientOptions) {
    this.#http = new RegistryHttp(options);
    this.#tokens = new BearerTokens(this.#http, options.clock);
  }

  /**
   * The digest of what a tag names now. The first few credentials are tried one after the other; without any it is asked as nobody. A
   * registry without TLS is asked in clear where `mayBePlain` says so.
   * @throws RegistryError; what the signal is aborted with
   */
  async digest(reference: TaggedImage, credentials: readonly Credential[], signal: AbortSignal): Promise<string> {
    const schemes = mayBePlain(reference.registry) ? ['https', 'http'] : ['https'];
    const failures: string[] = [];
    for (const scheme of schemes) {
      const attempt: Attempt = { signal, heard: false };
      try {
        return await this.#byScheme(scheme, reference, credentials, attempt);
      } catch (error) {
        if (!RegistryError.is(error, 'unreachable')) throw error;
        if (attempt.heard) throw new RegistryError('refused', error.message);
        failures.push(error.message);
      }
    }
    throw new RegistryError('unreachable', failures.join('; '));
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #byScheme(
    scheme: string,
    { registry, repository, tag }: TaggedImage,
    credentials: readonly Credential[],
    attempt: Attempt,
  ): Promise<string> {
    const url = new URL(`${scheme}://${registry}/v2/${repository}/manifests/${tag}`);
    const tries = credentials.length > 0 ? credentials.slice(0, MAX_CREDENTIALS) : [undefined];
    let denied: unknown;
    for (const credential of tries) {
      try {
        return await this.#manifestDigest({ url, repository, credential }, attempt);
      } catch (error) {
        if (!RegistryError.is(error, 'denied')) throw error;
        denied = error;
      }
    }
    if (tries.length >= credentials.length) throw denied;
    const only = `of ${credentials.length} credentials only the first ${MAX_CREDENTIALS} were tried`;
    throw new RegistryError('denied', `${errorMessage(denied)}; ${only}`);
  }

  async #manifestDigest(manifest: Manifest, attempt: Attempt): Promise<string> {
    const head = await this.#ask('HEAD', manifest, attempt);
    if (head.status === 200) {
      const digest = head.header('docker-content-digest');
      if (digest !== undefined) return checked(digest, manifest.url);
    } else if (!HEADLESS.has(head.status)) throw unexpected('HEAD', manifest.url, head);
    const answer = await this.#ask('GET', manifest, attempt);
    if (answer.status !== 200) throw unexpected('GET', manifest.url, answer);
    const said = answer.header('docker-content-digest');
    const algorithm = said?.startsWith('sha512:') ? 'sha512' : 'sha256';
    const digest = `${algorithm}:${createHash(algorithm).update(answer.body).digest('hex')}`;
    if (said !== undefined && checked(said, manifest.url) !== digest) {
      throw new RegistryError('refused', `${what({ method: 'GET', url: manifest.url })}: said ${said} of what is ${digest}`);
    }
    return digest;
  }

  /** The answer, after having proved who asks if that was wanted. */
  async #ask(method: 'GET' | 'HEAD', { url, repository, credential }: Manifest, attempt: Attempt): Promise<RegistryAnswer> {
    const { signal } = attempt;
    const maxBytes = MAX_MANIFEST;
    const scope = { origin: url.origin, repository, credential };
    const known = this.#tokens.kept(scope);
    const request = { method, url, accept: ACCEPT, maxBytes };
    const first = await this.#http.send(
      { ...request, ...(known === undefined ? {} : { authorization: `Bearer ${known}` }) },
      signal,
    );
    attempt.heard = true;
    if (first.status !== 401) return first;
    if (known !== undefined) this.#tokens.forget(scope);
    // Whoever the registry redirects to learns nothing of its credentials.
    const asker = first.url.origin === url.origin ? credential : undefined;
    const challenges = parseChallenges(first.header('www-authenticate') ?? '');
    const challenge = challenges.find(({ scheme }) => scheme === 'bearer' || (scheme === 'basic' && asker));
    if (!challenge) return first;
    const token = { origin: first.url.origin, repository, credential: asker };
    const authorization =
      challenge.scheme === 'bearer' ? `Bearer ${await this.#tokens.fetch(token, challenge, signal)}` : basic(asker!);
    return this.#http.send({ ...request, url: first.url, authorization }, signal);
  }
}

function checked(digest: string, url: URL): string {
  if (DIGEST.test(digest)) return digest;
  throw new RegistryError('refused', `${what({ method: 'HEAD', url })}: said something that is no digest`);
}

/** As go-containerregistry says it. */
function unexpected(method: 'GET' | 'HEAD', url: URL, { status, header }: RegistryAnswer): RegistryError {
  const hint = method === 'HEAD' ? ' (HEAD responses have no body, use GET for details)' : '';
  const text = `${what({ method, url })}: unexpected status code ${`${status} ${STATUS_CODES[status] ?? ''}`.trim()}${hint}`;
  return refusal(status, text, header('retry-after'));
}
