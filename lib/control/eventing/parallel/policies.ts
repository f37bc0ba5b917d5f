import { apiVersionOf, childName, type Parallel, ParallelType, type Stored, SubscriptionType } from '../../../api';
import type { Observed } from '../../reconciler';
import { type MadePolicy, policyLike } from '../flow';
import { policiesFor } from '../policies';
import { branchName, filterName, ingressName } from './resources';

/** What marks the policies of a parallel. */
export const parallelLabels = ({ metadata }: Stored<Parallel>) => ({ 'flows.knative.dev/parallel-name': metadata.name });

/**
 * Into its first channel may send who may send to the parallel; into the channel of each branch, only the subscription to the filter
 * of the branch.
 *
 * @param parallel with its defaults
 */
export function parallelPolicies(parallel: Stored<Parallel>, observed: Observed): readonly MadePolicy[] {
  const { name: own, namespace = '' } = parallel.metadata;
  const { apiVersion = '', kind = '' } = parallel.spec.channelTemplate ?? {};
  const policyName = (suffix: string) => childName(own, `-ep-${suffix}`);
  const branches = parallel.spec.branches.map((_, i): MadePolicy => {
    const name = branchName(own, i);
    const from = { apiVersion: apiVersionOf(SubscriptionType), kind: SubscriptionType.kind, name: filterName(own, i), namespace };
    return { name: policyName(name), to: { apiVersion, kind, name }, from: [{ ref: from }], owners: [[ParallelType, parallel]] };
  });
  const ingress = policiesFor(ParallelType, parallel, observed).map((policy) =>
    policyLike(policy, { name: policyName(policy.metadata.name), to: { apiVersion, kind, name: ingressName(own) } }, [
      [ParallelType, parallel],
    ]),
  );
  return [...branches, ...ingress];
}
