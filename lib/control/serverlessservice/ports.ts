import {
  type Deployment,
  type EndpointSubset,
  QUEUE_SIDECAR,
  queuePortOf,
  type ServerlessService,
  type ServicePort,
} from '../../api';
import { USER_PORT_NAME } from '../revision';

type Protocol = ServerlessService['spec']['protocolType'];

/** Ports on which gateways take requests for revisions, as Knative's activators do. */
export const BACKEND_HTTP_PORT = 8012;
export const BACKEND_HTTP2_PORT = 8013;
export const BACKEND_HTTPS_PORT = 8112;

/** The name of the port for a protocol; Endpoints carry it too. */
export const portName = (protocol: Protocol): string => (protocol === 'h2c' ? 'http2' : 'http');

const appProtocol = (protocol: Protocol) => (protocol === 'h2c' ? { appProtocol: 'kubernetes.io/h2c' } : {});

/**
 * Ports of the Service that always answers. Endpoints are what counts; but some ingresses (kourier) take the port from here and only the
 * addresses from there, so that this is the gateways' own port; where they have none for the protocol, it is Knative's.
 */
export function publicPorts(protocol: Protocol, gateways: readonly EndpointSubset[]): readonly ServicePort[] {
  const served = gateways.flatMap(({ ports = [] }) => ports).find(({ name }) => name === portName(protocol))?.port;
  return [
    {
      name: portName(protocol),
      protocol: 'TCP',
      ...appProtocol(protocol),
      port: protocol === 'h2c' ? 81 : 80,
      targetPort: served ?? (protocol === 'h2c' ? BACKEND_HTTP2_PORT : BACKEND_HTTP_PORT),
    },
    { name: 'https', protocol: 'TCP', port: 443, targetPort: BACKEND_HTTPS_PORT },
  ];
}

/**
 * Ports of the Service with the pods alone: the user's own container's, or the sidecar's where pods have one. Upstream offers its
 * sidecar's metrics here, too (9090, 9091).
 */
export function privatePorts(protocol: Protocol, targetPort: string): readonly ServicePort[] {
  return [{ name: portName(protocol), protocol: 'TCP', ...appProtocol(protocol), port: 80, targetPort }];
}

/**
 * The port by which requests enter the pods of a Deployment. Where they are about to get the sidecar or to lose it, it is the port that
 * all of them have.
 *
 * @param before what it is now, if anything
 */
export function entryPort(deployment: Deployment, before: string | undefined): string {
  if (queuePortOf(deployment.spec.template.spec) === undefined) return USER_PORT_NAME;
  return before === USER_PORT_NAME && !isUpToDate(deployment) ? before : QUEUE_SIDECAR.portName;
}

function isUpToDate({ metadata: { generation = 0 }, status = {} }: Deployment): boolean {
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0 } = status;
  return observedGeneration >= generation && updatedReplicas >= replicas;
}
