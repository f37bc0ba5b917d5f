import { type FieldError, via } from '../../base';
import { readyColumns, statusColumn } from '../columns';
import type { ServingConfig } from '../config';
import type { Route } from '../generated/types';
import { annotations } from '../keys';
import type { KindRules } from '../kind-rules';
import { creatorErrors, metadataErrors, serviceLabelErrors, wholeSecondsErrors } from '../metadata';
import { resourceType } from '../resource-type';
import { defaultTraffic } from './default-traffic';
import { trafficErrors } from './traffic-errors';

export type { Route, RouteSpec, RouteStatus, TrafficTarget } from '../generated/types';

/** A host name whose requests go to revisions, in shares. */
export const RouteType = resourceType<Route>('serving.knative.dev/v1', 'Route', 'routes', {
  shortNames: ['rt'],
  categories: ['all', 'knative', 'serving'],
  columns: [statusColumn('URL', 'url'), ...readyColumns],
});

function setDefaults(route: Route): Route {
  const { traffic } = route.spec;
  return traffic ? { ...route, spec: { ...route.spec, traffic: defaultTraffic(traffic, false) } } : route;
}

function validate({ metadata, spec }: Route, config: ServingConfig): FieldError[] {
  return [
    ...via('metadata', [
      ...metadataErrors(metadata, { autoscaling: false }, config),
      ...serviceLabelErrors(metadata),
      ...via('annotations', wholeSecondsErrors(metadata.annotations, annotations.rolloutDuration, 'rollout-duration')),
    ]),
    ...via('spec.traffic', trafficErrors(spec.traffic, false)),
  ];
}

function validateUpdate(old: Route, next: Route): FieldError[] {
  return next.metadata.ownerReferences ? [] : creatorErrors(old, next);
}

export const routeRules: KindRules<Route> = { setDefaults, validate, validateUpdate };
