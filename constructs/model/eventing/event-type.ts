import { type EventTypeObject, EventTypeType } from '../../../lib/api';
import { ifSet } from '../shape';
import { type EventingProps, eventingPropNames, eventingRecipe } from './eventing-props';
import { referenceTo, type SinkTarget } from './sink';

/**
 * Events that can be subscribed to: an entry of the catalogue. Triggers are checked against those of their broker.
 * @see https://knative.dev/docs/eventing/event-registry/
 */
export interface EventTypeProps extends EventingProps {
  /** Their type: `order.created`. */
  readonly type: string;
  /** Their source; `{name}` stands for what differs. @default - any */
  readonly source?: string;
  /** Where they are sent: a broker, a channel. @default - anywhere */
  readonly reference?: SinkTarget;
  /** What they mean, for people. @default - none */
  readonly description?: string;
  /** Where the schema of their data is. @default - none */
  readonly schema?: string;
  /** Extension attributes: their value, or true for one whose value is not known before. @default - none */
  readonly extensions?: Readonly<Record<string, string | true>>;
}

function attributes({ type, source, schema, extensions = {} }: EventTypeProps) {
  const known = (name: string, value?: string) => ({ name, required: true, ...(value === undefined ? {} : { value }) });
  return [
    known('type', type),
    known('source', source),
    known('specversion'),
    known('id'),
    ...(schema === undefined ? [] : [known('dataschema', schema)]),
    ...Object.entries(extensions).map(([name, value]) => known(name, value === true ? undefined : value)),
  ];
}

export const eventTypeRecipe = eventingRecipe<EventTypeProps, EventTypeObject>(
  EventTypeType,
  {
    ...eventingPropNames,
    ...{ type: 'any', source: 'any', reference: 'any', description: 'any', schema: 'any', extensions: 'any' },
  },
  (props, namespace) => ({
    ...(ifSet(props.reference, (target) => ({ reference: referenceTo(target, namespace) })) ?? {}),
    ...(props.description === undefined ? {} : { description: props.description }),
    attributes: attributes(props),
  }),
);
