import { disallowedFields, type FieldError, generic, via, withRemedy } from '../../base';
import { readyColumns, statusColumn } from '../columns';
import type { ServingConfig } from '../config';
import type { DomainMapping } from '../generated/types';
import { defaultReference, kReferenceErrors } from '../k-reference';
import type { KindRules } from '../kind-rules';
import type { ObjectMeta } from '../meta';
import { creatorErrors } from '../metadata';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../names';
import { resourceType } from '../resource-type';

export type { DomainMapping, DomainMappingSpec, DomainMappingStatus } from '../generated/types';

/** A domain of your own that leads to a service; the name of the object is the domain. */
export const DomainMappingType = resourceType<DomainMapping>('serving.knative.dev/v1beta1', 'DomainMapping', 'domainmappings', {
  shortNames: ['dm'],
  categories: ['all', 'knative', 'serving'],
  columns: [statusColumn('URL', 'url'), ...readyColumns],
});

/** What is wrong with a domain as a name, in Kubernetes' words; undefined if nothing is. */
function domainError(name: string): string | undefined {
  if (name === '') return 'name: Required value';
  const domain = name.replace(/\.$/, '');
  const invalid = (value: string, messages: readonly string[]): string | undefined =>
    messages.length > 0 ? `name: Invalid value: ${JSON.stringify(value)}: ${messages.join(',')}` : undefined;
  const labels = domain.split('.');
  return (
    invalid(domain, dns1123SubdomainErrors(domain)) ??
    invalid(domain, labels.length < 2 ? ['should be a domain with at least two segments separated by dots'] : []) ??
    labels.map((label) => invalid(label, dns1123LabelErrors(label))).find((error) => error !== undefined)
  );
}

function nameErrors({ name = '', generateName }: ObjectMeta, { domain: { clusterDomain } }: ServingConfig): FieldError[] {
  const wrong = domainError(name);
  const quoted = JSON.stringify(name);
  const inside = `invalid name ${quoted}: must not be a subdomain of cluster local domain ${JSON.stringify(clusterDomain)}`;
  return [
    ...(generateName ? [disallowedFields('generateName')] : []),
    ...(wrong === undefined
      ? []
      : [withRemedy(generic(`invalid name ${quoted}: ${wrong}`, 'name'), 'Use a domain such as "shop.example.com".')]),
    ...(name.endsWith(`.${clusterDomain}`)
      ? [withRemedy(generic(inside, 'name'), 'Names inside the cluster are given by it: use a domain of your own.')]
      : []),
  ];
}

function setDefaults(mapping: DomainMapping): DomainMapping {
  const ref = defaultReference(mapping.spec.ref, mapping.metadata.namespace);
  return ref === mapping.spec.ref ? mapping : { ...mapping, spec: { ...mapping.spec, ref } };
}

function validate({ metadata, spec }: DomainMapping, config: ServingConfig): FieldError[] {
  return [...via('metadata', nameErrors(metadata, config)), ...via('spec.ref', kReferenceErrors(spec.ref, metadata.namespace))];
}

export const domainMappingRules: KindRules<DomainMapping> = { setDefaults, validate, validateUpdate: creatorErrors };
