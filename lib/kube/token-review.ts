import { type KubeObject, resourceType } from '../api';
import type { Cluster } from './cluster';
import type { TokenVerdict } from './service-accounts';

/** What an API server is asked about a token. */
interface TokenReview extends KubeObject {
  readonly spec: { readonly token: string; readonly audiences: readonly string[] };
  readonly status?: {
    readonly authenticated?: boolean;
    readonly user?: { readonly username?: string };
    readonly audiences?: readonly string[];
    readonly error?: string;
  };
}

const TokenReviewType = resourceType<TokenReview>('authentication.k8s.io/v1', 'TokenReview', 'tokenreviews', {
  namespaced: false,
  statusSubresource: false,
});

/** Whose a token is, by the API server. Rejects with a ClusterError if that cannot be said. */
export async function reviewToken(cluster: Cluster, token: string, audience: string): Promise<TokenVerdict> {
  const { status } = await cluster.create<TokenReview>(
    TokenReviewType,
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      metadata: {},
      spec: { token, audiences: [audience] },
    },
    { question: true },
  );
  const subject = status?.user?.username;
  // An API server that knows nothing of audiences names none: then nobody has looked for whom the token is.
  const genuine = status?.authenticated === true && status.audiences?.includes(audience) === true;
  if (genuine && subject) return { subject };
  return { problem: status?.error || `the API server knows no such token for ${JSON.stringify(audience)}` };
}
