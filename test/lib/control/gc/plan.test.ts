import { defaultServingConfig, type GcConfig } from '../../../../lib/api';
import { gcReconciler } from '../../../../lib/control/gc';
import { configuration, NOW, revision } from '../support/objects';
import { observe } from '../support/observe';

const HOUR = 3600_000;
const SETTINGS: GcConfig = {
  retainSinceCreateTime: 10 * HOUR,
  retainSinceLastActiveTime: 5 * HOUR,
  minNonActiveRevisions: 0,
  maxNonActiveRevisions: -1,
};
const text = (hoursAgo: number) => new Date(NOW - hoursAgo * HOUR).toISOString();

/** A revision in reserve, made and left so many hours ago. */
const idle = (name: string, made: number, left: number, annotations = {}, labels = {}) =>
  revision(name, {
    metadata: {
      creationTimestamp: text(made),
      annotations: { 'serving.knative.dev/routingStateModified': text(left), ...annotations },
      labels: { 'serving.knative.dev/routingState': 'reserve', ...labels },
    },
  });

function plan(settings: Partial<GcConfig>, ...revisions: ReturnType<typeof idle>[]) {
  const parent = configuration('hello', { status: { latestReadyRevisionName: 'latest' } });
  const config = { ...defaultServingConfig, gc: { ...SETTINGS, ...settings } };
  const { remove, requeueAfter } = gcReconciler.plan(parent, observe({ objects: revisions }), config, NOW);
  return { removed: remove!.map(({ name }) => name), again: requeueAfter === undefined ? undefined : requeueAfter / HOUR };
}

describe('the plan of revision garbage collection', () => {
  const [old, older, oldest] = [idle('old', 20, 6), idle('older', 20, 7), idle('oldest', 20, 8)];
  it.each<[string, Partial<GcConfig>, ReturnType<typeof idle>[], string[], number | undefined]>([
    ['deletes what is past both ages, the longest idle first', {}, [old, oldest, older], ['oldest', 'older', 'old'], undefined],
    ['keeps the minimum', { minNonActiveRevisions: 2 }, [old, older, oldest], ['oldest'], undefined],
    ['keeps everything if there are no more than the minimum', { minNonActiveRevisions: 3 }, [old, older, oldest], [], undefined],
    ['waits for the age since creation', {}, [idle('young', 4, 4)], [], 6],
    ['waits for the age since it was active', {}, [idle('recent', 20, 1)], [], 4],
    ['looks again when the first becomes old', {}, [idle('a', 20, 1), idle('b', 20, 3)], [], 2],
    ['heeds one age alone', { retainSinceCreateTime: -1 }, [idle('a', 1, 6)], ['a'], undefined],
    [
      'deletes by number when ages do not count',
      { retainSinceCreateTime: -1, retainSinceLastActiveTime: -1, maxNonActiveRevisions: 1 },
      [old, older, oldest],
      ['oldest', 'older'],
      undefined,
    ],
    [
      'deletes nothing when nothing counts',
      { retainSinceCreateTime: -1, retainSinceLastActiveTime: -1 },
      [old, older],
      [],
      undefined,
    ],
    [
      'deletes the excess over the maximum though it is young',
      { maxNonActiveRevisions: 1 },
      [idle('a', 1, 1), idle('b', 2, 2)],
      ['b'],
      9,
    ],
    ['spares the latest ready', {}, [idle('latest', 20, 20)], [], undefined],
    ['spares what its author wants kept', {}, [idle('kept', 20, 20, { 'serving.knative.dev/no-gc': 'True' })], [], undefined],
    [
      'spares what a route leads to',
      {},
      [idle('live', 20, 20, {}, { 'serving.knative.dev/routingState': 'active' })],
      [],
      undefined,
    ],
    [
      'spares what has not been looked at yet',
      {},
      [idle('new', 20, 20, {}, { 'serving.knative.dev/routingState': 'pending' })],
      [],
      undefined,
    ],
  ])('%s', (_, settings, revisions, removed, again) => {
    expect(plan(settings, ...revisions)).toEqual({ removed, again });
  });
});
