import { type ContainerStatus, LOCAL_PORTS_ANNOTATION, LOST_CONTAINER_REASON, type Pod, PodType, type Stored } from '../../api';
import { type Clock, timestamp } from '../../base';
import type { Cluster } from '../../kube';
import { podStatus } from './pod-status';

/** What Kubernetes says of containers that it lost sight of. */
const LOST = { exitCode: 255, reason: LOST_CONTAINER_REASON } as const;

/**
 * Corrects what an earlier process left in the statuses of pods, as a kubelet does after a reboot: nothing runs, nothing is ready, nobody
 * listens where somebody did. To be done before anyone sends requests to pods. Returns how many were corrected.
 */
export async function correctPods(cluster: Cluster, clock: Clock): Promise<number> {
  const { items } = await cluster.list(PodType);
  const stale = items.filter(({ status }) => hasBegun(status) && status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  for (const pod of stale) await correct(pod, cluster, clock.now());
  return stale.length;
}

const hasBegun = (status: Pod['status']): boolean => (status?.containerStatuses ?? []).length > 0;

async function correct(pod: Stored<Pod>, cluster: Cluster, now: number): Promise<void> {
  const { namespace, name, uid } = pod.metadata;
  const endsForGood = pod.spec['restartPolicy'] === 'Never';
  const lost = (status: ContainerStatus) => lostContainer(status, endsForGood, now);
  const status = podStatus({
    pod,
    previous: pod.status,
    startedAt: pod.status?.startTime ? Date.parse(pod.status.startTime) : now,
    ip: undefined,
    init: (pod.status?.initContainerStatuses ?? []).map(lost),
    containers: (pod.status?.containerStatuses ?? []).map(lost),
    now,
  });
  await cluster.updateStatus(PodType, { ...pod, metadata: { namespace, name, uid }, status });
  if (pod.metadata.annotations?.[LOCAL_PORTS_ANNOTATION] === undefined) return;
  await cluster.patch(PodType, namespace, name, 'merge', { metadata: { uid, annotations: { [LOCAL_PORTS_ANNOTATION]: null } } });
}

/** It waits to be started again, unless it is not to be. */
function lostContainer(status: ContainerStatus, endsForGood: boolean, now: number): ContainerStatus {
  const { state, lastState, containerID: _id, ...rest } = status;
  const { startedAt = timestamp(now) } = state?.running ?? {};
  const end = state?.running ? { ...LOST, startedAt, finishedAt: timestamp(now) } : (state?.terminated ?? lastState?.terminated);
  const idle = { ...rest, ready: false, started: false };
  if (endsForGood && end) return { ...idle, state: { terminated: end } };
  return {
    ...idle,
    restartCount: status.restartCount + (end ? 1 : 0),
    state: { waiting: { reason: 'ContainerCreating' } },
    ...(end ? { lastState: { terminated: end } } : {}),
  };
}
