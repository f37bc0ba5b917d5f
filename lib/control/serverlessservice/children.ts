import {
  childName,
  controllerRef,
  type Deployment,
  type EndpointSubset,
  type Endpoints,
  type K8sService,
  labels,
  type ObjectMeta,
  type ServerlessService,
} from '../../api';
import { entryPort, privatePorts, publicPorts } from './ports';

type Side = 'Public' | 'Private';

/** The name of the Service with the pods alone. */
export const privateServiceName = (sks: ServerlessService): string => childName(sks.metadata.name ?? '', '-private');

function childMetadata(sks: ServerlessService, name: string, side: Side): ObjectMeta {
  const { namespace, annotations } = sks.metadata;
  return {
    name,
    namespace,
    labels: { ...sks.metadata.labels, [labels.serverlessService]: sks.metadata.name ?? '', [labels.serviceType]: side },
    ...(annotations ? { annotations } : {}),
    ownerReferences: [controllerRef(sks)],
  };
}

/** The Service that always answers. It has no selector: its endpoints are gateways, set below. */
export function publicService(sks: ServerlessService, gateways: readonly EndpointSubset[]): K8sService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: childMetadata(sks, sks.metadata.name ?? '', 'Public'),
    spec: { ports: publicPorts(sks.spec.protocolType, gateways) },
  };
}

/** The endpoints of the Service that always answers. */
export function publicEndpoints(sks: ServerlessService, subsets: readonly EndpointSubset[]): Endpoints {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: childMetadata(sks, sks.metadata.name ?? '', 'Public'),
    subsets,
  };
}

/** The Service that selects the pods of the revision's Deployment. @param before what it is now, if it is there */
export function privateService(sks: ServerlessService, deployment: Deployment, before?: K8sService): K8sService {
  const port = entryPort(deployment, before?.spec.ports?.[0]?.targetPort as string | undefined);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: childMetadata(sks, privateServiceName(sks), 'Private'),
    spec: { ports: privatePorts(sks.spec.protocolType, port), selector: deployment.spec.selector.matchLabels ?? {} },
  };
}
