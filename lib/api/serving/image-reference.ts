const REPOSITORY = /^[a-z0-9_\-./]{2,255}$/;
const TAG = /^[A-Za-z0-9_\-.]{1,128}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** An authority of RFC 3986 without user information: a name or an address in brackets, and perhaps a port. */
const REGISTRY = /^(\[[0-9A-Fa-f:.]*\]|[^\s\p{Cc}/?#@%\\^`{|}[\]:]*)(:\d*)?$/u;

/** The parts of an image reference. */
export interface ImageReference {
  /** Host of the registry; `index.docker.io` where the reference names none. */
  readonly registry: string;
  /** Path within the registry; official images of Docker Hub get their `library/`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

function parseRepository(name: string): Pick<ImageReference, 'registry' | 'repository'> | undefined {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasRegistry = /[.:]/.test(first) || first === 'localhost';
  const repository = hasRegistry ? name.slice(slash + 1) : name;
  const registry = hasRegistry ? first : '';
  if (!REPOSITORY.test(repository) || !REGISTRY.test(registry)) return undefined;
  const isHub = registry === '' || registry === 'docker.io' || registry === 'index.docker.io';
  return {
    registry: isHub ? 'index.docker.io' : registry,
    repository: isHub && !repository.includes('/') ? `library/${repository}` : repository,
  };
}

function parseTagged(name: string): ImageReference | undefined {
  const parts = name.split(':');
  const last = parts.at(-1)!;
  // A colon before a slash belongs to the port of the registry.
  if (parts.length === 1 || last.includes('/')) return parseRepository(name);
  const repository = parseRepository(parts.slice(0, -1).join(':'));
  // Nothing after the colon is no tag: weak validation lets it pass.
  if (last === '') return repository;
  return repository && TAG.test(last) ? { ...repository, tag: last } : undefined;
}

/**
 * Reads an image reference, `[registry/]repository[:tag][@sha256:…]`, or gives undefined if it is none: by the same rules as the
 * registry library that Knative uses, with weak validation.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  const parts = text.split('@');
  if (parts.length === 1) return parseTagged(text);
  const [name, digest] = parts as [string, string];
  if (parts.length !== 2 || !DIGEST.test(digest)) return undefined;
  const base = parseTagged(name) ?? parseRepository(name);
  return base && { ...base, digest };
}
