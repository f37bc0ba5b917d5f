import { type FieldError, via } from '../../base';
import { readyColumns, statusColumn } from '../columns';
import type { ServingConfig } from '../config';
import type { Service } from '../generated/types';
import { annotations } from '../keys';
import type { KindRules } from '../kind-rules';
import { creatorErrors, metadataErrors, wholeSecondsErrors } from '../metadata';
import { resourceType } from '../resource-type';
import { defaultTemplate } from './default-revision-spec';
import { defaultTraffic } from './default-traffic';
import { nameChangeErrors } from './immutable';
import { templateErrors } from './template-errors';
import { trafficErrors } from './traffic-errors';

export type { Service, ServiceSpec, ServiceStatus } from '../generated/types';

/** Knative's Service: see https://knative.dev/docs/serving/services/. */
export const ServiceType = resourceType<Service>('serving.knative.dev/v1', 'Service', 'services', {
  shortNames: ['kservice', 'ksvc'],
  categories: ['all', 'knative', 'serving'],
  columns: [
    statusColumn('URL', 'url'),
    statusColumn('LatestCreated', 'latestCreatedRevisionName'),
    statusColumn('LatestReady', 'latestReadyRevisionName'),
    ...readyColumns,
  ],
});

function setDefaults(service: Service, config: ServingConfig): Service {
  const { template, traffic, ...rest } = service.spec;
  const spec = {
    ...rest,
    template: defaultTemplate(template, service.metadata, config),
    traffic: defaultTraffic(traffic, true),
  };
  return { ...service, spec };
}

function validate({ metadata, spec }: Service, config: ServingConfig): FieldError[] {
  return [
    ...via('metadata', [
      ...metadataErrors(metadata, { autoscaling: false }, config),
      ...via('annotations', wholeSecondsErrors(metadata.annotations, annotations.rolloutDuration, 'rollout-duration')),
    ]),
    ...via('spec.template', templateErrors(spec.template, metadata, config)),
    ...via('spec.traffic', trafficErrors(spec.traffic, true)),
  ];
}

function validateUpdate(old: Service, next: Service): FieldError[] {
  return [...creatorErrors(old, next), ...via('spec.template', nameChangeErrors(old.spec.template, next.spec.template))];
}

export const serviceRules: KindRules<Service> = { setDefaults, validate, validateUpdate };
