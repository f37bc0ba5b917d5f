import { INSTALLATION, type KubeObject } from '../../api';
import type { ResolvedPlatform } from '../options';
import { metadataOf, selectorOf } from './labels';

const { servingNamespace, gateway } = INSTALLATION;
/** Share of the requested CPU above which there are more gateways, in percent. */
const BUSY = 70;
/** How long fewer gateways must do before one goes, in seconds: requests under way end first. */
const CALM = 300;

/** How many gateways there are, and how many may be missing: with `small` there is one pod, and no choice. */
export function availability(platform: ResolvedPlatform): readonly KubeObject[] {
  if (platform.profile === 'small') return [];
  const { replicas } = platform;
  const metadata = metadataOf(platform, gateway, 'gateway', servingNamespace);
  const autoscaler: KubeObject = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: gateway },
      minReplicas: replicas.gateway,
      maxReplicas: replicas.gatewayMax,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: BUSY } } }],
      behavior: { scaleDown: { stabilizationWindowSeconds: CALM } },
    },
  };
  const several = ['controller', 'gateway', ...(platform.webhook ? (['webhook'] as const) : [])] as const;
  return [autoscaler, ...several.map((component) => disruptionBudget(platform, component))];
}

/** A node is emptied one pod at a time. */
function disruptionBudget(platform: ResolvedPlatform, component: 'controller' | 'gateway' | 'webhook'): KubeObject {
  const name = INSTALLATION[component];
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadataOf(platform, name, component, servingNamespace),
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorOf(name) } },
  };
}
