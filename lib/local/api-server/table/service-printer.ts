import type { K8sService, ServicePort } from '../../../api';
import { timeSince } from './human-duration';
import { labelsText } from './selector-text';
import { ageColumn, column, nameColumn, type Printer, wideColumn } from './table';

const NONE = '<none>';

interface LoadBalancer {
  readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[];
}

const portText = ({ port, nodePort, protocol = 'TCP' }: ServicePort): string =>
  nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`;

function externalAddress({ spec, status }: K8sService): string {
  const own = (spec['externalIPs'] ?? []) as readonly string[];
  if (spec.type === 'ExternalName') return spec.externalName ?? '';
  if (spec.type !== 'LoadBalancer') return own.join(',') || NONE;
  const { ingress = [] } = (status?.loadBalancer ?? {}) as LoadBalancer;
  const balancers = [...new Set(ingress.map(({ ip, hostname }) => ip || hostname || ''))].filter((one) => one !== '').sort();
  return [...balancers, ...own].join(',') || '<pending>';
}

export const servicePrinter: Printer<K8sService> = {
  columns: [
    nameColumn,
    column('Type', 'How the service is reached.'),
    column('Cluster-IP', 'Its address within the cluster.'),
    column('External-IP', 'Its addresses outside the cluster, or the name that it stands for.'),
    column('Port(s)', 'Its ports, those of the nodes after a colon.'),
    ageColumn,
    wideColumn('Selector', 'Which pods are behind it.'),
  ],
  cells(service, now) {
    const { metadata, spec } = service;
    return [
      metadata.name ?? '',
      spec.type ?? 'ClusterIP',
      spec.clusterIPs?.[0] || spec.clusterIP || NONE,
      externalAddress(service),
      (spec.ports ?? []).map(portText).join(',') || NONE,
      timeSince(metadata.creationTimestamp, now),
      labelsText(spec.selector),
    ];
  },
};
