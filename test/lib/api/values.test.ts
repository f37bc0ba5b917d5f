import fc from 'fast-check';
import {
  annotationOf,
  annotations,
  childName,
  compareQuantities,
  findType,
  formatDuration,
  parseDuration,
  parseQuantity,
  ServiceType,
} from '../../../lib/api';

test.each([
  ['short', '-suffix', 'short-suffix'],
  ['a'.repeat(63), '', 'a'.repeat(63)],
  // md5 of sixty and sixty-three letters, as `md5sum` gives it.
  ['a'.repeat(60), '-deploy', `${'a'.repeat(24)}cc7ed669cf88f201c3297c6a91e1d18d-deploy`],
  ['a'.repeat(63), '-deploy', `${'a'.repeat(24)}b06521f39153d618550606be297466d5-deploy`],
])('the child of %s with %s is named %s', (parent, suffix, expected) => {
  expect(childName(parent, suffix)).toBe(expected);
});

test('names of children are valid and differ wherever their parents do', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,62}$/);
  fc.assert(
    fc.property(name, name, fc.stringMatching(/^-[a-z]{1,40}$/), (a, b, suffix) => {
      const [first, second] = [childName(a, suffix), childName(b, suffix)];
      expect(first).toMatch(/^[a-z][-a-z0-9]{0,61}[a-z0-9]$/);
      expect(first === second).toBe(a === b);
    }),
  );
});

test.each([
  ['0', 0],
  ['0s', 0],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['300ms', 300],
  ['1us', 0.001],
  ['1µs', 0.001],
  ['-2m', -120_000],
  ['+5s', 5000],
  ['.5s', 500],
  ['1h2m3s4ms', 3_723_004],
])('the duration %s is %p ms', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each(['', '5', 's', '1x', '1 s', '1s ', '.s', '--1s', '1e3s', '9999999999h'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  [0, '0s'],
  [3_600_000, '1h0m0s'],
  [6_000, '6s'],
  [90_000, '1m30s'],
  [1500, '1.5s'],
  [1.5, '1.5ms'],
  [0.001, '1µs'],
  [-60_000, '-1m0s'],
])('%p ms are written %s', (milliseconds, expected) => {
  expect(formatDuration(milliseconds)).toBe(expected);
});

test('a duration that is written is read as the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), (ms) => expect(parseDuration(formatDuration(ms))).toBe(ms)),
  );
});

test.each([
  ['500m', 0.5],
  ['100m', 0.1],
  ['1', 1],
  [2, 2],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['1Ki', 1024],
  ['1Gi', 1_073_741_824],
  ['1k', 1000],
  ['2e3', 2000],
  ['1E', 1e18],
  ['-1', -1],
  ['1n', 1e-9],
])('the amount %p is %p', (quantity, expected) => {
  expect(parseQuantity(quantity)).toBe(expected);
});

test.each(['', 'x', '1gi', '1 Gi', '1mi', 'Gi', '1K', '0x10', '1e'])('%j is no amount', (quantity) => {
  expect(parseQuantity(quantity)).toBeUndefined();
});

test('amounts are compared whatever their units', () => {
  expect(compareQuantities('1024Mi', '1Gi')).toBe(0);
  expect(compareQuantities('100m', '0.2')).toBeLessThan(0);
  expect(compareQuantities('1', '999m')).toBeGreaterThan(0);
  expect(compareQuantities('x', '1')).toBeNaN();
});

test('an annotation is found by any spelling, the preferred one first', () => {
  expect(annotationOf({ 'autoscaling.knative.dev/minScale': '1' }, annotations.minScale)).toBe('1');
  expect(
    annotationOf({ 'autoscaling.knative.dev/minScale': '1', 'autoscaling.knative.dev/min-scale': '2' }, annotations.minScale),
  ).toBe('2');
  expect(annotationOf(undefined, annotations.minScale)).toBeUndefined();
});

test('a kind is found by its API version and name', () => {
  expect(findType('serving.knative.dev/v1', 'Service')).toBe(ServiceType);
  expect(findType('v1', 'Service')?.plural).toBe('services');
  expect(findType('serving.knative.dev/v2', 'Service')).toBeUndefined();
});
