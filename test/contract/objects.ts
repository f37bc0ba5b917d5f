import type { ConfigMap, Deployment, Pod } from '../../lib/api';

export function configMap(namespace: string, name: string, more: Partial<ConfigMap> = {}): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', ...more, metadata: { namespace, name, ...more.metadata } };
}

export function deployment(namespace: string, name: string, replicas = 1): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: 'example.com/app:1' }] } },
    },
  };
}

export function pod(namespace: string, name: string, more: Partial<Pod['spec']> = {}): Pod {
  const spec = { containers: [{ name: 'main', image: 'example.com/app:1' }], ...more };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name }, spec };
}
