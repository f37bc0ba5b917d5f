import type { GraphNode } from './graph';

/** What a node is for, by which it is coloured. */
export type Role = 'service' | 'traffic' | 'revision' | 'workload' | 'settings' | 'events' | 'other' | 'missing';

interface Colours {
  /** Background. */
  readonly fill: string;
  /** Border, accent and the name of the kind. */
  readonly line: string;
}

/** Colours of each role on a light and on a dark page. */
export const ROLES: Readonly<Record<Exclude<Role, 'missing'>, { readonly light: Colours; readonly dark: Colours }>> = {
  service: { light: { fill: '#eef4ff', line: '#2563eb' }, dark: { fill: '#172341', line: '#7aa5ff' } },
  traffic: { light: { fill: '#f5efff', line: '#7c3aed' }, dark: { fill: '#251a3d', line: '#b894ff' } },
  revision: { light: { fill: '#ecfbf3', line: '#059669' }, dark: { fill: '#10291f', line: '#4fd6a0' } },
  workload: { light: { fill: '#f3f5f7', line: '#64748b' }, dark: { fill: '#1e252e', line: '#94a3b8' } },
  settings: { light: { fill: '#fff7e8', line: '#b45309' }, dark: { fill: '#2d2312', line: '#eab354' } },
  events: { light: { fill: '#fff0f6', line: '#db2777' }, dark: { fill: '#331726', line: '#f57fb3' } },
  other: { light: { fill: '#f3f5f7', line: '#64748b' }, dark: { fill: '#1e252e', line: '#94a3b8' } },
};

const BY_KIND: Readonly<Record<string, Role>> = {
  Route: 'traffic',
  Ingress: 'traffic',
  DomainMapping: 'traffic',
  ServerlessService: 'traffic',
  Configuration: 'service',
  Revision: 'revision',
  Deployment: 'workload',
  PodAutoscaler: 'revision',
  Metric: 'revision',
  ConfigMap: 'settings',
  Secret: 'settings',
  ServiceAccount: 'settings',
  PersistentVolumeClaim: 'settings',
};

/** The role of a node. Kinds of the eventing groups are all events'. */
export function roleOf({ apiVersion, kind, origin }: GraphNode): Role {
  if (origin === 'missing') return 'missing';
  if (/^(eventing|messaging|flows|sources|sinks)\.knative\.dev\//.test(apiVersion)) return 'events';
  if (kind === 'Service') return apiVersion === 'v1' ? 'traffic' : 'service';
  return BY_KIND[kind] ?? 'other';
}
