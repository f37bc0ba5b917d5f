import { INSTALLATION, type KubeObject } from '../../api';
import type { PlatformComponent, ResolvedPlatform } from '../options';
import { metadataOf, selectorOf } from './labels';
import { type PodOptions, podTemplate } from './pod';

const { servingNamespace, eventingNamespace } = INSTALLATION;

/** Requests under way may take as long as they need to end, within reason, in seconds. */
const GRACE = 40;
/** So long endpoints need to be everywhere, in seconds. */
const LINGER = 8;

/** The pods of a platform. */
export function workloads(platform: ResolvedPlatform): readonly KubeObject[] {
  const doors: PodOptions['ports'] = platform.tls === 'none' ? ['external', 'internal'] : ['external', 'https', 'internal'];
  if (platform.profile === 'small') {
    const pod: PodOptions = {
      ...{ component: 'runtime', role: 'all', keepsEvents: platform.eventing, graceSeconds: GRACE },
      ports: [...doors, 'health', 'metrics', ...(platform.webhook ? (['webhook'] as const) : [])],
    };
    return [statefulSet(platform, servingNamespace, pod)];
  }
  const controller: PodOptions = {
    ...{ component: 'controller', role: 'controller', keepsEvents: false, dials: true, graceSeconds: GRACE },
    ports: ['health', 'metrics'],
  };
  const gateway: PodOptions = {
    ...{ component: 'gateway', role: 'gateway', keepsEvents: false, dials: true, graceSeconds: GRACE, lingerSeconds: LINGER },
    ports: [...doors, 'health', 'metrics', 'link'],
  };
  const webhook: PodOptions = {
    ...{ component: 'webhook', role: 'webhook', keepsEvents: false, graceSeconds: GRACE, lingerSeconds: LINGER },
    ports: ['webhook', 'health', 'metrics'],
  };
  const serving = [
    deployment(platform, servingNamespace, controller, platform.replicas.controller),
    deployment(platform, servingNamespace, gateway, undefined),
    ...(platform.webhook ? [deployment(platform, servingNamespace, webhook, platform.replicas.webhook)] : []),
  ];
  if (!platform.eventing) return serving;
  const eventing: PodOptions = {
    ...{ component: 'eventing', role: 'eventing', keepsEvents: true, graceSeconds: GRACE },
    ports: ['internal', 'health', 'metrics', 'link'],
  };
  const source: PodOptions = {
    ...{ component: 'source', role: 'source', keepsEvents: false, graceSeconds: GRACE },
    ports: ['health', 'metrics', 'link'],
  };
  return [...serving, statefulSet(platform, eventingNamespace, eventing), deployment(platform, eventingNamespace, source, 1)];
}

function head(platform: ResolvedPlatform, component: PlatformComponent, namespace: string): KubeObject['metadata'] {
  return metadataOf(platform, INSTALLATION[component], component, namespace);
}

/** One pod: the next begins when it has ended, so that no two write to one log. */
function statefulSet(platform: ResolvedPlatform, namespace: string, pod: PodOptions): KubeObject {
  const name = INSTALLATION[pod.component];
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: head(platform, pod.component, namespace),
    spec: {
      replicas: 1,
      serviceName: pod.component === 'runtime' ? INSTALLATION.gateway : INSTALLATION.brokerIngress,
      selector: { matchLabels: selectorOf(name) },
      template: podTemplate(platform, pod),
    },
  };
}

/** Pods that stand beside each other on different nodes and zones where there are several; an update first adds, then takes away. */
function deployment(platform: ResolvedPlatform, namespace: string, pod: PodOptions, replicas: number | undefined): KubeObject {
  const name = INSTALLATION[pod.component];
  const template = podTemplate(platform, pod) as { readonly metadata: object; readonly spec: object };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: head(platform, pod.component, namespace),
    spec: {
      // The autoscaler's where there is one: to apply again would undo what it decided.
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: selectorOf(name) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: { ...template, spec: { ...template.spec, ...apart(name) } },
    },
  };
}

const apart = (name: string): object => ({
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map(
        (topologyKey, i) => ({
          weight: 100 - 50 * i,
          podAffinityTerm: { topologyKey, labelSelector: { matchLabels: selectorOf(name) } },
        }),
      ),
    },
  },
});
