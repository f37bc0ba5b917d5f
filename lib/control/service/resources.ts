import { annotations, type Configuration, controllerRef, labels, type Route, type Service, type Stored } from '../../api';
import { ROUTE_FINALIZER } from '../labeler';
import { listAnnotation, without } from '../metadata';

const LAST_APPLIED: string = annotations.lastAppliedConfiguration[0];
const ROUTES = annotations.routes[0];
const NOT_FOR_CONFIGURATION = new Set<string>([LAST_APPLIED, ...annotations.rolloutDuration]);

/** The Configuration of a Service; routes that `existing` names in its annotation stay there. */
export function makeConfiguration(service: Stored<Service>, existing: Configuration | undefined): Configuration {
  const { name, namespace, uid } = service.metadata;
  const routes = new Set([...listAnnotation(existing?.metadata.annotations, ROUTES), name]);
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Configuration',
    metadata: {
      name,
      namespace,
      labels: { ...service.metadata.labels, [labels.service]: name, [labels.serviceUID]: uid },
      annotations: {
        ...without(service.metadata.annotations, (key) => NOT_FOR_CONFIGURATION.has(key)),
        [ROUTES]: [...routes].sort().join(','),
      },
      ownerReferences: [controllerRef(service)],
    },
    spec: { template: service.spec.template },
  };
}

/** The Route of a Service, born with the labeler's finalizer, which would add it at once: targets that name no revision follow the Service's Configuration. */
export function makeRoute(service: Stored<Service>): Route {
  const { name, namespace } = service.metadata;
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Route',
    metadata: {
      name,
      namespace,
      labels: { ...service.metadata.labels, [labels.service]: name },
      annotations: without(service.metadata.annotations, (key) => key === LAST_APPLIED),
      finalizers: [ROUTE_FINALIZER],
      ownerReferences: [controllerRef(service)],
    },
    spec: {
      traffic: (service.spec.traffic ?? []).map((target) =>
        target.revisionName ? target : { ...target, configurationName: name },
      ),
    },
  };
}
