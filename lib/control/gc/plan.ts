import {
  annotations,
  type Configuration,
  ConfigurationType,
  GC_DISABLED,
  type GcConfig,
  labels,
  type Revision,
  RevisionType,
  type ServingConfig,
  type Stored,
} from '../../api';
import type { Plan, Read, Reconciler } from '../reconciler';

const MODIFIED = annotations.routingStateModified[0];

/** Spared whatever its age: the latest that is ready, one that its author wants to keep, and one that a route may lead to. */
function isActive(revision: Stored<Revision>, configuration: Stored<Configuration>): boolean {
  const { name, annotations: own, labels: marks } = revision.metadata;
  return (
    configuration.status?.latestReadyRevisionName === name ||
    own?.[annotations.noGc[0]]?.toLowerCase() === 'true' ||
    marks?.[labels.routingState] !== 'reserve'
  );
}

/** When the revision last took part in traffic, in milliseconds since the epoch; when it was made if that is not known. */
function lastActive(revision: Stored<Revision>): number {
  const modified = Date.parse(revision.metadata.annotations?.[MODIFIED] ?? '');
  return Number.isNaN(modified) ? Date.parse(revision.metadata.creationTimestamp) : modified;
}

/** When the revision becomes old enough to be deleted; never if neither age counts. */
function staleAt(revision: Stored<Revision>, { retainSinceCreateTime, retainSinceLastActiveTime }: GcConfig): number {
  if (retainSinceCreateTime === GC_DISABLED && retainSinceLastActiveTime === GC_DISABLED) return Number.POSITIVE_INFINITY;
  const byCreation = Date.parse(revision.metadata.creationTimestamp) + retainSinceCreateTime;
  const byActivity = lastActive(revision) + retainSinceLastActiveTime;
  return Math.max(
    retainSinceCreateTime === GC_DISABLED ? 0 : byCreation,
    retainSinceLastActiveTime === GC_DISABLED ? 0 : byActivity,
  );
}

/** The revisions to delete now, and when to look again. */
function collect(
  all: readonly Stored<Revision>[],
  configuration: Stored<Configuration>,
  config: GcConfig,
  now: number,
): { doomed: readonly Stored<Revision>[]; next: number | undefined } {
  const { minNonActiveRevisions: min, maxNonActiveRevisions: max } = config;
  const candidates = all
    .filter((revision) => !isActive(revision, configuration) && !revision.metadata.deletionTimestamp)
    .sort((a, b) => lastActive(a) - lastActive(b));
  const spare = candidates.length - min;
  if (all.length <= min || spare <= 0) return { doomed: [], next: undefined };
  const stale = candidates.filter((revision) => staleAt(revision, config) <= now).slice(0, spare);
  const rest = candidates.filter((revision) => !stale.includes(revision));
  const tooMany = max === GC_DISABLED || stale.length === spare ? 0 : Math.max(0, rest.length - max);
  const doomed = [...stale, ...rest.slice(0, tooMany)];
  const left = rest.slice(tooMany).map((revision) => staleAt(revision, config));
  const due = doomed.length < spare ? Math.min(...left) : Number.POSITIVE_INFINITY;
  return { doomed, next: Number.isFinite(due) ? due : undefined };
}

function plan(configuration: Stored<Configuration>, all: readonly Stored<Revision>[], config: GcConfig, now: number): Plan {
  const { doomed, next } = collect(all, configuration, config, now);
  return {
    remove: doomed.map(({ metadata: { namespace, name } }) => ({ type: RevisionType, namespace, name })),
    ...(next === undefined ? {} : { requeueAfter: Math.max(0, next - now) }),
  };
}

/** Deletes revisions of a Configuration that no route leads to, once they are old or too many. */
export const gcReconciler: Reconciler<Configuration, ServingConfig> = {
  name: 'revision-gc-controller',
  type: ConfigurationType,
  watches: [RevisionType],
  reads({ metadata: { namespace = '', name } }): readonly Read[] {
    return [{ type: RevisionType, namespace, labels: { [labels.configuration]: name } }];
  },
  plan(parent, observed, config, now) {
    const { namespace = '', name } = parent.metadata;
    return plan(parent, observed.list(RevisionType, namespace, { [labels.configuration]: name }), config.gc, now);
  },
};
