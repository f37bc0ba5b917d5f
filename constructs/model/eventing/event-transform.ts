import { type EventTransform, EventTransformType } from '../../../lib/api';
import { defined, ifSet } from '../shape';
import { type EventingProps, eventingPropNames, eventingRecipe } from './eventing-props';
import { destinationOf, type SinkInput } from './sink';

/**
 * Changes events: an addressable thing that sends them on, or answers with them.
 * @see https://knative.dev/docs/eventing/transforms/
 */
export interface EventTransformProps extends EventingProps {
  /** The change in JSONata: it sees the event as one JSON document and gives the new one. */
  readonly jsonata: string;
  /** Where the changed events go. @default - they are the answer */
  readonly sink?: SinkInput;
  /** What becomes of the answer of the sink: changed by JSONata, or dropped. @default - it is the answer */
  readonly reply?: { readonly jsonata: string } | 'discard';
}

export const eventTransformRecipe = eventingRecipe<EventTransformProps, EventTransform>(
  EventTransformType,
  { ...eventingPropNames, jsonata: 'any', sink: 'any', reply: 'any' },
  ({ jsonata, sink, reply }, namespace) => ({
    jsonata: { expression: jsonata },
    ...defined({
      sink: ifSet(sink, (target) => destinationOf(target, namespace)),
      reply: ifSet(reply, (what) => (what === 'discard' ? { discard: true } : { jsonata: { expression: what.jsonata } })),
    }),
  }),
);
