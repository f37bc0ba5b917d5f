import type { Destination, Sequence, SequenceStep, Stored, Subscription } from '../../../api';

/** The name of the channel before a step, and of the subscription that leads from there to the step. */
export const stepName = (sequence: string, step: number): string => `${sequence}-kn-sequence-${step}`;

/** Where a step is, without how it is delivered. */
function destinationOf({ ref, uri, CACerts, audience }: SequenceStep | Destination): Destination {
  return {
    ...(ref ? { ref } : {}),
    ...(uri === undefined ? {} : { uri }),
    ...(CACerts === undefined ? {} : { CACerts }),
    ...(audience === undefined ? {} : { audience }),
  };
}

/** The subscription of a step: what the step answers goes into the channel of the next, or from the last to the reply. */
export function stepSubscription({ metadata, spec }: Stored<Sequence>, step: number): Subscription['spec'] {
  const { apiVersion = '', kind = '' } = spec.channelTemplate ?? {};
  const { steps, reply } = spec;
  const { delivery, ...place } = steps[step]!;
  const next = { apiVersion, kind, name: stepName(metadata.name, step + 1), namespace: metadata.namespace ?? '' };
  return {
    channel: { apiVersion, kind, name: stepName(metadata.name, step) },
    subscriber: destinationOf(place),
    ...(delivery ? { delivery } : {}),
    ...(step < steps.length - 1 ? { reply: { ref: next } } : reply ? { reply: destinationOf(reply) } : {}),
  };
}
