import { type FieldError, generic, invalidValue, missingField, via, withRemedy } from '../../base';
import { ConditionSet } from '../conditions';
import type { ServingConfig } from '../config';
import { sourceColumns } from '../eventing/columns';
import { filterErrors } from '../eventing/filters';
import { selectorErrors } from '../eventing/label-selector';
import type { APIVersionKind, ApiServerSource } from '../generated/types';
import type { KindRules } from '../kind-rules';
import { resourceType } from '../resource-type';
import { sourceErrors } from './source';

export type {
  APIVersionKind,
  APIVersionKindSelector,
  ApiServerSource,
  ApiServerSourceSpec,
  ApiServerSourceStatus,
} from '../generated/types';

/** Sends an event for every change of objects of the cluster. */
export const ApiServerSourceType = resourceType<ApiServerSource>(
  'sources.knative.dev/v1',
  'ApiServerSource',
  'apiserversources',
  { categories: ['all', 'knative', 'sources'], columns: sourceColumns() },
);

export const apiServerSourceConditions = new ConditionSet('Ready', [
  'SinkProvided',
  'Deployed',
  'SufficientPermissions',
  'OIDCIdentityCreated',
]);

const setDefaults = (source: ApiServerSource): ApiServerSource => ({
  ...source,
  spec: {
    ...source.spec,
    mode: source.spec.mode || 'Reference',
    serviceAccountName: source.spec.serviceAccountName || 'default',
  },
});

function kindErrors({ apiVersion = '', kind }: Partial<APIVersionKind>): FieldError[] {
  const wrong = apiVersion.split('/').length > 2;
  return [
    ...(wrong ? [withRemedy(invalidValue(apiVersion, 'apiVersion'), 'Write group/version, such as "apps/v1", or "v1".')] : []),
    ...(kind?.trim() ? [] : [missingField('kind')]),
  ];
}

function validate({ spec }: ApiServerSource, { eventing: { features } }: ServingConfig): FieldError[] {
  const { resources, owner, namespaceSelector, filters = [] } = spec;
  const off = generic('Filters is not empty but the NewAPIServerFilters feature is disabled.', 'filters');
  return via('spec', [
    ...(resources.length === 0 ? [missingField('resources')] : []),
    ...resources.flatMap((resource, i) =>
      via(`resources[${i}]`, [...kindErrors(resource), ...via('selector', selectorErrors(resource.selector))]),
    ),
    ...(owner ? via('owner', kindErrors(owner)) : []),
    ...via('namespaceSelector', selectorErrors(namespaceSelector)),
    ...(filters.length > 0 && !features.newApiServerSourceFilters
      ? [withRemedy(off, 'Switch on new-apiserversource-filters of the installation.')]
      : via('filters', filterErrors(filters))),
    ...sourceErrors(spec),
  ]);
}

export const apiServerSourceRules: KindRules<ApiServerSource> = { setDefaults, validate };
