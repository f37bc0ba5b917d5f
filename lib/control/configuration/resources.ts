import { annotations, type Configuration, controllerRef, labels, type Revision, type Stored } from '../../api';
import { timestamp } from '../../base';
import { revisionName } from './name';

const ROUTES = annotations.routes[0];

/** The revision that a Configuration wants now. It is active from the start if a route leads to the Configuration. */
export function makeRevision(configuration: Stored<Configuration>, now: number): Revision {
  const { metadata, spec } = configuration.spec.template;
  const { name, namespace, uid, generation = 0 } = configuration.metadata;
  const routes = configuration.metadata.annotations?.[ROUTES];
  const creator = configuration.metadata.annotations?.[annotations.lastModifier[0]];
  const inherited = [labels.service, labels.serviceUID].flatMap((key) => {
    const value = configuration.metadata.labels?.[key];
    return value ? [[key, value]] : [];
  });
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: {
      name: revisionName(configuration),
      namespace,
      labels: {
        ...metadata?.labels,
        ...Object.fromEntries(inherited),
        [labels.configuration]: name,
        [labels.configurationGeneration]: String(generation),
        [labels.configurationUID]: uid,
        [labels.routingState]: routes === undefined ? 'pending' : 'active',
      },
      annotations: {
        ...metadata?.annotations,
        [annotations.routingStateModified[0]]: timestamp(now),
        ...(creator === undefined ? {} : { [annotations.creator[0]]: creator }),
        ...(routes === undefined ? {} : { [ROUTES]: routes }),
      },
      ownerReferences: [controllerRef(configuration)],
    },
    spec,
  };
}
