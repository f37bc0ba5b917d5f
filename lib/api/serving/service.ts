import { readyColumns, statusColumn } from '../columns';
import type { Service } from '../generated/types';
import { resourceType } from '../resource-type';

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
