import {
  ConfigurationType,
  isReady,
  labels,
  type Revision,
  RevisionType,
  type Route,
  type Stored,
  type TrafficTarget,
} from '../../api';
import type { Observed } from '../reconciler';
import { protocolOf } from '../revision/containers';
import type { Rollout } from './rollout';
import { foreignRevision, missingTarget, type TargetError, unreadyTarget } from './target-error';

/** A traffic target that is known down to the revision. */
export interface RevisionTarget {
  /** Empty for none. */
  readonly tag: string;
  readonly revisionName: string;
  readonly configurationName: string | undefined;
  readonly latestRevision: boolean;
  readonly percent: number;
  readonly protocol: 'http1' | 'h2c';
}

/** Where the requests of a route go. */
export interface Traffic {
  /** As the spec lists them. */
  readonly targets: readonly RevisionTarget[];
  /** By tag, one entry per revision; under the empty tag all of them. */
  readonly byTag: ReadonlyMap<string, readonly RevisionTarget[]>;
}

/** Finds the revisions that the targets of a route stand for; of several errors, a certain one counts most. */
export function resolveTraffic(route: Stored<Route>, observed: Observed): Traffic | TargetError {
  const targets: RevisionTarget[] = [];
  let error: TargetError | undefined;
  for (const target of route.spec.traffic ?? []) {
    const resolved = resolveTarget(target, route, observed);
    if (!resolved) continue;
    if (!('isFailure' in resolved)) targets.push(resolved);
    else if (!error || resolved.isFailure) error = resolved;
  }
  return error ?? { targets: merged(targets), byTag: groupByTag(targets) };
}

function resolveTarget(
  target: TrafficTarget,
  route: Stored<Route>,
  observed: Observed,
): RevisionTarget | TargetError | undefined {
  if (target.revisionName) return resolveRevision(target, target.revisionName, route, observed);
  if (target.configurationName) return resolveConfiguration(target, target.configurationName, route, observed);
  return undefined;
}

function resolveConfiguration(
  target: TrafficTarget,
  name: string,
  route: Stored<Route>,
  observed: Observed,
): RevisionTarget | TargetError {
  const { namespace } = route.metadata;
  const configuration = observed.get(ConfigurationType, namespace, name);
  if (!configuration) return missingTarget('Configuration', name);
  const latest = configuration.status?.latestReadyRevisionName;
  if (!latest) return unreadyTarget('Configuration', name, configuration);
  const revision = observed.get(RevisionType, namespace, latest);
  if (!revision) return missingTarget('Revision', latest);
  return isReady(revision) ? toTarget(target, revision, name) : unreadyTarget('Revision', latest, revision);
}

function resolveRevision(
  target: TrafficTarget,
  name: string,
  route: Stored<Route>,
  observed: Observed,
): RevisionTarget | TargetError {
  const revision = observed.get(RevisionType, route.metadata.namespace, name);
  if (!revision) return missingTarget('Revision', name);
  const service = route.metadata.labels?.[labels.service];
  const actual = revision.metadata.labels?.[labels.service];
  if (service && service !== actual) return foreignRevision(name, service, actual);
  return isReady(revision)
    ? toTarget(target, revision, revision.metadata.labels?.[labels.configuration])
    : unreadyTarget('Revision', name, revision);
}

function toTarget(target: TrafficTarget, revision: Stored<Revision>, configurationName: string | undefined): RevisionTarget {
  return {
    tag: target.tag ?? '',
    revisionName: revision.metadata.name,
    configurationName,
    latestRevision: target.latestRevision ?? !target.revisionName,
    percent: target.percent ?? 0,
    protocol: protocolOf(revision),
  };
}

/** Targets of the same tag, revision and kind as one, with the sum of their shares. */
function merged(targets: readonly RevisionTarget[]): RevisionTarget[] {
  return sumBy(targets, ({ tag, revisionName, latestRevision }) => `${tag}/${revisionName}/${latestRevision}`);
}

function sumBy(targets: readonly RevisionTarget[], keyOfTarget: (target: RevisionTarget) => string): RevisionTarget[] {
  const sums = new Map<string, RevisionTarget>();
  for (const target of targets) {
    const key = keyOfTarget(target);
    const sum = sums.get(key);
    sums.set(key, sum ? { ...sum, percent: sum.percent + target.percent } : target);
  }
  return [...sums.values()];
}

function groupByTag(targets: readonly RevisionTarget[]): Map<string, readonly RevisionTarget[]> {
  const groups = new Map<string, RevisionTarget[]>();
  for (const target of targets) {
    for (const tag of new Set(['', target.tag])) groups.set(tag, [...(groups.get(tag) ?? []), target]);
  }
  return new Map(
    [...groups].map(([tag, group]) => {
      const sums = sumBy(group, ({ revisionName }) => revisionName);
      return [tag, sums.length === 1 ? [{ ...sums[0]!, percent: 100 }] : sums];
    }),
  );
}

/** `status.traffic`: what the rollout has made of the targets; `urlOfTag` gives a tag's URL. */
export function statusTraffic(traffic: Traffic, rollout: Rollout, urlOfTag: (tag: string) => string): TrafficTarget[] {
  return traffic.targets.flatMap((target) => {
    const { tag, latestRevision } = target;
    const running = rollout.configurations.find(
      (one) => latestRevision && one.tag === tag && one.configurationName === target.configurationName,
    );
    const url = tag === '' ? undefined : urlOfTag(tag);
    const shares = running ? running.revisions : [target];
    return shares.map(({ revisionName, percent }) => ({
      ...(tag === '' ? {} : { tag }),
      revisionName,
      latestRevision,
      percent,
      ...(url === undefined ? {} : { url }),
    }));
  });
}
