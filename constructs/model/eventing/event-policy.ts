import { type EventPolicy, EventPolicyType, type LabelSelector } from '../../../lib/api';
import { defined, ifSet, nonEmpty } from '../shape';
import { type EventingProps, eventingPropNames, eventingRecipe } from './eventing-props';
import type { FilterLike } from './filter';
import { referenceTo, type SinkTarget } from './sink';

/** Receivers of a kind, by their labels. */
export interface PolicySelector extends LabelSelector {
  readonly apiVersion?: string;
  readonly kind?: string;
}

/**
 * Who may send events to the receivers of a namespace. It counts where senders prove who they are: upstream, with the feature
 * `authentication-oidc`.
 * @see https://knative.dev/docs/eventing/features/authorization/
 */
export interface EventPolicyProps extends EventingProps {
  /** The receivers: objects, or `{ select }` by labels. @default - all of the namespace */
  readonly to?: readonly (SinkTarget | { readonly select: PolicySelector })[];
  /** Who may send: objects, or subjects of tokens, `system:serviceaccount:shop:*`. @default - nobody */
  readonly from?: readonly (SinkTarget | string)[];
  /** What they may send; all must match. @default - everything */
  readonly where?: readonly FilterLike[];
}

const identityOf = (target: SinkTarget) => {
  const { apiVersion, kind, name } = referenceTo(target, undefined);
  return { apiVersion, kind, name };
};

export const eventPolicyRecipe = eventingRecipe<EventPolicyProps, EventPolicy>(
  EventPolicyType,
  { ...eventingPropNames, to: 'any', from: 'any', where: 'any' },
  ({ to, from, where }, namespace) => ({
    ...defined({
      to: ifSet(to, (list) => list.map((one) => ('select' in one ? { selector: one.select } : { ref: identityOf(one) }))),
      from: ifSet(from, (list) =>
        list.map((one) => (typeof one === 'string' ? { sub: one } : { ref: referenceTo(one, namespace) })),
      ),
      filters: nonEmpty(where?.map(({ spec }) => spec)),
    }),
  }),
);
