import fc from 'fast-check';
import { ConditionSet, isReady } from '../../../lib/api';

const set = new ConditionSet('Ready', ['A', 'B']);
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const fresh = set.manage(undefined, NOW);
const states = (conditions: { list: readonly { type: string; status: string }[] }) =>
  Object.fromEntries(conditions.list.map((c) => [c.type, c.status]));

test('a new set is Unknown throughout, sorted by type', () => {
  expect(fresh.list).toEqual(
    ['A', 'B', 'Ready'].map((type) => ({ type, status: 'Unknown', lastTransitionTime: '2026-01-02T03:04:05Z' })),
  );
});

test('it is ready when every dependent is true', () => {
  expect(states(fresh.markTrue('A'))).toEqual({ A: 'True', B: 'Unknown', Ready: 'Unknown' });
  expect(fresh.markTrue('A').markTrue('B').happy).toBe(true);
});

test('a false dependent makes it false for the same reason', () => {
  const failed = fresh.markTrue('A').markFalse('B', 'Broken', 'it is broken');
  expect(failed.get('Ready')).toMatchObject({ status: 'False', reason: 'Broken', message: 'it is broken' });
});

test('an unknown dependent does not hide a false one', () => {
  const failed = fresh.markFalse('B', 'Broken', 'it is broken').markUnknown('A', 'Waiting', 'wait');
  expect(failed.get('Ready')).toMatchObject({ status: 'False', reason: 'Broken' });
  expect(failed.get('A')).toMatchObject({ status: 'Unknown', reason: 'Waiting' });
});

test('it recovers to what still stands against it', () => {
  const recovered = fresh.markFalse('A', 'Broken').markUnknown('B', 'Waiting', 'wait').markTrue('A');
  expect(recovered.get('Ready')).toMatchObject({ status: 'Unknown', reason: 'Waiting', message: 'wait' });
});

test('other conditions are information', () => {
  const all = fresh.markTrue('A').markTrue('B').markFalse('Active', 'NoTraffic', 'The target is not receiving traffic.');
  expect(all.get('Active')).toMatchObject({ severity: 'Info', status: 'False' });
  expect(all.happy).toBe(true);
  expect(all.clear('Active').get('Active')).toBeUndefined();
  expect(() => all.clear('A')).toThrow('cannot be removed');
});

test('a true condition may have a reason', () => {
  expect(fresh.markTrue('A', 'TLSNotEnabled', 'off').get('A')).toMatchObject({
    status: 'True',
    reason: 'TLSNotEnabled',
    message: 'off',
  });
});

test('a dependent that appears in a set that is ready is true', () => {
  const old = new ConditionSet('Ready', ['A']).manage(undefined, NOW).markTrue('A');
  expect(states(set.manage(old.list, NOW))).toEqual({ A: 'True', B: 'True', Ready: 'True' });
});

test('the time of a condition moves only with the condition', () => {
  const later = set.manage(fresh.markTrue('A').list, NOW + 60_000);
  expect(later.markTrue('A').get('A')?.lastTransitionTime).toBe('2026-01-02T03:04:05Z');
  expect(later.markFalse('A', 'x').get('A')?.lastTransitionTime).toBe('2026-01-02T03:05:05Z');
  expect(later.markUnknown('B', '', '').list).toEqual(later.list);
});

test('managing what is there changes nothing', () => {
  const ready = fresh.markTrue('A').markTrue('B');
  expect(set.manage(ready.list, NOW + 1000).list).toBe(ready.list);
});

test('whatever is marked in whatever order, Ready follows the dependents and the list stays sorted', () => {
  const mark = fc.tuple(
    fc.constantFrom('A', 'B', 'Active'),
    fc.constantFrom('True' as const, 'False' as const, 'Unknown' as const),
  );
  fc.assert(
    fc.property(fc.array(mark), (marks) => {
      const end = marks.reduce((all, [type, status]) => all.mark(type, status, status === 'True' ? undefined : 'R', ''), fresh);
      const dependents = ['A', 'B'].map((type) => end.get(type)?.status);
      const expected = dependents.includes('False') ? 'False' : dependents.includes('Unknown') ? 'Unknown' : 'True';
      expect(end.get('Ready')?.status).toBe(expected);
      const types = end.list.map((c) => c.type);
      expect(types).toEqual([...types].sort());
    }),
  );
});

test.each([
  [{ generation: 2 }, { observedGeneration: 2, conditions: [{ type: 'Ready', status: 'True' as const }] }, true],
  [{ generation: 3 }, { observedGeneration: 2, conditions: [{ type: 'Ready', status: 'True' as const }] }, false],
  [{ generation: 2 }, { observedGeneration: 2, conditions: [{ type: 'Ready', status: 'False' as const }] }, false],
  [{ generation: 1 }, undefined, false],
])('an object with %j and %j is ready: %p', (metadata, status, expected) => {
  expect(isReady({ metadata, status })).toBe(expected);
});
