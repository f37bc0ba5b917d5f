import { readyColumns, statusColumn } from '../columns';
import type { ServerlessService } from '../generated/types';
import { resourceType } from '../resource-type';

export type { ServerlessService, ServerlessServiceSpec, ServerlessServiceStatus } from '../generated/types';

/** The Services of a revision. */
export const ServerlessServiceType = resourceType<ServerlessService>(
  'networking.internal.knative.dev/v1alpha1',
  'ServerlessService',
  'serverlessservices',
  {
    shortNames: ['sks'],
    categories: ['knative-internal', 'networking'],
    columns: [
      { name: 'Mode', type: 'string', jsonPath: '.spec.mode' },
      { name: 'Activators', type: 'integer', jsonPath: '.spec.numActivators' },
      statusColumn('ServiceName', 'serviceName'),
      statusColumn('PrivateServiceName', 'privateServiceName'),
      ...readyColumns,
    ],
  },
);
