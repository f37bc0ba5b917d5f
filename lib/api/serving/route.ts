import { readyColumns, statusColumn } from '../columns';
import type { Route } from '../generated/types';
import { resourceType } from '../resource-type';

export type { Route, RouteSpec, RouteStatus, TrafficTarget } from '../generated/types';

/** A host name whose requests go to revisions, in shares. */
export const RouteType = resourceType<Route>('serving.knative.dev/v1', 'Route', 'routes', {
  shortNames: ['rt'],
  categories: ['all', 'knative', 'serving'],
  columns: [statusColumn('URL', 'url'), ...readyColumns],
});
