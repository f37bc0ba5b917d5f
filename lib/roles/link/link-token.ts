import { readFileSync } from 'node:fs';
import { INSTALLATION, type KubeObject, LINK_AUDIENCE, resourceType } from '../../api';
import type { Cluster } from '../../kube';
import type { LinkRole } from './link-message';

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

const { servingNamespace, controller, gateway } = INSTALLATION;

/** Whoever dials a link is one of these; all others are refused. */
const DIALERS: Readonly<Record<string, LinkRole>> = {
  [`system:serviceaccount:${servingNamespace}:${controller}`]: 'controller',
  [`system:serviceaccount:${servingNamespace}:${gateway}`]: 'gateway',
};

/** Reads the token of this pod for links: anew for each, since the kubelet replaces it. */
export const linkTokenOf = (file: string) => (): string => readFileSync(file, 'utf8').trim();

/** Says which part of the platform a token is for; undefined if it is for none. Rejects if the API server cannot say. */
export const tokenReviewer =
  (cluster: Cluster) =>
  async (token: string): Promise<LinkRole | undefined> => {
    const { status } = await cluster.create<TokenReview>(
      TokenReviewType,
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        metadata: {},
        spec: { token, audiences: [LINK_AUDIENCE] },
      },
      // A question, which stores nothing.
      { urgent: true },
    );
    const valid = status?.authenticated === true && status.audiences?.includes(LINK_AUDIENCE);
    return valid ? DIALERS[status.user?.username ?? ''] : undefined;
  };
