import { type Deployment, DeploymentType, type Stored } from '../../api';
import type { Patch } from '../reconciler';

/**
 * Remembers, among the annotations of a PodAutoscaler's status, the generation of the Deployment that was seen at, or sent to,
 * zero pods. A later generation with pods was made by someone else: a gateway with a request in hand.
 */
export const ZERO_GENERATION = 'autoscaling.knative-constructs.dev/zero-generation';

/** How many pods the Deployment is to have; Kubernetes' default is one. */
export const replicasOf = (target: Deployment): number => target.spec.replicas ?? 1;

/** Gives the Deployment another scale, through its scale subresource as Knative does; nothing if it has it. */
export function scalePatch(target: Stored<Deployment>, want: number): Patch[] {
  if (want < 0 || replicasOf(target) === want) return [];
  const { name, namespace, resourceVersion } = target.metadata;
  return [
    {
      type: DeploymentType,
      namespace,
      name,
      subresource: 'scale',
      patch: { json: [{ op: 'add', path: '/spec/replicas', value: want }] },
      ...(want > replicasOf(target) ? { urgent: true } : {}),
      // A gateway may have raised the scale since: zero is only ever put in place of what was seen.
      ...(want === 0 ? { resourceVersion } : {}),
    },
  ];
}

/** True if the scale went up from zero without us. */
export function raisedFromZero(
  target: Deployment | undefined,
  statusAnnotations: Readonly<Record<string, string>> | undefined,
): boolean {
  const zeroed = statusAnnotations?.[ZERO_GENERATION];
  if (!target || zeroed === undefined) return false;
  return replicasOf(target) > 0 && (target.metadata.generation ?? 0) > Number(zeroed);
}

/** The annotations of the next status. */
export function rememberZero(
  before: Readonly<Record<string, string>> | undefined,
  target: Deployment | undefined,
  atZero: boolean,
): Readonly<Record<string, string>> | undefined {
  const { [ZERO_GENERATION]: _, ...others } = before ?? {};
  const next = atZero && target ? { ...others, [ZERO_GENERATION]: String(target.metadata.generation ?? 0) } : others;
  return Object.keys(next).length > 0 ? next : undefined;
}
