import fc from 'fast-check';
import {
  activatorsFor,
  type DeciderSpec,
  type DeciderState,
  decide,
  decideOn,
  initialBurstCapacity,
  initialState,
  type Sample,
} from '../../../../lib/control/autoscaler';
import { spec } from './support';

const NOW = Date.UTC(2026, 0, 1);
const calm: DeciderState = { panicSince: undefined, maxPanicPods: 0, delay: [] };

/** A decider in a dialogue: one load after the other at given seconds. */
function dialogue(first: DeciderSpec, state: DeciderState = initialState(first.readyPods, NOW)) {
  const memory = { state };
  return {
    memory,
    at(seconds: number, stable: number, panic: number, now: DeciderSpec = first): number | undefined {
      const decision = decideOn({ stable, panic }, now, memory.state, NOW + seconds * 1000);
      memory.state = decision.state;
      return decision.desired;
    },
  };
}

describe('one decision', () => {
  const inPanic: DeciderState = { ...calm, panicSince: NOW - 5000, maxPanicPods: 5 };
  test.each<[string, Partial<DeciderSpec>, number, number, number, number, DeciderState?]>([
    // what, spec, stable, panic, scale, excess burst capacity
    ['no load wants no pods', {}, 0, 0, 0, -87],
    ['any burst capacity', { target: 181, targetBurstCapacity: -1 }, 21, 26, 1, -1],
    ['no burst capacity', { targetBurstCapacity: 0 }, 50, 49, 5, 0],
    ['five times the target', {}, 50, 50, 5, -137],
    ['a stable window above the panic window, in panic', { target: 1, readyPods: 5 }, 50, 30, 50, -124, inPanic],
    ['a stable window below the panic window, in panic', { target: 1, readyPods: 5 }, 20, 30, 30, -124, inPanic],
    ['a scale that fits', { readyPods: 5 }, 50, 50, 5, -84],
    [
      'a small rate upwards still grows',
      { target: 1, targetBurstCapacity: 1982, readyPods: 2, maxScaleUpRate: 1.1 },
      3,
      3.1,
      3,
      -1983,
    ],
    ['a small rate downwards', { targetBurstCapacity: 1982, readyPods: 100, maxScaleDownRate: 1.1 }, 1, 1, 90, -650],
    [
      'no rate downwards once out of reach',
      { targetBurstCapacity: 1982, readyPods: 100, maxScaleDownRate: 1.1, reachable: false },
      1,
      1,
      1,
      -650,
    ],
    ['a burst in the panic window', { targetBurstCapacity: 84 }, 50, 100, 10, -171],
    ['no pods count as one', { targetBurstCapacity: 81, readyPods: 0 }, 1000, 888, 10, -969],
    ['activation scale without load', { activationScale: 2 }, 0, 0, 0, -87],
    ['activation scale with a little load', { activationScale: 2 }, 1, 0, 2, -87],
    ['activation scale above the rate', { activationScale: 30 }, 1, 1, 30, -88],
  ])('%s', (_, more, stable, panic, desired, excess, state = calm) => {
    const decision = decideOn({ stable, panic }, spec(more), state, NOW);
    expect(decision.desired).toBe(desired);
    expect(decision.excessBurstCapacity).toBe(excess);
  });

  test('without data there is none, and nothing is forgotten', () => {
    const state: DeciderState = { panicSince: NOW - 90_000, maxPanicPods: 7, delay: [{ slot: 1, value: 3 }] };
    const decision = decide([], spec(), state, NOW);
    expect(decision.desired).toBeUndefined();
    expect(decision.explanation.rule).toBe('no-data');
    expect(decision.state).toBe(state);
  });

  test('with any burst capacity, silence means no load', () => {
    expect(decide([], spec({ targetBurstCapacity: -1 }), calm, NOW).desired).toBe(0);
  });

  test.each<[string, Partial<DeciderSpec>, number]>([
    ['concurrency', {}, 3],
    ['rps', { metric: 'rps' }, 5],
    ['concurrency', { aggregation: 'weighted-exponential' }, 3],
  ])('reads %s from the history %j', (_, more, desired) => {
    const history: Sample[] = Array.from({ length: 61 }, (_, i) => ({
      second: NOW / 1000 - 60 + i,
      concurrency: 22.5,
      requests: 45,
    }));
    expect(decide(history, spec({ ...more, readyPods: 3 }), calm, NOW).desired).toBe(desired);
  });

  test('explains itself with every number', () => {
    const { explanation } = decideOn({ stable: 12, panic: 95 }, spec({ readyPods: 4 }), calm, NOW);
    expect(explanation).toEqual({
      at: NOW,
      spec: spec({ readyPods: 4 }),
      stableValue: 12,
      panicValue: 95,
      basePods: 4,
      maxScaleUp: 40,
      maxScaleDown: 0,
      stableWanted: 2,
      panicWanted: 10,
      stablePods: 2,
      panicPods: 10,
      overPanicThreshold: true,
      panicSince: NOW,
      maxPanicPods: 10,
      beforeDelay: 10,
      excessBurstCapacity: -142,
      desired: 10,
      rule: 'panic',
    });
  });
});

describe('rates', () => {
  test('let a revision grow tenfold at a time', () => {
    const talk = dialogue(spec());
    expect(talk.at(0, 1000, 1001)).toBe(10);
    expect(talk.at(0, 1000, 1001, spec({ readyPods: 10 }))).toBe(100);
  });

  test('let a revision shrink to a tenth at a time', () => {
    const talk = dialogue(spec({ readyPods: 100 }), calm);
    expect(talk.at(0, 1, 1)).toBe(10);
    expect(talk.at(2, 1, 1, spec({ readyPods: 10 }))).toBe(1);
  });
});

describe('panic', () => {
  test('begins at once where several pods are found ready', () => {
    expect(initialState(0, NOW)).toEqual({ panicSince: undefined, maxPanicPods: 0, delay: [] });
    expect(initialState(1, NOW)).toEqual({ panicSince: undefined, maxPanicPods: 1, delay: [] });
    expect(initialState(2, NOW)).toEqual({ panicSince: NOW, maxPanicPods: 2, delay: [] });
  });

  test('keeps the scale after a restart for a stable window', () => {
    const talk = dialogue(spec({ readyPods: 20 }));
    expect(talk.at(2, 10, 10)).toBe(20);
    expect(talk.at(60, 10, 10)).toBe(20);
    expect(talk.at(61, 10, 10)).toBe(2);
  });

  test('ends after a slow increase, and then the stable window decides', () => {
    const ten = spec({ target: 1, readyPods: 10 });
    const talk = dialogue(ten, calm);
    expect(talk.at(0, 11, 25)).toBe(25);
    expect(talk.memory.state.panicSince).toBe(NOW);
    expect(talk.at(30, 30, 41, { ...ten, readyPods: 40 })).toBe(41);
    expect(talk.memory.state.panicSince).toBe(NOW);
    expect(talk.at(62, 50, 56, { ...ten, readyPods: 55 })).toBe(50);
    expect(talk.memory.state.panicSince).toBeUndefined();
  });

  test('is prolonged by a new surge', () => {
    const ten = spec({ target: 1, readyPods: 10 });
    const talk = dialogue(ten, calm);
    talk.at(0, 11, 25);
    expect(talk.at(30, 30, 80, { ...ten, readyPods: 40 })).toBe(80);
    expect(talk.memory.state.panicSince).toBe(NOW + 30_000);
  });

  test('does not scale down until it has ended', () => {
    const talk = dialogue(spec());
    expect(talk.at(0, 100, 100)).toBe(10);
    const ten = spec({ readyPods: 10 });
    expect(talk.at(0, 100, 1000, ten)).toBe(100);
    expect(talk.at(30, 1, 1, ten)).toBe(100);
    expect(talk.at(61, 1, 1, ten)).toBe(1);
  });

  test('follows an exponential rise without stopping', () => {
    const talk = dialogue(spec({ target: 1 }));
    const scales = [6, 36, 216, 1296].map((load, i) => talk.at(i, load, load, spec({ target: 1, readyPods: 6 ** i })));
    expect(scales).toEqual([6, 36, 216, 1296]);
    expect(talk.at(4, 1296, 1296, spec({ target: 1, readyPods: 1296 }))).toBe(1296);
  });

  test('never lowers the scale from one decision to the next, whatever the load', () => {
    const load = fc.record({
      stable: fc.integer({ min: 0, max: 500 }),
      panic: fc.integer({ min: 0, max: 500 }),
      ready: fc.nat(60),
    });
    fc.assert(
      fc.property(fc.array(load, { maxLength: 60 }), (loads) => {
        const talk = dialogue(spec());
        let before = 0;
        loads.forEach(({ stable, panic, ready }, i) => {
          const wasPanic = talk.memory.state.panicSince !== undefined;
          const desired = talk.at(i * 2, stable, panic, spec({ readyPods: ready }))!;
          if (wasPanic && talk.memory.state.panicSince !== undefined) expect(desired).toBeGreaterThanOrEqual(before);
          before = desired;
        });
      }),
    );
  });

  test('does not come and go under a load that stays the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2000 }), (concurrency) => {
        const talk = dialogue(spec());
        let ready = 1;
        const modes = Array.from({ length: 120 }, (_, i) => {
          ready = talk.at(i * 2, concurrency, concurrency, spec({ readyPods: ready }))!;
          return talk.memory.state.panicSince !== undefined;
        });
        const switches = modes.filter((mode, i) => i > 0 && mode !== modes[i - 1]).length;
        expect(switches).toBeLessThanOrEqual(1);
        expect(ready).toBe(Math.ceil(concurrency / 10));
      }),
    );
  });
});

describe('the scale-down delay', () => {
  const delayed = spec({ maxScaleUpRate: 10, panicThreshold: 100, scaleDownDelay: 300_000 });

  test('holds a scale for as long as it says', () => {
    const talk = dialogue(delayed, calm);
    expect(talk.at(2, 40, 40)).toBe(4);
    expect(talk.at(300, 0, 0)).toBe(4);
    expect(talk.at(302, 0, 0)).toBe(0);
  });

  test('lets the scale fall by steps', () => {
    const talk = dialogue(delayed, calm);
    expect(
      [
        [540, 40],
        [600, 30],
        [660, 0],
        [840, 0],
        [900, 0],
      ].map(([seconds, load]) => talk.at(seconds!, load!, load!)),
    ).toEqual([4, 4, 4, 3, 0]);
  });

  test('ends when no route leads to the revision any more', () => {
    const talk = dialogue(delayed, calm);
    expect(talk.at(2, 40, 40)).toBe(4);
    expect(talk.at(60, 0, 0)).toBe(4);
    expect(talk.at(62, 0, 0, { ...delayed, reachable: false })).toBe(0);
  });

  test('of zero is none', () => {
    const talk = dialogue({ ...delayed, scaleDownDelay: 0 }, calm);
    expect(talk.at(0, 40, 40)).toBe(4);
    expect(talk.at(0.5, 20, 20)).toBe(2);
  });
});

test('more load never wants fewer pods', () => {
  const numbers = fc.record({
    low: fc.double({ min: 0, max: 1000, noNaN: true }),
    more: fc.double({ min: 0, max: 1000, noNaN: true }),
    panic: fc.double({ min: 0, max: 1000, noNaN: true }),
    ready: fc.nat(50),
    activation: fc.nat(5),
    panicking: fc.boolean(),
  });
  fc.assert(
    fc.property(numbers, ({ low, more, panic, ready, activation, panicking }) => {
      const decider = spec({ readyPods: ready, activationScale: activation });
      const state: DeciderState = { ...calm, ...(panicking ? { panicSince: NOW - 1000, maxPanicPods: ready } : {}) };
      const desired = (stable: number, burst: number) => decideOn({ stable, panic: burst }, decider, state, NOW).desired!;
      expect(desired(low + more, panic)).toBeGreaterThanOrEqual(desired(low, panic));
      expect(desired(low, panic + more)).toBeGreaterThanOrEqual(desired(low, panic));
    }),
  );
});

test('the same question gets the same answer', () => {
  const history: Sample[] = [{ second: NOW / 1000, concurrency: 7, requests: 9 }];
  expect(decide(history, spec(), calm, NOW)).toEqual(decide(history, spec(), calm, NOW));
});

test.each<[string, Partial<DeciderSpec>, number]>([
  ['no burst', { targetBurstCapacity: 0, readyPods: 1000 }, 2],
  ['any burst', { targetBurstCapacity: -1, total: 100, readyPods: 9 }, 6],
  ['a burst', { targetBurstCapacity: 200, total: 100, readyPods: 9 }, 8],
  ['a small capacity', { targetBurstCapacity: 10, total: 1, readyPods: 1 }, 2],
])('the number of gateways to cover %s', (_, more, want) => {
  expect(activatorsFor(spec(more))).toBe(want);
  expect(decideOn({ stable: 1, panic: 1 }, spec(more), calm, NOW).numActivators).toBe(want);
});

test.each([
  [-1, -1],
  [0, 0],
  [50, 50],
  [150, -50],
])('before the first decision, a target burst of %d leaves %d', (targetBurstCapacity, want) => {
  expect(initialBurstCapacity(spec({ targetBurstCapacity, total: 100 }))).toBe(want);
});
