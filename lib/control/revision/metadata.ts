import { AUTOSCALING_GROUP, annotations, labels, type Revision, type Stored } from '../../api';
import { without } from '../metadata';

const OF_REVISION_ALONE = new Set<string>([
  annotations.lastPinned[0],
  annotations.noGc[0],
  annotations.routingStateModified[0],
  annotations.routes[0],
]);

/** Labels of everything that a revision makes. */
export function childLabels(revision: Stored<Revision>): Record<string, string> {
  const { name, uid } = revision.metadata;
  const inherited = without(revision.metadata.labels, (key) => key === labels.route || key === labels.routingState);
  return { [labels.app]: name, ...inherited, [labels.revision]: name, [labels.revisionUID]: uid };
}

/** Annotations of the PodAutoscaler: all but those that speak of the revision's own state. */
export function autoscalerAnnotations(revision: Revision): Record<string, string> {
  return without(revision.metadata.annotations, (key) => OF_REVISION_ALONE.has(key));
}

/** Annotations of Deployment and pods: nothing about scaling either. */
export function workloadAnnotations(revision: Revision): Record<string, string> {
  return without(autoscalerAnnotations(revision), (key) => key.startsWith(AUTOSCALING_GROUP));
}
