import { parseImageReference } from '../api';

/** An image named by tag. */
export interface TaggedImage {
  /** Host, with its port if it names one; Docker Hub is `index.docker.io`. */
  readonly registry: string;
  /** `library/nginx` */
  readonly repository: string;
  /** @default 'latest' */
  readonly tag: string;
}

const DOCKER_HUB = 'index.docker.io';
/** Narrower than what a reference may be: what stands in URLs is a host and a path, whatever anybody writes. */
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const REPOSITORY = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

/** Reads `nginx`, `ghcr.io/a/b:1`, `localhost:5000/cc`. @throws Error for what names no image by tag */
export function taggedImage(text: string): TaggedImage {
  const { registry = '', repository = '', tag = 'latest', digest } = parseImageReference(text) ?? {};
  if (digest !== undefined || !HOST.test(registry) || !REPOSITORY.test(repository) || !TAG.test(tag)) {
    throw new Error(`failed to parse image name ${JSON.stringify(text)} into a tag`);
  }
  return { registry, repository, tag };
}

/** The image by digest, as Knative writes it into statuses. */
export const byDigest = ({ registry, repository }: TaggedImage, digest: string): string => `${registry}/${repository}@${digest}`;

/** What credentials are looked up by: the image as whoever pulls it calls it. */
export const pulledName = ({ registry, repository }: TaggedImage): string =>
  `${registry === DOCKER_HUB ? 'docker.io' : registry}/${repository}`;

const PRIVATE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)\d{1,3}\.\d{1,3}(?:\.\d{1,3})?(?::\d+)?$/;

/** Whether a registry may be asked without TLS where it has none: on this machine, in a private network by address, or under `.local`. */
export function mayBePlain(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '');
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host) || host.endsWith('.local') || PRIVATE.test(registry);
}
