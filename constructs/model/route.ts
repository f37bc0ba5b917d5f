import { apiVersionOf, RouteType } from '../../lib/api';
import type { FieldError } from '../../lib/base';
import type { Route } from './api-types';
import { unknownSplitProps } from './known-props';
import { type RoutedProps, routedMetadata } from './metadata';
import { type TrafficTarget, trafficProblems, trafficTargets } from './traffic';

/**
 * A host of its own whose requests are split over several services or their revisions.
 * @see https://knative.dev/docs/serving/traffic-management/
 */
export interface TrafficSplitProps extends RoutedProps {
  /** Where the requests go; whole percentages that sum to 100, see `TrafficTarget.percent`. */
  readonly targets: readonly TrafficTarget[];
}

/** The Route for the props. */
export function routeObject(name: string, props: TrafficSplitProps): Route {
  return {
    apiVersion: apiVersionOf(RouteType),
    kind: RouteType.kind,
    metadata: { ...routedMetadata(props), name },
    spec: { traffic: trafficTargets(props.targets ?? [], {}) },
  };
}

/** What is wrong with the props beyond what can be seen in the Route. */
export function routeProblems(props: TrafficSplitProps): FieldError[] {
  return [...unknownSplitProps(props), ...trafficProblems(props.targets ?? [], {})];
}
