import { type ContainerStatus, conditionOf, isPodReady, LOST_CONTAINER_REASON, type Pod, podAddress } from '../../api';
import type { Trouble } from './why-node';
import type { World } from './world';

/** A program that listens at all does so within this time, in milliseconds; most take a tenth of a second. */
export const LISTEN_MS = 10_000;

const IMAGE_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
]);
const CONFIG_REASONS = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'StartError']);

type Ended = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

/** How a container ended last, if it is not well since: now, or before the restart that has not become ready yet. */
function lastEnd({ lastState, state }: ContainerStatus): Ended | undefined {
  const ended = state?.terminated ?? lastState?.terminated;
  return ended?.reason === LOST_CONTAINER_REASON ? undefined : ended;
}

function exitText(ended: Ended, restarts: number): string {
  const how = ended.signal ? `was ended by signal ${ended.signal}` : `ended with exit code ${ended.exitCode}`;
  return restarts === 0 ? how : `${how}, restarted ${restarts} ${restarts === 1 ? 'time' : 'times'}`;
}

function portText(pod: Pod, container: string): string {
  const declared = pod.spec.containers.find(({ name }) => name === container)?.ports?.[0]?.containerPort;
  if (declared === undefined) return 'its port';
  const real = podAddress(pod, declared)?.port;
  return real === undefined || real === declared ? `port ${declared}` : `port ${real} ($PORT, for ${declared})`;
}

/** A container that runs and yet does not answer. */
function notListening(pod: Pod, status: ContainerStatus, world: World): Trouble {
  const since = status.state?.running?.startedAt;
  const running = since === undefined ? 0 : world.now - Date.parse(since);
  const warning = world.warning(pod);
  const said = warning?.reason === 'Unhealthy' ? `: ${warning.message}` : '';
  if (running < LISTEN_MS) return { state: 'waiting', reason: 'Starting', ...(said ? { message: said.slice(2) } : {}) };
  const own = pod.spec.containers.find(({ name }) => name === status.name)?.readinessProbe;
  const checks =
    own?.httpGet || own?.exec ? `its readiness probe has not succeeded` : `nothing listens on ${portText(pod, status.name)}`;
  return {
    state: 'failed',
    reason: 'NotListening',
    message: `${status.name} runs, but ${checks}${said}`,
    code: 'KNC3103',
  };
}

/** That pulling an image is tried again later matters less than why it failed. */
function imageTrouble(reason: string, message: string | undefined): Pick<Trouble, 'reason' | 'message'> {
  const [, why = reason, text = message] = /^Back-off pulling image ".*?": (\w+): (.*)$/s.exec(message ?? '') ?? [];
  return { reason: why, ...(text ? { message: text } : {}) };
}

function containerTrouble(pod: Pod, status: ContainerStatus, world: World): Trouble | undefined {
  const waiting = status.state?.waiting;
  const reason = waiting?.reason ?? '';
  const message = waiting?.message;
  if (IMAGE_REASONS.has(reason)) return { state: 'failed', ...imageTrouble(reason, message), code: 'KNC3101', final: true };
  if (CONFIG_REASONS.has(reason))
    return { state: 'failed', reason, ...(message ? { message } : {}), code: 'KNC3105', final: true };
  if (status.ready) return undefined;
  const ended = lastEnd(status);
  if (ended?.reason === 'StartError') {
    const message = `${status.name} cannot be started${ended.message ? `: ${ended.message}` : ''}`;
    return { state: 'failed', reason: 'StartError', message, code: 'KNC3105', final: true };
  }
  if (ended || reason === 'CrashLoopBackOff') {
    const text = ended ? exitText(ended, status.restartCount) : 'ends again and again';
    const again = status.restartCount > 0 || reason === 'CrashLoopBackOff';
    return {
      state: 'failed',
      reason: again ? 'CrashLoopBackOff' : 'Exited',
      message: `${status.name} ${text}`,
      code: 'KNC3102',
    };
  }
  if (status.state?.running) return notListening(pod, status, world);
  return { state: 'waiting', reason: reason || 'ContainerCreating', ...(message ? { message } : {}) };
}

/** What a container said when it ended, for where its output is not at hand: its termination message. */
export function lastWords(pod: Pod): readonly string[] {
  const ends = (pod.status?.containerStatuses ?? []).map((status) => lastEnd(status)?.message);
  return (
    ends
      .find((message) => message !== undefined)
      ?.trimEnd()
      .split('\n') ?? []
  );
}

/** An init container that is done is no trouble. */
const isDone = ({ state }: ContainerStatus): boolean => state?.terminated?.exitCode === 0;

/** What is the matter with a pod: its worst container, or what keeps it from starting. */
export function podTrouble(pod: Pod, world: World): Trouble {
  // What runs to its end and has come to it is well, too.
  if (isPodReady(pod) || pod.status?.phase === 'Succeeded') return { state: 'ready' };
  const statuses = [
    ...(pod.status?.initContainerStatuses ?? []).filter((status) => !isDone(status)),
    ...(pod.status?.containerStatuses ?? []),
  ];
  const troubles = statuses.map((status) => containerTrouble(pod, status, world)).filter((trouble) => trouble !== undefined);
  const worst = troubles.find(({ state }) => state === 'failed') ?? troubles[0];
  if (worst) return worst;
  const scheduled = conditionOf(pod.status?.conditions, 'PodScheduled');
  if (scheduled?.status === 'False') return { state: 'waiting', reason: 'Unschedulable', message: scheduled.message ?? '' };
  return {
    state: 'waiting',
    reason: pod.status?.phase ?? 'Pending',
    ...(pod.status?.message ? { message: pod.status.message } : {}),
  };
}
