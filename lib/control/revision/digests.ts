import type { Revision, RevisionContainer, RevisionContainerStatus, ServingConfig, Stored } from '../../api';
import type { Ask, Observed } from '../reconciler';

/** Topic of questions about the digests of images. */
export const DIGEST_TOPIC = 'digest';

/** What whoever answers about digests is given. */
export interface DigestQuestion {
  readonly namespace: string;
  readonly serviceAccountName: string | undefined;
  readonly imagePullSecrets: readonly string[];
  /** Images by tag whose digests are wanted. */
  readonly images: readonly string[];
  /** Milliseconds that one registry may take. */
  readonly timeout: number;
}

/** What is known of one image: how to name it by digest, or why that is not known. */
export type Digest = { readonly image: string } | { readonly error: string };

/** The answer: every image of the question. */
export type DigestAnswer = Readonly<Record<string, Digest>>;

/** Where the images of a revision stand: not known yet, known, or refused. */
export type Resolution =
  | { readonly state: 'pending'; readonly ask: Ask }
  | { readonly state: 'failed'; readonly ask: Ask; readonly message: string }
  | {
      readonly state: 'resolved';
      readonly containers: readonly RevisionContainerStatus[];
      readonly initContainers: readonly RevisionContainerStatus[];
      /** Images that keep their tag because nobody could say their digest. */
      readonly warnings: readonly string[];
    };

/** Images of a revision by digest: what its status says already, else what the answers say. */
export function resolveDigests(revision: Stored<Revision>, observed: Observed, config: ServingConfig): Resolution {
  const { containers, initContainers = [], serviceAccountName, imagePullSecrets = [] } = revision.spec;
  const known = revision.status;
  const { containerStatuses = [], initContainerStatuses = [] } = known ?? {};
  if (containerStatuses.length + initContainerStatuses.length === containers.length + initContainers.length) {
    return { state: 'resolved', containers: containerStatuses, initContainers: initContainerStatuses, warnings: [] };
  }
  const images = [...new Set([...initContainers, ...containers].map(({ image = '' }) => image))];
  const unknown = images.filter((image) => !isFinal(image, config));
  const key = revision.metadata.uid;
  const question: DigestQuestion = {
    namespace: revision.metadata.namespace ?? '',
    serviceAccountName,
    imagePullSecrets: imagePullSecrets.flatMap(({ name }) => (name ? [name] : [])),
    images: unknown,
    timeout: config.deployment.digestResolutionTimeout,
  };
  const ask: Ask = { topic: DIGEST_TOPIC, key, input: question };
  const answer = unknown.length === 0 ? {} : (observed.answer(DIGEST_TOPIC, key) as DigestAnswer | undefined);
  if (!answer) return { state: 'pending', ask };
  const warnings: string[] = [];
  for (const image of unknown) {
    const digest = answer[image];
    if (!digest) return { state: 'pending', ask };
    if ('image' in digest) continue;
    const message = `Unable to fetch image ${JSON.stringify(image)}: ${digest.error}`;
    // Otherwise the tag is kept, and the node may find the image.
    if (config.deployment.digestResolutionStrict) return { state: 'failed', ask, message };
    warnings.push(message);
  }
  const named = ({ name, image = '' }: RevisionContainer): RevisionContainerStatus => {
    const digest = answer[image];
    return { name, imageDigest: digest && 'image' in digest ? digest.image : image };
  };
  return { state: 'resolved', containers: containers.map(named), initContainers: initContainers.map(named), warnings };
}

/** Named by digest already, or of a registry whose tags are not to be resolved. */
function isFinal(image: string, config: ServingConfig): boolean {
  return /@[a-z0-9]+:[0-9a-f]+$/i.test(image) || config.deployment.registriesSkippingTagResolving.has(registryOf(image));
}

/** The registry of an image reference; Docker Hub if it names none. */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'index.docker.io';
}
