import { readyColumns, statusColumn } from '../columns';
import type { Configuration } from '../generated/types';
import { resourceType } from '../resource-type';

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
