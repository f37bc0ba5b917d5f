import { type FieldError, via } from '../../base';
import { ConditionSet } from '../conditions';
import { sourceColumns } from '../eventing/columns';
import type { ContainerSource } from '../generated/types';
import type { KindRules } from '../kind-rules';
import { resourceType } from '../resource-type';
import { containerErrors, withContainers } from './pod-template';
import { sourceErrors } from './source';

export type { ContainerSource, ContainerSourceSpec, ContainerSourceStatus } from '../generated/types';

/** A container of your own that sends events. */
export const ContainerSourceType = resourceType<ContainerSource>(
  'sources.knative.dev/v1',
  'ContainerSource',
  'containersources',
  { categories: ['all', 'knative', 'sources'], columns: sourceColumns() },
);

export const containerSourceConditions = new ConditionSet('Ready', ['SinkBindingReady', 'ReceiveAdapterReady']);

function setDefaults(source: ContainerSource): ContainerSource {
  const { metadata, spec } = source;
  const template = withContainers(spec.template, 'containers', (container, i) =>
    container['name'] ? container : { ...container, name: `${metadata.name ?? ''}-${i}` },
  );
  return template === spec.template ? source : { ...source, spec: { ...spec, template } };
}

const validate = ({ spec }: ContainerSource): FieldError[] =>
  via('spec', [...via('template', containerErrors(spec.template)), ...sourceErrors(spec)]);

export const containerSourceRules: KindRules<ContainerSource> = { setDefaults, validate };
