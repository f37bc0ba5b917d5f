import { decide, decideOn, formatExplanation, initialState } from '../../../../lib/control/autoscaler';
import { spec } from './support';

const NOW = Date.UTC(2026, 0, 1);
const explain = (more: Parameters<typeof spec>[0], stable: number, panic: number, state = initialState(0, NOW)) =>
  formatExplanation(decideOn({ stable, panic }, spec(more), state, NOW).explanation);

test('a decision is explained number by number', () => {
  expect(explain({ readyPods: 4 }, 41.23456, 50)).toEqual([
    'concurrency: stable 41.235 over 60s, panic 50 over 6s (linear)',
    'one pod: target 10 of 13.333; ready pods: 4',
    'stable wants 5',
    'panic wants 5; panic begins at 8',
    'excess burst capacity -97 (target 100)',
    'desired 5: what the stable window wants',
  ]);
});

test.each<[string, Parameters<typeof explain>, string]>([
  ['the rate upwards', [{ maxScaleUpRate: 2 }, 100, 0], 'stable wants 10, held to 2 by max-scale-up-rate'],
  ['the rate downwards', [{ readyPods: 100 }, 5, 5], 'stable wants 1, held at 10 by max-scale-down-rate'],
  ['the activation scale', [{ activationScale: 3 }, 5, 5], 'stable wants 1, raised to the activation scale 3'],
  ['panic', [{}, 5, 50], 'desired 5: in panic, the larger of both windows'],
  [
    'panic that holds',
    [{ readyPods: 9 }, 5, 5, initialState(9, NOW)],
    'desired 9: in panic the scale does not fall below its largest (9)',
  ],
  [
    'the delay',
    [
      { scaleDownDelay: 60_000, readyPods: 9 },
      5,
      5,
      { panicSince: undefined, maxPanicPods: 0, delay: [{ slot: NOW / 2000, value: 9 }] },
    ],
    'desired 9: 1 is wanted, but the scale falls only after 60s at less',
  ],
])('%s is named', (_, args, line) => {
  expect(explain(...args)).toContain(line);
});

test('no data is no decision', () => {
  expect(formatExplanation(decide([], spec(), initialState(0, NOW), NOW).explanation).at(-1)).toBe(
    'nothing was reported during the stable window: no decision',
  );
});
