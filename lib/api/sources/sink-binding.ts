import { type FieldError, invalidValue, missingField, missingOneOf, multipleOneOf, via } from '../../base';
import { ConditionSet } from '../conditions';
import { sourceColumns } from '../eventing/columns';
import { defaultDestination } from '../eventing/destination';
import { selectorErrors } from '../eventing/label-selector';
import type { SinkBinding, SubjectReference } from '../generated/types';
import type { KindRules } from '../kind-rules';
import { cIdentifierErrors, dns1123LabelErrors, qualifiedNameErrors } from '../names';
import { resourceType } from '../resource-type';
import { sourceErrors } from './source';

export type { SinkBinding, SinkBindingSpec, SinkBindingStatus, SubjectReference } from '../generated/types';

/** Tells the containers of anything that has pods where to send events. */
export const SinkBindingType = resourceType<SinkBinding>('sources.knative.dev/v1', 'SinkBinding', 'sinkbindings', {
  categories: ['all', 'knative', 'sources', 'bindings'],
  columns: sourceColumns(),
});

export const sinkBindingConditions = new ConditionSet('Ready', [
  'SinkBindingAvailable',
  'SinkProvided',
  'OIDCIdentityCreated',
  'OIDCTokenSecretCreated',
  'TrustBundlePropagated',
]);

function setDefaults(binding: SinkBinding): SinkBinding {
  const { metadata, spec } = binding;
  const { namespace } = metadata;
  const subject = spec.subject.namespace || !namespace ? spec.subject : { ...spec.subject, namespace };
  return { ...binding, spec: { ...spec, subject, sink: defaultDestination(spec.sink, namespace) } };
}

function subjectErrors(subject: SubjectReference, parent: string | undefined): FieldError[] {
  const { name, selector, namespace } = subject;
  const part = (field: 'apiVersion' | 'kind', check: (value: string) => string[]): FieldError[] => {
    const value = subject[field];
    if (!value) return [missingField(field)];
    const messages = check(value);
    return messages.length > 0 ? [invalidValue(messages.join(', '), field)] : [];
  };
  const nameMessages = name && !selector ? dns1123LabelErrors(name) : [];
  return [
    ...part('apiVersion', qualifiedNameErrors),
    ...part('kind', cIdentifierErrors),
    ...(selector && name ? [multipleOneOf('selector', 'name')] : selectorErrors(selector).flatMap((e) => via('selector', [e]))),
    ...(!selector && !name ? [missingOneOf('selector', 'name')] : []),
    ...(nameMessages.length > 0 ? [invalidValue(nameMessages.join(', '), 'name')] : []),
    // A manifest whose namespace is still to be said is no mistake.
    ...(namespace && parent && namespace !== parent ? [invalidValue(namespace, 'namespace')] : []),
  ];
}

const validate = ({ metadata, spec }: SinkBinding): FieldError[] =>
  via('spec', [...via('subject', subjectErrors(spec.subject, metadata.namespace)), ...sourceErrors(spec)]);

export const sinkBindingRules: KindRules<SinkBinding> = { setDefaults, validate };
