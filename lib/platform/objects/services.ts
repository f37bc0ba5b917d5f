import { INSTALLATION, type KubeObject, RUNTIME_PORTS } from '../../api';
import type { ResolvedPlatform } from '../options';
import { metadataOf, selectorOf } from './labels';

const { servingNamespace, eventingNamespace, gateway, ingress, runtime } = INSTALLATION;
const GATEWAY_HOST = `${gateway}.${servingNamespace}.svc.cluster.local`;
/** Brokers, channels and what else takes events. */
const RECEIVERS = [
  INSTALLATION.brokerIngress,
  INSTALLATION.channelDispatcher,
  INSTALLATION.jobSink,
  INSTALLATION.eventTransform,
  INSTALLATION.requestReply,
];

const http = (port: 'external' | 'internal', nodePort?: number) => [
  { name: 'http', port: 80, targetPort: RUNTIME_PORTS[port], protocol: 'TCP', ...(nodePort === undefined ? {} : { nodePort }) },
];

/** How the platform is reached from inside and outside. */
export function services(platform: ResolvedPlatform): readonly KubeObject[] {
  const { profile, exposure } = platform;
  const front = selectorOf(profile === 'small' ? runtime : gateway);
  const service = (name: string, namespace: string, component: string, spec: object): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(platform, name, component, namespace),
    spec,
  });
  const [type, nodePort] =
    exposure === 'loadBalancer'
      ? (['LoadBalancer', undefined] as const)
      : exposure === 'nodePort'
        ? (['NodePort', undefined] as const)
        : typeof exposure === 'object' && 'nodePort' in exposure
          ? (['NodePort', exposure.nodePort] as const)
          : (['ClusterIP', undefined] as const);
  const receivers = RECEIVERS.map((name) =>
    service(
      ...([name, eventingNamespace, 'eventing'] as const),
      profile === 'small'
        ? { type: 'ExternalName', externalName: GATEWAY_HOST, ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }
        : { type: 'ClusterIP', selector: selectorOf(INSTALLATION.eventing), ports: http('internal') },
    ),
  );
  const https = platform.tls === 'none' ? [] : [{ name: 'https', port: 443, targetPort: RUNTIME_PORTS.https, protocol: 'TCP' }];
  const asked = service(INSTALLATION.webhook, servingNamespace, 'webhook', {
    ...{ type: 'ClusterIP', selector: selectorOf(profile === 'small' ? runtime : INSTALLATION.webhook) },
    ports: [{ name: 'https', port: 443, targetPort: RUNTIME_PORTS.webhook, protocol: 'TCP' }],
  });
  return [
    service(gateway, servingNamespace, 'gateway', { type: 'ClusterIP', selector: front, ports: http('internal') }),
    service(ingress, servingNamespace, 'gateway', { type, selector: front, ports: [...http('external', nodePort), ...https] }),
    ...(platform.eventing ? receivers : []),
    ...(platform.webhook ? [asked] : []),
    ...(typeof exposure === 'object' && 'gateway' in exposure ? [httpRoute(platform, exposure)] : []),
  ];
}

/** TLS ends at the Gateway. */
function httpRoute(
  platform: ResolvedPlatform,
  { gateway: parent, hostnames }: Extract<ResolvedPlatform['exposure'], { gateway: object }>,
): KubeObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: metadataOf(platform, ingress, 'gateway', servingNamespace),
    spec: {
      parentRefs: [parent],
      ...(hostnames === undefined ? {} : { hostnames }),
      rules: [{ backendRefs: [{ name: ingress, port: 80 }] }],
    },
  };
}
