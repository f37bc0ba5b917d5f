import { INSTALLATION, type KubeObject, RUNTIME_PORTS } from '../../api';
import type { PlatformComponent, ResolvedPlatform } from '../options';
import { accountsOf } from './access';
import { kubeObject, metadataOf, PART_OF, selectorOf } from './labels';

const tcp = (...ports: readonly number[]) => ports.map((port) => ({ protocol: 'TCP', port }));
/** Pods of the cluster, in any namespace. */
const PODS = [{ namespaceSelector: {} }];
/** Pods of the platform: of its namespaces, whatever pods elsewhere call themselves. */
const ours = ({ eventing }: ResolvedPlatform) => [
  {
    namespaceSelector: {
      matchExpressions: [
        {
          key: 'kubernetes.io/metadata.name',
          operator: 'In',
          values: [INSTALLATION.servingNamespace, ...(eventing ? [INSTALLATION.eventingNamespace] : [])],
        },
      ],
    },
    podSelector: { matchLabels: PART_OF },
  },
];
const NAMES = { ports: [{ protocol: 'UDP', port: 53 }, ...tcp(53)] };
/** What machines tell only themselves, such as the credentials of their cloud. */
const ANYWHERE = [
  { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } },
  { ipBlock: { cidr: '::/0', except: ['fe80::/10'] } },
];

/** Who may dial which pods of the platform, and whom they may dial. The kubelet, which asks after their health, always may. */
export function networkPolicies(platform: ResolvedPlatform): readonly KubeObject[] {
  if (!platform.networkPolicies) return [];
  return accountsOf(platform).map(({ component, name, namespace }) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(platform, name, component, namespace),
    spec: {
      podSelector: { matchLabels: selectorOf(name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: ingress(platform, component),
      egress: egress(),
    },
  }));
}

function ingress(platform: ResolvedPlatform, component: PlatformComponent): object[] {
  const { metricsFrom, profile, tls, webhook } = platform;
  const { external, https, internal, metrics, link } = RUNTIME_PORTS;
  const outside =
    component === 'runtime' || component === 'gateway' ? [{ ports: tcp(external, ...(tls === 'none' ? [] : [https])) }] : [];
  const inside = ['controller', 'source', 'webhook'].includes(component) ? [] : [{ from: PODS, ports: tcp(internal) }];
  // API servers dial from wherever they are, usually from no pod.
  const asked = webhook && (component === 'runtime' || component === 'webhook') ? [{ ports: tcp(RUNTIME_PORTS.webhook) }] : [];
  const linked = profile === 'ha' && component !== 'webhook' ? [{ from: ours(platform), ports: tcp(link) }] : [];
  const read = metricsFrom.map((name) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }));
  return [...outside, ...inside, ...asked, ...linked, ...(read.length > 0 ? [{ from: read, ports: tcp(metrics) }] : [])];
}

/** Events go to sinks, requests to pods, questions to API servers and registries, which are at other ports in every cluster. */
const egress = (): object[] => [NAMES, { to: ANYWHERE }];

/** Secrets that are empty until the runtime fills them: it may write these and create none. */
export const secrets = (platform: ResolvedPlatform): readonly KubeObject[] => [
  ...(platform.eventing ? [secret(platform, INSTALLATION.requestReplyKeys, 'eventing', INSTALLATION.eventingNamespace)] : []),
  ...(platform.webhook ? [secret(platform, INSTALLATION.webhookCertificates, 'webhook', INSTALLATION.servingNamespace)] : []),
];

const secret = (platform: ResolvedPlatform, name: string, component: string, namespace: string): KubeObject =>
  kubeObject({ apiVersion: 'v1', kind: 'Secret', metadata: metadataOf(platform, name, component, namespace), type: 'Opaque' });
