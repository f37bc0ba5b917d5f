import { readFileSync } from 'node:fs';
import { INSTALLATION, LINK_AUDIENCE } from '../../api';
import { type Cluster, reviewToken } from '../../kube';
import type { LinkRole } from './link-message';

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
    const verdict = await reviewToken(cluster, token, LINK_AUDIENCE);
    return 'subject' in verdict ? DIALERS[verdict.subject] : undefined;
  };
