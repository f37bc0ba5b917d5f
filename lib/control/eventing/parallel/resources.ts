import type { KReference, Parallel, Stored, Subscription } from '../../../api';

/** The channel to which events for all branches are sent. */
export const ingressName = (parallel: string): string => `${parallel}-kn-parallel`;
/** The channel of a branch, behind its filter, and the subscription that leads from there to its subscriber. */
export const branchName = (parallel: string, branch: number): string => `${parallel}-kn-parallel-${branch}`;
/** The subscription that leads to the filter of a branch. */
export const filterName = (parallel: string, branch: number): string => `${parallel}-kn-parallel-filter-${branch}`;

function channelOf({ spec }: Parallel, name: string): KReference {
  const { apiVersion = '', kind = '' } = spec.channelTemplate ?? {};
  return { apiVersion, kind, name };
}

/** From the ingress to the channel of a branch: through its filter, whose answer goes on, or straight. */
export function filterSubscription(parallel: Stored<Parallel>, branch: number): Subscription['spec'] {
  const { name, namespace = '' } = parallel.metadata;
  const { filter } = parallel.spec.branches[branch]!;
  const behind = { ref: { ...channelOf(parallel, branchName(name, branch)), namespace } };
  const channel = channelOf(parallel, ingressName(name));
  return filter ? { channel, subscriber: filter, reply: behind } : { channel, subscriber: behind };
}

/** From the channel of a branch to its subscriber, whose answer goes to the reply of the branch, else to that of all. */
export function branchSubscription(parallel: Stored<Parallel>, branch: number): Subscription['spec'] {
  const { subscriber, delivery, reply = parallel.spec.reply } = parallel.spec.branches[branch]!;
  return {
    channel: channelOf(parallel, branchName(parallel.metadata.name, branch)),
    subscriber,
    ...(delivery ? { delivery } : {}),
    ...(reply ? { reply } : {}),
  };
}
