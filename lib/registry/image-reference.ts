/** An image named by tag. */
export interface ImageReference {
  /** Host, with its port if it names one; Docker Hub is `index.docker.io`. */
  readonly registry: string;
  /** `library/nginx` */
  readonly repository: string;
  /** @default 'latest' */
  readonly tag: string;
}

const DOCKER_HUB = 'index.docker.io';
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const REPOSITORY = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const LONGEST = 255;

/** Reads `nginx`, `ghcr.io/a/b:1`, `localhost:5000/c`, as Docker does. @throws Error for what names no image by tag */
export function parseImageReference(text: string): ImageReference {
  const [first = '', ...rest] = text.split('/');
  const named = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const registry = !named || first === 'docker.io' ? DOCKER_HUB : first;
  const path = named ? rest.join('/') : text;
  const colon = path.lastIndexOf(':');
  const name = colon < 0 ? path : path.slice(0, colon);
  const tag = colon < 0 ? 'latest' : path.slice(colon + 1);
  const repository = registry === DOCKER_HUB && !name.includes('/') ? `library/${name}` : name;
  if (!HOST.test(registry) || !REPOSITORY.test(repository) || repository.length > LONGEST || !TAG.test(tag)) {
    throw new Error(`failed to parse image name ${JSON.stringify(text)} into a tag`);
  }
  return { registry, repository, tag };
}

/** The image by digest, as Knative writes it into statuses. */
export const byDigest = ({ registry, repository }: ImageReference, digest: string): string =>
  `${registry}/${repository}@${digest}`;

/** What credentials are looked up by: the image as whoever pulls it calls it. */
export const pulledName = ({ registry, repository }: ImageReference): string =>
  `${registry === DOCKER_HUB ? 'docker.io' : registry}/${repository}`;

const PRIVATE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)\d{1,3}\.\d{1,3}(?:\.\d{1,3})?(?::\d+)?$/;

/** Whether a registry may be asked without TLS where it has none: on this machine, in a private network by address, or under `.local`. */
export function mayBePlain(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '');
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host) || host.endsWith('.local') || PRIVATE.test(registry);
}
