/** An image reference, taken apart as container engines do. */
export interface ImageReference {
  /** `docker.io/library/nginx`: registry and path, Docker Hub's short forms written out. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Takes `[registry/]path[:tag][@digest]` apart. Docker Hub's short forms (`nginx`, `me/app`) are written out. */
export function parseImage(reference: string): ImageReference {
  const at = reference.indexOf('@');
  const digest = at < 0 ? undefined : reference.slice(at + 1);
  const named = at < 0 ? reference : reference.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  return {
    repository: withRegistry(hasTag ? named.slice(0, colon) : named),
    tag: hasTag ? named.slice(colon + 1) : undefined,
    digest,
  };
}

function withRegistry(path: string): string {
  const [first, ...rest] = path.split('/') as [string, ...string[]];
  if (rest.length === 0) return `docker.io/library/${path}`;
  const isRegistry = first.includes('.') || first.includes(':') || first === 'localhost';
  if (!isRegistry) return first.includes('*') ? path : `docker.io/${path}`;
  const registry = first === 'index.docker.io' ? 'docker.io' : first;
  return [registry, ...(registry === 'docker.io' && rest.length === 1 ? ['library'] : []), ...rest].join('/');
}

/**
 * Whether `image` is one that `pattern` means. In a pattern, `*` stands for anything but `/`, `**` for anything. A pattern
 * without tag and digest means every version of the image.
 */
export function matchesImage(pattern: string, image: string): boolean {
  if (pattern === image) return true;
  const wanted = parseImage(pattern);
  const given = parseImage(image);
  return (
    (glob(wanted.repository).test(given.repository) || glob(pattern).test(image)) &&
    (wanted.tag === undefined || glob(wanted.tag).test(given.tag ?? 'latest')) &&
    (wanted.digest === undefined || wanted.digest === given.digest)
  );
}

function glob(pattern: string): RegExp {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`);
}
