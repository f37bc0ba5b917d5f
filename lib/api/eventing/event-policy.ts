import { type FieldError, generic, invalidValue, missingField, missingOneOf, multipleOneOf, via, withRemedy } from '../../base';
import { readyColumns } from '../columns';
import { ConditionSet } from '../conditions';
import type { ServingConfig } from '../config';
import type { EventPolicy, EventPolicySpecFrom, EventPolicySpecTo } from '../generated/types';
import type { KindRules } from '../kind-rules';
import { resourceType } from '../resource-type';
import { filterErrors } from './filters';
import { selectorErrors } from './label-selector';

export type { EventPolicy, EventPolicySpec, EventPolicyStatus } from '../generated/types';

/** Who may send events to the receivers of a namespace. */
export const EventPolicyType = resourceType<EventPolicy>('eventing.knative.dev/v1alpha1', 'EventPolicy', 'eventpolicies', {
  categories: ['all', 'knative', 'eventing'],
  columns: readyColumns,
});

export const eventPolicyConditions = new ConditionSet('Ready', ['AuthenticationEnabled', 'SubjectsResolved']);

function setDefaults(policy: EventPolicy): EventPolicy {
  const { namespace } = policy.metadata;
  const from = policy.spec?.from;
  if (!from || !namespace) return policy;
  const full = from.map((entry) => (entry.ref && !entry.ref.namespace ? { ...entry, ref: { ...entry.ref, namespace } } : entry));
  return { ...policy, spec: { ...policy.spec, from: full } };
}

const identityErrors = (ref: { readonly kind?: string; readonly apiVersion?: string; readonly name?: string }): FieldError[] =>
  (['kind', 'apiVersion', 'name'] as const).filter((part) => !ref[part]).map((part) => missingField(part));

function fromErrors({ ref, sub }: EventPolicySpecFrom): FieldError[] {
  const star = sub?.indexOf('*') ?? -1;
  return [
    ...(!ref && !sub ? [missingOneOf('ref', 'sub')] : []),
    ...(ref && sub !== undefined ? [multipleOneOf('ref', 'sub')] : []),
    ...(ref ? via('ref', identityErrors(ref)) : []),
    ...(star >= 0 && star < sub!.length - 1 ? [invalidValue(sub, 'sub', "'*' is only allowed as suffix")] : []),
  ];
}

function toErrors({ ref, selector }: EventPolicySpecTo): FieldError[] {
  return [
    ...(!ref && !selector ? [missingOneOf('ref', 'selector')] : []),
    ...(ref && selector ? [multipleOneOf('ref', 'selector')] : []),
    ...(ref ? via('ref', identityErrors(ref)) : []),
    ...via('selector', selectorErrors(selector)),
  ];
}

/** What upstream says of every policy where nobody proves who they are. */
export const POLICIES_OFF = 'oidc-authentication feature not enabled';

function validate({ spec = {} }: EventPolicy, { eventing: { features } }: ServingConfig): FieldError[] {
  const { from = [], to = [], filters } = spec;
  const off = withRemedy(
    generic(POLICIES_OFF, 'spec'),
    'Switch on authentication-oidc of the installation: without it nobody proves who they are.',
  );
  return [
    ...(features.authenticationOidc ? [] : [off]),
    ...via('spec', [
      ...from.flatMap((entry, i) => via(`from[${i}]`, fromErrors(entry))),
      ...to.flatMap((entry, i) => via(`to[${i}]`, toErrors(entry))),
      ...via('filters', filterErrors(filters)),
    ]),
  ];
}

export const eventPolicyRules: KindRules<EventPolicy> = { setDefaults, validate };
