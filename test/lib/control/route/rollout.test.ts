import fc from 'fast-check';
import { type ConfigurationRollout, isDone, observeReady, type Rollout, step } from '../../../../lib/control/route/rollout';
import { readRollout, writeRollout } from '../../../../lib/control/route/rollout-annotation';

const SECOND = 1e9;
const NO_STEPS = { startTime: 0, nextStepTime: 0, stepDuration: 0, stepSize: 0 };
const one = (revisions: Record<string, number>, steps: Partial<ConfigurationRollout['steps']> = {}, tag = ''): Rollout => ({
  configurations: [
    {
      configurationName: 'c',
      tag,
      percent: Object.values(revisions).reduce((a, b) => a + b, 0),
      revisions: Object.entries(revisions).map(([revisionName, percent]) => ({ revisionName, percent })),
      steps: { ...NO_STEPS, ...steps },
    },
  ],
});
const sharesOf = ({ configurations }: Rollout) =>
  Object.fromEntries(configurations[0]!.revisions.map(({ revisionName, percent }) => [revisionName, percent]));
const RUNNING = { startTime: 1, stepDuration: 10 * SECOND, nextStepTime: 100 * SECOND, stepSize: 10 };

describe('step', () => {
  const at = 50 * SECOND;
  it.each<[string, Rollout, Rollout | undefined, Record<string, number>]>([
    ['takes the goal if nothing is known of before', one({ a: 100 }), undefined, { a: 100 }],
    ['takes the goal if before is empty', one({ a: 100 }), { configurations: [] }, { a: 100 }],
    ['gives a new revision its first percent', one({ b: 100 }), one({ a: 100 }), { a: 99, b: 1 }],
    ['gives a third revision a percent of the second', one({ c: 100 }), one({ a: 60, b: 40 }, RUNNING), { a: 60, b: 39, c: 1 }],
    ['drops a revision that had one percent', one({ c: 100 }), one({ a: 99, b: 1 }, RUNNING), { a: 99, c: 1 }],
    ['waits until the next step is due', one({ b: 100 }), one({ a: 90, b: 10 }, RUNNING), { a: 90, b: 10 }],
    ['does not divide a single percent', one({ b: 1 }), one({ a: 1 }), { b: 1 }],
    ['gives what a configuration gains to the latest', one({ b: 80 }), one({ a: 50, b: 10 }, RUNNING), { a: 50, b: 30 }],
    ['takes what a configuration loses from the oldest', one({ b: 30 }), one({ a: 50, b: 10 }, RUNNING), { a: 20, b: 10 }],
    ['is done when the oldest has nothing left', one({ b: 10 }), one({ a: 50, b: 10 }, RUNNING), { b: 10 }],
    ['does not roll a new tag out', one({ b: 100 }, {}, 't'), one({ a: 100 }), { b: 100 }],
  ])('%s', (_, goal, previous, expected) => {
    expect(sharesOf(step(goal, previous, at).rollout)).toEqual(expected);
  });

  it.each<[Record<string, number>, Record<string, number>]>([
    [
      { a: 90, b: 10 },
      { a: 80, b: 20 },
    ],
    [
      { a: 40, b: 55, c: 5 },
      { a: 40, b: 45, c: 15 },
    ],
    [
      { a: 40, b: 5, c: 55 },
      { a: 35, c: 65 },
    ],
    [{ a: 4, b: 96 }, { b: 100 }],
  ])('moves a step from the newest of the older revisions: %j becomes %j', (before, after) => {
    const latest = Object.keys(before).at(-1)!;
    const { rollout, nextStepTime } = step(one({ [latest]: 100 }), one(before, RUNNING), 100 * SECOND);
    expect(sharesOf(rollout)).toEqual(after);
    expect(nextStepTime).toBe(isDone(rollout) ? undefined : 110 * SECOND);
  });

  it('notes when a new revision began, for the length of the steps', () => {
    const { rollout, nextStepTime } = step(one({ b: 100 }), one({ a: 100 }), at);
    expect(rollout.configurations[0]!.steps).toEqual({ ...NO_STEPS, startTime: at });
    expect(nextStepTime).toBeUndefined();
  });
});

describe('observeReady', () => {
  it.each([
    // duration, seconds until ready → seconds between steps, percent per step
    [100, 1, 1, 1],
    [100, 20, 20, 25],
    [10, 100, 1, 99],
    [200, 1, 199 / 99, 1],
    [10, 5, 5, 99],
  ])('in %d s, ready after %d s: steps every %d s of %d %%', (duration, readyAfter, every, size) => {
    const now = 1000 * SECOND;
    const { steps } = observeReady(one({ a: 99, b: 1 }, { startTime: now - readyAfter * SECOND }), now, duration)
      .configurations[0]!;
    expect(steps.stepDuration).toBe(Math.trunc(every * SECOND));
    expect(steps.stepSize).toBe(size);
    expect(steps.nextStepTime).toBe(now + steps.stepDuration);
  });

  it('leaves steps alone that are known, and configurations without a rollout', () => {
    const running = one({ a: 90, b: 10 }, RUNNING);
    expect(observeReady(running, 5, 100)).toEqual(running);
    expect(observeReady(one({ a: 100 }), 5, 100)).toEqual(one({ a: 100 }));
  });
});

describe('a rollout as a whole', () => {
  const share = fc.integer({ min: 2, max: 100 });
  it('ends with the latest revision alone, keeps the sum, and never takes from the latest', () => {
    fc.assert(
      fc.property(share, fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 60 }), (percent, duration, readyAfter) => {
        const goal = one({ b: percent });
        let now = 1000 * SECOND;
        let state = step(goal, one({ a: percent }), now).rollout;
        now += readyAfter * SECOND;
        state = observeReady(state, now, duration);
        let latest = 1;
        for (let i = 0; i < 200 && !isDone(state); i++) {
          now = state.configurations[0]!.steps.nextStepTime;
          state = step(goal, state, now).rollout;
          const shares = sharesOf(state);
          expect(Object.values(shares).reduce((a, b) => a + b, 0)).toBe(percent);
          expect(shares.b).toBeGreaterThan(latest);
          latest = shares.b!;
        }
        expect(sharesOf(state)).toEqual({ b: percent });
      }),
    );
  });

  it('is read as it was written', () => {
    const state = one({ a: 90, b: 10 }, RUNNING, 't');
    expect(readRollout(writeRollout(state))).toEqual(state);
    expect(writeRollout(one({ a: 100 }))).toBe(
      '{"configurations":[{"configurationName":"c","percent":100,"revisions":[{"revisionName":"a","percent":100}],"stepParams":{}}]}',
    );
  });

  it.each([
    undefined,
    '',
    'no json',
    '{"configurations":[{"percent":101,"revisions":[]}]}',
    '{"configurations":[{"percent":5,"revisions":[{"percent":4}]}]}',
  ])('is forgotten if its text is %j', (text) => expect(readRollout(text)).toBeUndefined());
});
