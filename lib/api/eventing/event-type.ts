import { type FieldError, missingField, via, withRemedy } from '../../base';
import { readyColumns } from '../columns';
import { ConditionSet } from '../conditions';
import type { EventAttributeDefinition, EventType, EventTypeV1beta2 } from '../generated/types';
import { defaultReference } from '../k-reference';
import type { KindRules } from '../kind-rules';
import { type PrinterColumn, resourceType } from '../resource-type';

export type {
  EventAttributeDefinition,
  EventType as EventTypeObject,
  EventTypeStatus,
  EventTypeV1beta2 as EventTypeV1beta2Object,
} from '../generated/types';

const categories = ['all', 'knative', 'eventing'];
const column = (name: string, jsonPath: string): PrinterColumn => ({ name, type: 'string', jsonPath });
const shared = [
  column('Reference Name', '.spec.reference.name'),
  column('Reference Kind', '.spec.reference.kind'),
  column('Description', '.spec.description'),
  ...readyColumns,
];

/** Events that can be subscribed to, as `kn` and older manifests say it. */
export const EventTypeV1beta2Type = resourceType<EventTypeV1beta2>('eventing.knative.dev/v1beta2', 'EventType', 'eventtypes', {
  categories,
  columns: [column('Type', '.spec.type'), column('Source', '.spec.source'), column('Schema', '.spec.schema'), ...shared],
});

/** Events that can be subscribed to: an entry of the catalogue. */
export const EventTypeType = resourceType<EventType>('eventing.knative.dev/v1beta3', 'EventType', 'eventtypes', {
  categories,
  columns: [
    column('Type', ".spec.attributes[?(@.name=='type')].value"),
    column('Source', ".spec.attributes[?(@.name=='source')].value"),
    ...shared,
  ],
  otherVersions: [EventTypeV1beta2Type],
});

export const eventTypeConditions = new ConditionSet('Ready', ['ReferenceExists']);

const REQUIRED = ['type', 'source', 'specversion', 'id'] as const;

/** The attributes of the events, whichever version says them. */
export function eventAttributesOf({ spec }: EventType | EventTypeV1beta2): readonly EventAttributeDefinition[] {
  if ('attributes' in spec) return spec.attributes;
  const { type, source, schema } = spec as EventTypeV1beta2['spec'];
  return [
    { name: 'type', required: true, ...(type ? { value: type } : {}) },
    { name: 'source', required: true, ...(source ? { value: source } : {}) },
    { name: 'specversion', required: true },
    { name: 'id', required: true },
    ...(schema ? [{ name: 'dataschema', required: false, value: schema }] : []),
  ];
}

function setDefaults<T extends EventType | EventTypeV1beta2>(eventType: T): T {
  const { reference } = eventType.spec;
  const full = reference && defaultReference(reference, eventType.metadata.namespace);
  return full === reference ? eventType : { ...eventType, spec: { ...eventType.spec, reference: full } };
}

function validate({ spec }: EventType): FieldError[] {
  const names = new Set(spec.attributes.map(({ name }) => name));
  const missing = REQUIRED.filter((name) => !names.has(name));
  if (missing.length === 0) return [];
  const remedy = `Every event has them: add ${missing.map((name) => `{ name: ${name}, required: true }`).join(', ')}.`;
  return via('spec.attributes', [withRemedy(missingField(...missing), remedy)]);
}

export const eventTypeRules: KindRules<EventType> = { setDefaults, validate };

export const eventTypeV1beta2Rules: KindRules<EventTypeV1beta2> = {
  setDefaults,
  validate: ({ spec }) => (spec.type ? [] : via('spec', [missingField('type')])),
};
