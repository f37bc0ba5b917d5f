import { Readiness } from '../../../../lib/roles/health';

test('what is needed and not met is told by name, until it is met', () => {
  const readiness = new Readiness();
  expect(readiness.missing).toEqual([]);
  readiness.need('settings', 'not read yet');
  readiness.need('gateway', 'not started yet');
  readiness.meet('settings');
  expect(readiness.missing).toEqual(['gateway: not started yet']);
  readiness.need('gateway', 'refused');
  expect(readiness.missing).toEqual(['gateway: refused']);
  readiness.meet('gateway');
  expect(readiness.missing).toEqual([]);
});

test('who drains is not ready whatever is met', () => {
  const readiness = new Readiness();
  readiness.drain();
  expect(readiness.missing).toEqual(['draining: the process is to end']);
});
