import {
  CLOSING_ANNOTATION,
  type KubeObject,
  type ResourceType,
  type Stored,
  type Subscription,
  SubscriptionType,
} from '../../../api';
import type { Observed, Patch, Plan } from '../../reconciler';
import { drainOf } from '../data-plane';

/** A channel or subscription that a flow controls, and does not want any more. */
export interface Unwanted<T extends KubeObject = KubeObject> {
  readonly type: ResourceType;
  readonly object: Stored<T>;
}

/** Has a subscription get nothing new (`true`), or everything again (null). */
export function closingPatch({ metadata: { namespace, name } }: Stored<Subscription>, value: 'true' | null): Patch {
  return {
    type: SubscriptionType,
    namespace,
    name,
    patch: { merge: { metadata: { annotations: { [CLOSING_ANNOTATION]: value } } } },
  };
}

/**
 * Channels and subscriptions go when no event is lost with them. A channel stays, with the subscriptions that lead on from it, until the
 * events in it and on their way to it have come to their end; a subscription to a channel that stays gets nothing new, and goes when
 * it has delivered what came before.
 */
export function planLeaving(
  channels: readonly Unwanted[],
  subscriptions: readonly Unwanted<Subscription>[],
  observed: Observed,
): Required<Pick<Plan, 'patch' | 'remove' | 'asks'>> {
  const keyOf = ({ kind, name }: { readonly kind: string; readonly name: string }) => `${kind}/${name}`;
  const draining = channels.map((one) => ({ ...one, ...drainOf(one.object.metadata, observed) }));
  const states = new Map(draining.map(({ type, object, drained }) => [keyOf({ ...object.metadata, kind: type.kind }), drained]));
  const leaving = subscriptions.filter(({ object }) => states.get(keyOf(object.spec.channel)) !== false);
  const closing = leaving
    .filter(({ object }) => !states.has(keyOf(object.spec.channel)))
    .map(({ type, object }) => {
      const { namespace, name, uid } = object.metadata;
      return { type, object, ...drainOf({ namespace, name: object.spec.channel.name, uid }, observed, name) };
    });
  const after = leaving.filter(({ object }) => states.has(keyOf(object.spec.channel)));
  const gone: readonly Unwanted[] = [...after, ...[...closing, ...draining].filter(({ drained }) => drained)];
  return {
    patch: closing.filter(({ drained }) => !drained).map(({ object }) => closingPatch(object, 'true')),
    remove: gone.map(({ type, object: { metadata } }) => ({ type, namespace: metadata.namespace, name: metadata.name })),
    asks: [...closing, ...draining].map(({ ask }) => ask),
  };
}
