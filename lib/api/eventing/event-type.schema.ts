import { bool, define, list, notEmpty, str } from '../schema/builders.schema';
import { KReference } from '../schema/k-reference.schema';
import { kind, status } from '../schema/meta.schema';

const EventAttributeDefinition = define(
  'EventAttributeDefinition',
  'An attribute that the events have.',
  {
    name: str('Name of the attribute.', { maxLength: 63 }),
    required: bool('Whether every event has it.'),
    value: str('Its value, in which {name} stands for what differs from one event to another.'),
  },
  { required: ['name'] },
);

const EventTypeSpec = define(
  'EventTypeSpec',
  'Events that someone may send.',
  {
    reference: KReference,
    description: str('What they mean, for people.'),
    attributes: list(
      EventAttributeDefinition,
      'Their attributes: type, source, specversion, id, and those that they have beside.',
      {
        maxItems: 100,
        rules: ['type', 'source', 'specversion', 'id'].map((name) => ({
          rule: `self.exists(a, a.name == '${name}')`,
          message: `missing field(s): ${name}`,
        })),
      },
    ),
  },
  { required: ['attributes'] },
);

const EventTypeV1beta2Spec = define(
  'EventTypeV1beta2Spec',
  'Events that someone may send.',
  {
    type: str('Their type.', { rules: notEmpty }),
    source: str('Their source, a URI.'),
    schema: str('Where the schema of their data is, a URI.'),
    schemaData: str('The schema of their data itself.'),
    broker: str('Name of the broker that they come from. Older than reference.'),
    reference: KReference,
    description: str('What they mean, for people.'),
  },
  { rules: [{ rule: 'has(self.type)', message: 'missing field(s): type' }] },
);

const EventTypeStatus = status('EventTypeStatus', 'What is known of the events.', {});
const ABOUT = 'Events that can be subscribed to: an entry of the catalogue.';

export const EventType = kind('eventing.knative.dev/v1beta3', 'EventType', ABOUT, EventTypeSpec, EventTypeStatus);

export const EventTypeV1beta2 = kind('eventing.knative.dev/v1beta2', 'EventType', ABOUT, EventTypeV1beta2Spec, EventTypeStatus, {
  id: 'EventTypeV1beta2',
});
