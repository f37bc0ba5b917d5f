import type { Condition, KubeObject } from '../../../api';
import { timeSince } from './human-duration';
import { ageColumn, column, nameColumn, type Printer, wideColumn } from './table';

/** A machine of a cluster; what its row shows. */
interface Node extends KubeObject {
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly nodeInfo?: {
      readonly kubeletVersion?: string;
      readonly osImage?: string;
      readonly kernelVersion?: string;
      readonly containerRuntimeVersion?: string;
    };
  };
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';

function rolesText({ metadata }: Node): string {
  const roles = Object.entries(metadata.labels ?? {}).map(([key, value]) =>
    key.startsWith(ROLE_PREFIX) ? key.slice(ROLE_PREFIX.length) : key === ROLE_LABEL ? value : '',
  );
  return [...new Set(roles.filter((role) => role !== ''))].sort().join(',') || '<none>';
}

function statusText({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const text = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return spec?.unschedulable ? `${text},SchedulingDisabled` : text;
}

const addressText = ({ status }: Node, wanted: string): string =>
  status?.addresses?.find(({ type }) => type === wanted)?.address ?? '<none>';

export const nodePrinter: Printer<Node> = {
  columns: [
    nameColumn,
    column('Status', 'Whether it can run pods.'),
    column('Roles', 'What it is for.'),
    ageColumn,
    column('Version', 'The version of what runs its pods.'),
    wideColumn('Internal-IP', 'Its address within the cluster.'),
    wideColumn('External-IP', 'Its address outside the cluster.'),
    wideColumn('OS-Image', 'Its operating system.'),
    wideColumn('Kernel-Version', 'The version of its kernel.'),
    wideColumn('Container-Runtime', 'What runs its containers, and its version.'),
  ],
  cells(node, now) {
    const { kubeletVersion = '', osImage, kernelVersion, containerRuntimeVersion } = node.status?.nodeInfo ?? {};
    return [
      node.metadata.name ?? '',
      statusText(node),
      rolesText(node),
      timeSince(node.metadata.creationTimestamp, now),
      kubeletVersion,
      addressText(node, 'InternalIP'),
      addressText(node, 'ExternalIP'),
      ...[osImage, kernelVersion, containerRuntimeVersion].map((text) => text || '<unknown>'),
    ];
  },
};
