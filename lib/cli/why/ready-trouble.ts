import { conditionOf, type KResourceStatus, type KubeObject } from '../../api';
import type { ErrorCode } from '../../base';
import type { Trouble } from './why-node';

const CODES: readonly (readonly [RegExp, ErrorCode, boolean])[] = [
  [/^(ContainerMissing|ErrImagePull|ImagePullBackOff|InvalidImageName)$/, 'KNC3101', true],
  [/^(ExitCode-?\d+|CrashLoopBackOff)$/, 'KNC3102', false],
  [/^ProgressDeadlineExceeded$/, 'KNC3103', false],
  [/^(RevisionMissing|ConfigurationMissing|RevisionNotOwned)$/, 'KNC3104', true],
  [/^(TLSNotSupported|DomainClaimFailed)$/, 'KNC3100', true],
];

/** What the Ready condition of a Knative object says; a condition about an older generation says nothing. */
export function readyTrouble(object: KubeObject): Trouble {
  const status = object.status as KResourceStatus | undefined;
  const ready = conditionOf(status?.conditions, 'Ready');
  const stale = (status?.observedGeneration ?? 0) !== (object.metadata.generation ?? 0);
  if (!ready || stale) return { state: 'waiting', reason: 'Reconciling' };
  if (ready.status === 'True') return { state: 'ready' };
  const { reason, message } = ready;
  const said = { ...(reason ? { reason } : {}), ...(message ? { message } : {}) };
  if (ready.status === 'Unknown') return { state: 'waiting', ...said };
  const [, code, final] = CODES.find(([pattern]) => pattern.test(reason ?? '')) ?? [undefined, 'KNC3100' as const, false];
  return { state: 'failed', ...said, code, final };
}
