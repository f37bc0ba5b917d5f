import type { RevisionTarget } from './traffic';

const SECOND_NS = 1e9;

/** Share of one revision, in percent of the whole route. */
export interface RevisionShare {
  readonly revisionName: string;
  readonly percent: number;
}

/** Times in nanoseconds since the epoch, as upstream keeps them; 0 for not known yet. */
export interface RolloutSteps {
  /** When the newest revision was given its first percent. */
  readonly startTime: number;
  readonly nextStepTime: number;
  /** Nanoseconds between steps. */
  readonly stepDuration: number;
  /** Percent that move in one step. */
  readonly stepSize: number;
}

/** How far the latest revision of a configuration has replaced those before it, for one tag. */
export interface ConfigurationRollout {
  readonly configurationName: string;
  readonly tag: string;
  /** What the revisions share. */
  readonly percent: number;
  /** Oldest first; more than one while the rollout runs. */
  readonly revisions: readonly RevisionShare[];
  readonly steps: RolloutSteps;
}

/** State of all rollouts of a route, sorted by tag and configuration. Kept in an annotation of its Ingress. */
export interface Rollout {
  readonly configurations: readonly ConfigurationRollout[];
}

const NO_STEPS: RolloutSteps = { startTime: 0, nextStepTime: 0, stepDuration: 0, stepSize: 0 };

/** The state in which every configuration's latest revision has its whole share. */
export function finishedRollout(byTag: ReadonlyMap<string, readonly RevisionTarget[]>): Rollout {
  const configurations = [...byTag].flatMap(([tag, targets]) =>
    targets
      .filter(({ latestRevision, percent }) => latestRevision && percent > 0)
      .map(({ configurationName = '', revisionName, percent }) => ({
        configurationName,
        tag,
        percent,
        revisions: [{ revisionName, percent }],
        steps: NO_STEPS,
      })),
  );
  return { configurations: sorted(configurations) };
}

/** True once no configuration shares its requests among several revisions. */
export function isDone({ configurations }: Rollout): boolean {
  return configurations.every(({ revisions }) => revisions.length < 2);
}

/**
 * The front door has taken the first percent in, `now` (nanoseconds): from how long that took follow the number, size and
 * distance of the steps that fit into `durationSeconds`.
 */
export function observeReady(rollout: Rollout, now: number, durationSeconds: number): Rollout {
  return {
    configurations: rollout.configurations.map((one) =>
      one.steps.stepDuration === 0 && one.steps.startTime > 0
        ? { ...one, steps: { ...one.steps, ...stepsFor(one, now, durationSeconds) } }
        : one,
    ),
  };
}

function stepsFor(
  { percent, steps }: ConfigurationRollout,
  now: number,
  durationSeconds: number,
): Omit<RolloutSteps, 'startTime'> {
  const shortest = Math.max(1, Math.ceil((now - steps.startTime) / SECOND_NS));
  const left = Math.max(1, durationSeconds - shortest);
  const remaining = percent - 1;
  const count = Math.min(Math.max(1, left / shortest), remaining);
  const stepDuration = Math.trunc((left / count) * SECOND_NS);
  return { stepDuration, stepSize: Math.round(remaining / count), nextStepTime: now + stepDuration };
}

/**
 * The state that follows `previous` on the way to `goal` at `now` (nanoseconds), and when the next step is due. A new latest
 * revision begins with one percent; later steps drain the newest of the older revisions first.
 */
export function step(
  goal: Rollout,
  previous: Rollout | undefined,
  now: number,
): { rollout: Rollout; nextStepTime: number | undefined } {
  if (!previous || previous.configurations.length === 0) return { rollout: goal, nextStepTime: undefined };
  const knownTags = new Set(previous.configurations.map(({ tag }) => tag));
  const configurations = goal.configurations.map((wanted) => {
    const before = previous.configurations.find(
      ({ tag, configurationName }) => tag === wanted.tag && configurationName === wanted.configurationName,
    );
    // What is new has nothing to roll out from, and a single percent cannot be divided.
    return knownTags.has(wanted.tag) && before && wanted.percent > 1 ? stepOne(wanted, before, now) : wanted;
  });
  const due = configurations.map(({ steps }) => steps.nextStepTime).filter((time) => time > 0);
  return { rollout: { configurations: sorted(configurations) }, nextStepTime: due.length > 0 ? Math.min(...due) : undefined };
}

function stepOne(goal: ConfigurationRollout, previous: ConfigurationRollout, now: number): ConfigurationRollout {
  const latest = goal.revisions[0]!.revisionName;
  const before = resized(previous, goal.percent);
  if (before.length === 0) return goal;
  if (previous.revisions.at(-1)!.revisionName !== latest) return begun(goal, before, now);
  if (before.length < 2) return goal;
  const current = { ...goal, revisions: before, steps: previous.steps };
  const due = current.steps.stepSize > 0 && now >= current.steps.nextStepTime;
  return due ? advanced(current, now) : current;
}

/** The shares after the configuration's own share has changed: the latest gains, the oldest lose. */
function resized({ revisions, percent }: ConfigurationRollout, goal: number): RevisionShare[] {
  if (goal >= percent) {
    return revisions.map((share, i) =>
      i === revisions.length - 1 ? { ...share, percent: share.percent + goal - percent } : share,
    );
  }
  let excess = percent - goal;
  const kept: RevisionShare[] = [];
  for (const share of revisions) {
    const taken = Math.min(excess, share.percent);
    excess -= taken;
    if (share.percent > taken) kept.push({ ...share, percent: share.percent - taken });
  }
  return kept;
}

function begun(goal: ConfigurationRollout, before: readonly RevisionShare[], now: number): ConfigurationRollout {
  const donor = before.map(({ percent }) => percent > 0).lastIndexOf(true);
  const older = before
    .map((share, i) => (i === donor ? { ...share, percent: share.percent - 1 } : share))
    .filter(({ percent }) => percent > 0);
  const revisions = [...older, { ...goal.revisions[0]!, percent: 1 }];
  return { ...goal, revisions, steps: { ...NO_STEPS, startTime: now } };
}

function advanced(current: ConfigurationRollout, now: number): ConfigurationRollout {
  const older = current.revisions.slice(0, -1);
  const latest = current.revisions.at(-1)!;
  let toMove = current.steps.stepSize;
  const left: RevisionShare[] = [];
  for (const share of older.reverse()) {
    const moved = Math.min(toMove, share.percent);
    toMove -= moved;
    if (share.percent > moved) left.unshift({ ...share, percent: share.percent - moved });
  }
  const percent = Math.min(latest.percent + current.steps.stepSize, current.percent);
  const steps = left.length > 0 ? { ...current.steps, nextStepTime: now + current.steps.stepDuration } : NO_STEPS;
  return { ...current, revisions: [...left, { ...latest, percent }], steps };
}

function sorted(configurations: readonly ConfigurationRollout[]): ConfigurationRollout[] {
  const key = ({ tag, configurationName }: ConfigurationRollout): string => `${tag}\0${configurationName}`;
  return [...configurations].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
