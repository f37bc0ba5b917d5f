import type { Container, ContainerState, ContainerStatus, Pod, PodStatus } from '../../../api';

/** What the list of pods says of one: why it is not running, how many containers are ready, how often they were started again. */
export interface PodSummary {
  /** `Running`, `CrashLoopBackOff`, `Init:0/1`, `Completed`, `Terminating`, ... */
  readonly reason: string;
  readonly ready: number;
  readonly total: number;
  readonly restarts: number;
  /** When a container last ended and was started again. */
  readonly lastRestart: string | undefined;
}

type Ended = NonNullable<ContainerState['terminated']>;

/** A container that is started before the others and stays beside them. */
const isSidecar = (container: (Container & { readonly restartPolicy?: string }) | undefined): boolean =>
  container?.restartPolicy === 'Always';

const endedReason = ({ reason, signal, exitCode }: Ended): string =>
  reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);

function lastEnd(statuses: readonly ContainerStatus[]): string | undefined {
  const ends = statuses.map(({ lastState }) => lastState?.terminated?.finishedAt).filter((end) => end !== undefined);
  return ends.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
}

const restartsOf = (statuses: readonly ContainerStatus[]): number =>
  statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);

const isTrue = (status: PodStatus, type: string): boolean =>
  status.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;

interface Initialization {
  /** Why it is not over; undefined if it is. */
  readonly reason: string | undefined;
  /** Sidecars that are ready. */
  readonly ready: number;
  /** The statuses up to the container that holds it up. */
  readonly seen: readonly ContainerStatus[];
}

function initialization({ spec, status = {} }: Pod): Initialization {
  const containers = spec.initContainers ?? [];
  const statuses = status.initContainerStatuses ?? [];
  let ready = 0;
  for (const [index, one] of statuses.entries()) {
    const { terminated, waiting } = one.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (isSidecar(containers.find(({ name }) => name === one.name)) && one.started) {
      if (one.ready) ready++;
      continue;
    }
    const seen = statuses.slice(0, index + 1);
    if (terminated) return { reason: `Init:${endedReason(terminated)}`, ready, seen };
    const named = waiting?.reason && waiting.reason !== 'PodInitializing';
    return { reason: named ? `Init:${waiting.reason}` : `Init:${index}/${containers.length}`, ready, seen };
  }
  return { reason: undefined, ready, seen: statuses };
}

/** What the containers say, the first one last; undefined if they say nothing beyond the pod's phase. */
function containersReason(statuses: readonly ContainerStatus[]): { readonly reason: string | undefined; readonly ready: number } {
  let reason: string | undefined;
  let ready = 0;
  for (const { state = {}, ready: isReady } of [...statuses].reverse()) {
    const { waiting, terminated, running } = state;
    if (waiting?.reason) reason = waiting.reason;
    else if (terminated) reason = endedReason(terminated);
    else if (isReady && running) ready++;
  }
  return { reason, ready };
}

function begun(pod: Pod, status: PodStatus, beginning: string, init: Initialization): PodSummary {
  const sidecars = new Set(pod.spec.initContainers?.filter(isSidecar).map(({ name }) => name));
  const counted = [...init.seen.filter(({ name }) => sidecars.has(name)), ...(status.containerStatuses ?? [])];
  const main = containersReason(status.containerStatuses ?? []);
  const reason = main.reason ?? beginning;
  const stillRuns = reason === 'Completed' && main.ready > 0;
  return {
    reason: stillRuns ? (isTrue(status, 'Ready') ? 'Running' : 'NotReady') : reason,
    ready: init.ready + main.ready,
    total: 0,
    restarts: restartsOf(counted),
    lastRestart: lastEnd(counted),
  };
}

/** Sums a pod up as `kubectl get pods` does. */
export function podSummary(pod: Pod): PodSummary {
  const { spec, status = {}, metadata } = pod;
  const total = spec.containers.length + (spec.initContainers?.filter(isSidecar).length ?? 0);
  const gated = status.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  const init = initialization(pod);
  const beginning = init.reason ?? (gated ? 'SchedulingGated' : status.reason || status.phase || '');
  const summary =
    init.reason === undefined || isTrue(status, 'Initialized')
      ? begun(pod, status, beginning, init)
      : { reason: beginning, ready: init.ready, restarts: restartsOf(init.seen), lastRestart: lastEnd(init.seen) };
  const isOver = status.phase === 'Succeeded' || status.phase === 'Failed';
  const leaving = metadata.deletionTimestamp && (status.reason === 'NodeLost' ? 'Unknown' : isOver ? undefined : 'Terminating');
  return { ...summary, total, ...(leaving ? { reason: leaving } : {}) };
}
