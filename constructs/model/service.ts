import { apiVersionOf, ServiceType } from '../../lib/api';
import type { FieldError } from '../../lib/base';
import type { Service } from './api-types';
import { unknownServiceProps } from './known-props';
import { type RoutedProps, routedMetadata } from './metadata';
import { type RevisionName, revisionName } from './revision-name';
import { type RevisionTemplateProps, revisionTemplate, templateProblems } from './template';
import { type TrafficScope, type TrafficTarget, trafficProblems, trafficTargets } from './traffic';

/**
 * A Knative service: code that runs while there are requests, with a URL, and a history of revisions between which requests
 * can be split.
 * @see https://knative.dev/docs/serving/services/
 */
export interface KnServiceProps extends RevisionTemplateProps, RoutedProps {
  /** How revisions are named. @default RevisionName.generated() */
  readonly revision?: RevisionName;
  /**
   * Which revisions get which share of the requests; `TrafficSplit.canary()` and its like make such lists.
   * @default - all requests to the latest revision
   * @see https://knative.dev/docs/serving/traffic-management/
   */
  readonly traffic?: readonly TrafficTarget[];
}

/**
 * The Service for the props. Where revisions are named by content hash, `resolveContentHash` completes it after every patch.
 * @param name the object's final name, from which names of revisions are made
 */
export function serviceObject(name: string, props: KnServiceProps): Service {
  const template = revisionTemplate(props);
  const revision = revisionName(name, props.revision);
  return {
    apiVersion: apiVersionOf(ServiceType),
    kind: ServiceType.kind,
    metadata: { ...routedMetadata(props), name },
    spec: {
      template: revision === undefined ? template : { ...template, metadata: { ...template.metadata, name: revision } },
      ...(props.traffic && { traffic: trafficTargets(props.traffic, scope(name, props)) }),
    },
  };
}

/** What is wrong with the props beyond what can be seen in the Service. */
export function serviceProblems(name: string, props: KnServiceProps): FieldError[] {
  return [...unknownServiceProps(props), ...templateProblems(props), ...trafficProblems(props.traffic ?? [], scope(name, props))];
}

const scope = (service: string, { revision }: KnServiceProps): TrafficScope => ({
  service,
  contentHash: revision?.contentHash ?? false,
});
