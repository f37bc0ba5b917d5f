import type { EndpointSubset, ServerlessService, ServicePort } from '../../api';

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
 * Ports of the Service with the pods alone. Upstream's leads to the sidecar of each pod (8012, 8013, 8112) and offers the
 * sidecar's metrics (9090, 9091); our pods have no sidecar: the one port is the user's own container's.
 */
export function privatePorts(protocol: Protocol): readonly ServicePort[] {
  return [{ name: portName(protocol), protocol: 'TCP', ...appProtocol(protocol), port: 80, targetPort: 'user-port' }];
}
