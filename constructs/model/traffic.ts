import type { FieldError } from '../../lib/base';
import type { ApiTrafficTarget } from './api-types';
import { isOwnContentHash, type RevisionRef, referencedRevision } from './revision-ref';

/** A service to which a split may send requests: a `KnService`, what `fromServiceName` gives, or the like. */
export interface ServiceLike {
  /** Always `Service`. */
  readonly kind: string;
  readonly apiVersion?: string;
  readonly name: string;
  /** The name of the revision that its template makes, where that is known before Knative has made it. */
  readonly revisionName?: string | undefined;
}

/** True for a construct that stands for a service, as opposed to a name or a reference to a revision. */
export function isServiceLike(x: unknown): x is ServiceLike {
  return typeof x === 'object' && x !== null && 'kind' in x && 'name' in x;
}

/** One destination of a split. */
export interface TrafficTarget {
  /** Which revision. @default - the latest that became ready */
  readonly revision?: RevisionRef;
  /** Which service, in a split over several: its name or the construct. Without it `revision` is a full name. */
  readonly service?: string | ServiceLike;
  /**
   * Share of the requests, 0 to 100, whole. The first target without one gets what the others leave of 100; any further
   * ones get nothing and are reached by their tag alone.
   */
  readonly percent?: number;
  /** Makes the target reachable by itself, as `<tag>-<name>`. Unique in the split. @default - none */
  readonly tag?: string;
}

/** Where targets are resolved: inside a service, or in a split over several. */
export interface TrafficScope {
  /** The service whose split this is; undefined in a split over several. */
  readonly service?: string;
  /** Whether that service names its revisions by content hash. */
  readonly contentHash?: boolean;
}

/** The targets with every percentage filled in. */
export function fillPercent(targets: readonly TrafficTarget[]): number[] {
  const given = targets.reduce((sum, { percent }) => sum + (percent ?? 0), 0);
  const taker = targets.findIndex(({ percent }) => percent === undefined);
  return targets.map(({ percent }, i) => percent ?? (i === taker ? Math.max(0, 100 - given) : 0));
}

/** `spec.traffic` of a Service or a Route. */
export function trafficTargets(targets: readonly TrafficTarget[], scope: TrafficScope): ApiTrafficTarget[] {
  const percents = fillPercent(targets);
  return targets.map((target, i) => ({
    ...destination(target, scope),
    percent: percents[i]!,
    ...(target.tag === undefined ? {} : { tag: target.tag }),
  }));
}

function destination({ revision, service }: TrafficTarget, scope: TrafficScope): ApiTrafficTarget {
  const name = scope.service ?? serviceName(service);
  const revisionName =
    isOwnContentHash(revision) && isServiceLike(service) ? service.revisionName : referencedRevision(revision, name ?? '');
  if (revisionName !== undefined) return { revisionName };
  if (scope.service !== undefined) return { latestRevision: true };
  return name === undefined ? {} : { configurationName: name, latestRevision: true };
}

const serviceName = (service: TrafficTarget['service']) => (isServiceLike(service) ? service.name : service);

/** What is wrong with targets beyond what can be seen in `spec.traffic`. */
export function trafficProblems(targets: readonly TrafficTarget[], scope: TrafficScope): FieldError[] {
  return targets.flatMap((target, i) =>
    targetProblems(target, scope).map((error) => ({ ...error, paths: [`spec.traffic[${i}]`] })),
  );
}

type Problem = Pick<FieldError, 'message' | 'remedy' | 'level'>;

function targetProblems({ revision, service }: TrafficTarget, scope: TrafficScope): Problem[] {
  const foreign = isServiceLike(service) ? service : undefined;
  const name = scope.service ?? serviceName(service);
  const knownHash = scope.service === undefined ? foreign?.revisionName !== undefined : scope.contentHash;
  const revisionName = referencedRevision(revision, name ?? '');
  return [
    ...(scope.service !== undefined && service !== undefined
      ? [{ message: 'a service can only split over its own revisions', remedy: 'Use new TrafficSplit() for several services.' }]
      : []),
    ...(foreign?.apiVersion && !foreign.apiVersion.startsWith('serving.knative.dev/')
      ? [{ message: `${foreign.name} is a Service of ${foreign.apiVersion}`, remedy: 'Name a Knative service.' }]
      : []),
    ...(isOwnContentHash(revision) && !knownHash
      ? [
          {
            message: 'the name of this revision is not known yet',
            remedy: 'Set revision: RevisionName.byContentHash() on the service.',
          },
        ]
      : []),
    ...(revisionName !== undefined && name !== undefined && !revisionName.startsWith(`${name}-`)
      ? [
          {
            message: `revision "${revisionName}" is not one of service "${name}"`,
            remedy: `Name a revision that begins with ${name}-.`,
          },
        ]
      : []),
  ];
}
