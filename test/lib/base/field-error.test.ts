import {
  disallowedFields,
  formatFieldError,
  formatFieldErrors,
  invalidValue,
  missingField,
  outOfBounds,
  via,
} from '../../../lib/base';

test.each([
  [missingField('a.b'), 'missing field(s): a.b'],
  [disallowedFields('b', 'a'), 'must not set the field(s): a, b'],
  [invalidValue('x', 'a'), 'invalid value: x: a'],
  [invalidValue(3, 'a', 'why'), 'invalid value: 3: a\nwhy'],
  [outOfBounds(-1, 0, 1000, 'containerConcurrency'), 'expected 0 <= -1 <= 1000: containerConcurrency'],
  [{ message: 'unknown field "spec.x"', paths: ['spec.x'] }, 'unknown field "spec.x"'],
])('%o reads as upstream prints it', (error, text) => {
  expect(formatFieldError(error)).toBe(text);
});

test('a path grows outwards through fields and indexes', () => {
  const errors = via('spec', via('containers', via('[2]', [missingField('image')])));
  expect(errors[0]?.paths).toEqual(['spec.containers[2].image']);
});

test('warnings are no reason for refusal', () => {
  expect(formatFieldErrors([{ message: 'old', paths: ['a'], level: 'warning' }, missingField('b')])).toBe('missing field(s): b');
});
