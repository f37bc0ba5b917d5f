import { devOptions } from '../../../../lib/cli/dev/dev-options';

test('everything has a default', () => {
  expect(devOptions({ args: ['.'], options: {} })).toEqual({
    paths: ['.'],
    quickstart: false,
    port: undefined,
    isolate: false,
    state: undefined,
    fresh: false,
    namespace: 'default',
    logs: false,
    json: false,
    once: false,
    timeoutMs: 60_000,
    inheritEnv: [],
    allowedSinks: [],
    eventRetention: {},
    trustImages: false,
  });
});

test('sinks on this machine are addresses with ports', () => {
  const allowed = (...allowSink: string[]) => devOptions({ args: ['.'], options: { allowSink } }).allowedSinks;
  expect(allowed('localhost:9000', '127.0.0.1:1', '[::1]:80')).toEqual(['127.0.0.1:9000', '127.0.0.1:1', '[::1]:80']);
  expect(() => allowed('example.com:80')).toThrow('--allow-sink example.com:80 is no address with a port');
});

test('how long and how much delivered events are kept', () => {
  const options = { keepEvents: '72h', keepEventsSize: '1Gi' };
  expect(devOptions({ args: ['.'], options }).eventRetention).toEqual({ ageMs: 259_200_000, bytes: 2 ** 30 });
  expect(devOptions({ args: ['.'], options: { keepEvents: '0s' } }).eventRetention).toEqual({ ageMs: 0 });
});

test('a timeout is a Go duration', () => {
  expect(devOptions({ args: ['.'], options: { once: true, timeout: '1m30s' } }).timeoutMs).toBe(90_000);
});

test.each([
  [{ once: true, timeout: '90' }, '--timeout 90 is no duration; write 90s or 2m'],
  [{ once: true, timeout: '-1s' }, '--timeout -1s is no duration; write 90s or 2m'],
  [{ keepEvents: '3 days' }, '--keep-events 3 days is no duration; write 30m or 72h'],
  [{ keepEventsSize: 'much' }, '--keep-events-size much is no amount; write 500Mi or 2Gi'],
  [{ timeout: '90s' }, '--timeout only means something together with --once'],
  [{ namespace: 'Not_a_label' }, '--namespace Not_a_label is no DNS label: lower-case letters, digits and dashes, at most 63'],
])('%j is wrong usage', (options, message) => {
  expect(() => devOptions({ args: ['.'], options })).toThrow(message);
});

test('a path is needed, but not to begin with an empty platform', () => {
  expect(devOptions({ args: [], options: { quickstart: true } })).toMatchObject({ paths: [], quickstart: true });
  expect(() => devOptions({ args: [], options: {} })).toThrow('missing <path>: say what to run, or begin');
});

test('state is kept in the default folder, in another one, or not at all', () => {
  const of = (options: Parameters<typeof devOptions>[0]['options']) => devOptions({ args: ['.'], options });
  expect(of({ state: 'elsewhere' })).toMatchObject({ state: 'elsewhere', fresh: false });
  expect(of({ fresh: true })).toMatchObject({ state: undefined, fresh: true });
  expect(of({ ephemeral: true })).toMatchObject({ state: 'ephemeral' });
  expect(() => of({ ephemeral: true, state: 'elsewhere' })).toThrow('--state and --ephemeral exclude each other');
  expect(() => of({ ephemeral: true, fresh: true })).toThrow('there is nothing to forget');
});
