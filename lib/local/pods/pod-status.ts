import { CANNOT_START, type Condition, type ContainerStatus, type Pod, type PodStatus } from '../../api';
import { timestamp } from '../../base';
import { HOST_IP } from './downward';

/** What is true of a pod's containers at one moment. */
export interface PodFacts {
  readonly pod: Pod;
  /** The status that was told last: conditions that have not changed since keep their time. */
  readonly previous: PodStatus | undefined;
  /** When the pod was first seen, in milliseconds. */
  readonly startedAt: number;
  readonly ip: string | undefined;
  readonly init: readonly ContainerStatus[];
  readonly containers: readonly ContainerStatus[];
  /** Why a container cannot start unless somebody changes something. */
  readonly cannotStart?: { readonly reason: string; readonly message: string } | undefined;
  /** Why the pod as a whole has failed or is being ended. */
  readonly reason?: string;
  readonly message?: string;
  readonly now: number;
}

/** Condition types that a kubelet writes, and our own; others belong to somebody else and are kept. */
const OURS = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready', CANNOT_START];

/** The status that a kubelet would write: phase, conditions with the times of their last change, container statuses. */
export function podStatus(facts: PodFacts): PodStatus {
  const phase = podPhase(facts);
  const told = facts.previous?.conditions ?? [];
  const now = timestamp(facts.now);
  const conditions = conditionsOf(facts, phase).map((condition) => {
    const before = told.find((old) => old.type === condition.type);
    const same = before?.status === condition.status && before.lastTransitionTime !== undefined;
    return { ...condition, lastTransitionTime: same ? before.lastTransitionTime : now };
  });
  const foreign = (facts.pod.status?.conditions ?? []).filter((condition) => !OURS.includes(condition.type));
  return {
    phase,
    conditions: [...conditions, ...foreign],
    hostIP: HOST_IP,
    ...(facts.ip === undefined ? {} : { podIP: facts.ip, podIPs: [{ ip: facts.ip }] }),
    startTime: timestamp(facts.startedAt),
    ...(facts.init.length === 0 ? {} : { initContainerStatuses: facts.init }),
    containerStatuses: facts.containers,
    ...(facts.reason === undefined ? {} : { reason: facts.reason }),
    ...(facts.message === undefined ? {} : { message: facts.message }),
  };
}

function restartPolicy(pod: Pod): unknown {
  return pod.spec['restartPolicy'] ?? 'Always';
}

/** The phase, decided as a kubelet does: a container that waits to start again counts as stopped. */
export function podPhase({ pod, init, containers }: Pick<PodFacts, 'pod' | 'init' | 'containers'>): PodStatus['phase'] {
  const policy = restartPolicy(pod);
  const initFailed = init.some((status) => (endOf(status)?.exitCode ?? 0) !== 0);
  if (initFailed && policy === 'Never') return 'Failed';
  if (init.some((status) => status.state?.terminated?.exitCode !== 0)) return 'Pending';
  const running = containers.filter((status) => status.state?.running).length;
  const ends = containers.map((status) => (status.state?.running ? undefined : endOf(status)));
  const stopped = ends.filter((end) => end !== undefined);
  if (running + stopped.length < containers.length) return 'Pending';
  if (running > 0) return 'Running';
  if (policy === 'Always' && !pod.metadata.deletionTimestamp) return 'Running';
  if (stopped.every((end) => end.exitCode === 0)) return 'Succeeded';
  return policy === 'OnFailure' && !pod.metadata.deletionTimestamp ? 'Running' : 'Failed';
}

/** How a container that does not run has ended last. */
function endOf(status: ContainerStatus) {
  return status.state?.terminated ?? (status.state?.waiting ? status.lastState?.terminated : undefined);
}

function conditionsOf(facts: PodFacts, phase: PodStatus['phase']): Condition[] {
  const initialized = initializedCondition(facts, phase);
  const ready = readiness(facts.containers, phase);
  return [
    { type: 'PodScheduled', status: 'True' },
    initialized,
    { type: 'ContainersReady', ...ready },
    { type: 'Ready', ...ready },
    ...(facts.cannotStart ? [cannotStart(facts.cannotStart)] : []),
  ];
}

function cannotStart({ reason, message }: NonNullable<PodFacts['cannotStart']>): Condition {
  return { type: CANNOT_START, status: 'True', reason, message };
}

function initializedCondition({ init, containers }: PodFacts, phase: PodStatus['phase']): Condition {
  const type = 'Initialized';
  if (phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' };
  // Once an app container has run, the init containers are done, whatever is known of them.
  if (containers.some((status) => status.state?.running || endOf(status))) return { type, status: 'True' };
  const incomplete = init.filter((status) => status.state?.terminated?.exitCode !== 0).map((status) => status.name);
  if (incomplete.length === 0) return { type, status: 'True' };
  const message = `containers with incomplete status: [${incomplete.join(' ')}]`;
  return { type, status: 'False', reason: 'ContainersNotInitialized', message };
}

function readiness(containers: readonly ContainerStatus[], phase: PodStatus['phase']): Omit<Condition, 'type'> {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const unready = containers.filter((status) => !status.ready).map((status) => status.name);
  if (unready.length === 0) return { status: 'True' };
  const message = `containers with unready status: [${unready.join(' ')}]`;
  return { status: 'False', reason: 'ContainersNotReady', message };
}
