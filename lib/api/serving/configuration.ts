import { type FieldError, via } from '../../base';
import { readyColumns, statusColumn } from '../columns';
import type { ServingConfig } from '../config';
import type { Configuration } from '../generated/types';
import type { KindRules } from '../kind-rules';
import { creatorErrors, metadataErrors, serviceLabelErrors } from '../metadata';
import { resourceType } from '../resource-type';
import { defaultTemplate } from './default-revision-spec';
import { nameChangeErrors } from './immutable';
import { templateErrors } from './template-errors';

export type { Configuration, ConfigurationSpec, ConfigurationStatus } from '../generated/types';

/** The floating head of revisions. */
export const ConfigurationType = resourceType<Configuration>('serving.knative.dev/v1', 'Configuration', 'configurations', {
  shortNames: ['config', 'cfg'],
  categories: ['all', 'knative', 'serving'],
  columns: [
    statusColumn('LatestCreated', 'latestCreatedRevisionName'),
    statusColumn('LatestReady', 'latestReadyRevisionName'),
    ...readyColumns,
  ],
});

function setDefaults(configuration: Configuration, config: ServingConfig): Configuration {
  const template = defaultTemplate(configuration.spec.template, configuration.metadata, config);
  return { ...configuration, spec: { ...configuration.spec, template } };
}

function validate({ metadata, spec }: Configuration, config: ServingConfig): FieldError[] {
  return [
    ...via('metadata', [...metadataErrors(metadata, { autoscaling: false }, config), ...serviceLabelErrors(metadata)]),
    ...via('spec.template', templateErrors(spec.template, metadata, config)),
  ];
}

function validateUpdate(old: Configuration, next: Configuration): FieldError[] {
  return [
    ...(next.metadata.ownerReferences ? [] : creatorErrors(old, next)),
    ...via('spec.template', nameChangeErrors(old.spec.template, next.spec.template)),
  ];
}

export const configurationRules: KindRules<Configuration> = { setDefaults, validate, validateUpdate };
