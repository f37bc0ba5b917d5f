import { randomBytes } from 'node:crypto';
import type { Answerer } from '../../control';
import { DataPlaneEnd, type GatewayEnd, LinkServer, tokenReviewer } from '../link';
import type { LinkRole } from '../link/link-message';
import type { PartOptions } from './runtime-options';

/** How parts of the runtime in processes of their own reach each other. */
export interface LinkOptions {
  /** Port for links. */
  readonly linkPort: number;
  /** By which this pod proves who it is when it dials. */
  readonly linkToken: () => string;
}

/** A name of this process alone: another one in the same pod has another. */
export const processId = (pod: string): string => `${pod}.${randomBytes(6).toString('hex')}`;

/** Where the leading controller, and other gateways, dial a part of the data plane. */
export function listenForLinks(
  { cluster, clock, log, identity }: PartOptions,
  port: number,
  part: { readonly role: LinkRole; readonly id: string; readonly answerers: readonly Answerer[]; readonly gateway?: GatewayEnd },
): Promise<LinkServer> {
  const end = new DataPlaneEnd({ clock, log, name: identity, ...part });
  return LinkServer.listen({
    ...{ clock, log, port, review: tokenReviewer(cluster) },
    accept: (role, channel) => end.accept(role, channel),
  });
}
