import { apiVersionOf, childName, type Sequence, SequenceType, type Stored, SubscriptionType } from '../../../api';
import type { Observed } from '../../reconciler';
import { type MadePolicy, policyLike } from '../flow';
import { policiesFor } from '../policies';
import { stepName } from './resources';

/** What marks the policies of a sequence. */
export const sequenceLabels = ({ metadata }: Stored<Sequence>) => ({ 'flows.knative.dev/sequence-name': metadata.name });

/**
 * Into the channel of the first step may send who may send to the sequence; into each other one, only the subscription of the step
 * before it.
 *
 * @param sequence with its defaults
 */
export function sequencePolicies(sequence: Stored<Sequence>, observed: Observed): readonly MadePolicy[] {
  const { name: own, namespace = '' } = sequence.metadata;
  const { apiVersion = '', kind = '' } = sequence.spec.channelTemplate ?? {};
  const channel = (step: number) => ({ apiVersion, kind, name: stepName(own, step) });
  const between = sequence.spec.steps.slice(1).map((_, i): MadePolicy => {
    const from = { apiVersion: apiVersionOf(SubscriptionType), kind: SubscriptionType.kind, name: stepName(own, i), namespace };
    return {
      name: childName(own, `-${stepName(own, i + 1)}`),
      to: channel(i + 1),
      from: [{ ref: from }],
      owners: [[SequenceType, sequence]],
    };
  });
  const first = policiesFor(SequenceType, sequence, observed).map((policy) =>
    policyLike(policy, { name: childName(own, `-${policy.metadata.name}`), to: channel(0) }),
  );
  return [...between, ...first];
}
