import type { Pod, PodStatus } from '../../../api';
import { timeSince } from './human-duration';
import { podSummary } from './pod-reason';
import { ageColumn, column, nameColumn, type Printer, type RowCondition, wideColumn } from './table';

const NONE = '<none>';

const ENDS: Readonly<Partial<Record<NonNullable<PodStatus['phase']>, string>>> = {
  Succeeded: 'The pod has completed successfully.',
  Failed: 'The pod failed.',
};

function restartsText(count: number, last: string | undefined, now: number): string {
  return count > 0 && last ? `${count} (${timeSince(last, now)} ago)` : `${count}`;
}

/** How many of the conditions that the pod waits for are true: `1/2`. */
function gatesText({ spec, status }: Pod): string {
  const gates = (spec['readinessGates'] ?? []) as readonly { readonly conditionType: string }[];
  if (gates.length === 0) return NONE;
  const passed = gates.filter(
    ({ conditionType }) => status?.conditions?.find(({ type }) => type === conditionType)?.status === 'True',
  );
  return `${passed.length}/${gates.length}`;
}

export const podPrinter: Printer<Pod> = {
  columns: [
    nameColumn,
    column('Ready', 'How many of the containers are ready.'),
    column('Status', 'What the containers do, or what keeps them from it.'),
    column('Restarts', 'How often containers were started again, and when that was last.'),
    ageColumn,
    wideColumn('IP', 'The address of the pod.'),
    wideColumn('Node', 'Where the pod runs.'),
    wideColumn('Nominated Node', 'Where the pod will run once others have made room.'),
    wideColumn('Readiness Gates', 'How many of the conditions that the pod waits for are true.'),
  ],
  cells(pod, now) {
    const { reason, ready, total, restarts, lastRestart } = podSummary(pod);
    const { podIPs, podIP, nominatedNodeName } = (pod.status ?? {}) as PodStatus & { readonly nominatedNodeName?: string };
    return [
      pod.metadata.name ?? '',
      `${ready}/${total}`,
      reason,
      restartsText(restarts, lastRestart, now),
      timeSince(pod.metadata.creationTimestamp, now),
      podIPs?.[0]?.ip || podIP || NONE,
      pod.spec.nodeName || NONE,
      nominatedNodeName || NONE,
      gatesText(pod),
    ];
  },
  conditions({ status }): readonly RowCondition[] | undefined {
    const phase = status?.phase;
    const message = phase && ENDS[phase];
    return message ? [{ type: 'Completed', status: 'True', reason: phase, message }] : undefined;
  },
};
