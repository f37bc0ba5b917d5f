import type { Probe } from '../../../../lib/api';
import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import { eagerDelay, type ProbeKind, Prober } from '../../../../lib/local/pods/prober';

function probing(kind: ProbeKind, probe: Probe, answer: (at: number, asked: number) => boolean) {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor);
  const asked: number[] = [];
  const verdicts: string[] = [];
  const failures: number[] = [];
  const prober = new Prober({
    ...{ kind, probe, clock, executor },
    check: async () => {
      asked.push(clock.monotonic());
      return answer(clock.monotonic(), asked.length) ? undefined : 'no';
    },
    onVerdict: (good) => verdicts.push(`${clock.monotonic()} ${good}`),
    onFailure: () => failures.push(clock.monotonic()),
  });
  prober.start();
  return { clock, asked, verdicts, failures, prober };
}

test.each([
  ['with a period of its own asks at that period', { periodSeconds: 3 }, [0, 3000, 6000]],
  ['waits for the initial delay first', { periodSeconds: 3, initialDelaySeconds: 4 }, [4000, 7000]],
])('a readiness probe %s', async (_what, probe, expected) => {
  const { clock, asked } = probing('readiness', probe, () => false);
  await clock.advance(8000);
  expect(asked).toEqual(expected);
});

test.each([undefined, 0, 10])(
  'a readiness probe with period %p asks every 5 ms until it succeeds, then every 10 s',
  async (period) => {
    const probe = period === undefined ? {} : { periodSeconds: period };
    const { clock, asked, verdicts } = probing('readiness', probe, (at) => at >= 41);
    await clock.advance(30_000);
    expect(asked.slice(0, 3)).toEqual([0, 5, 10]);
    expect(asked.slice(-4)).toEqual([40, 45, 10_045, 20_045]);
    expect(verdicts).toEqual(['45 true']);
  },
);

test('a readiness probe with the period of a Knative revision is eager, then keeps that period', async () => {
  const { clock, asked } = probing('readiness', { periodSeconds: 1 }, (at) => at >= 12);
  await clock.advance(2500);
  expect(asked).toEqual([0, 5, 10, 15, 1015, 2015]);
});

test('failures are told once in a period, however often it is asked', async () => {
  const { clock, failures } = probing('readiness', { periodSeconds: 1 }, (at) => at >= 2400);
  await clock.advance(5000);
  expect(failures).toEqual([1000, 2000]);
});

test('a liveness probe is never eager', async () => {
  const { clock, asked } = probing('liveness', {}, () => true);
  await clock.advance(20_000);
  expect(asked).toEqual([0, 10_000, 20_000]);
});

test('an eager startup probe fails no earlier than Kubernetes would', async () => {
  const { clock, verdicts } = probing('startup', { failureThreshold: 2 }, () => false);
  await clock.advance(19_900);
  expect(verdicts).toEqual([]);
  await clock.advance(200);
  expect(verdicts).toHaveLength(1);
  expect(verdicts[0]).toMatch(/^20\d\d\d false$/);
});

test('thresholds count successes and failures in a row', async () => {
  const pattern = [true, false, true, true, false, false, true, false, false, false];
  const probe = { periodSeconds: 2, successThreshold: 2, failureThreshold: 3 };
  const { clock, verdicts, prober } = probing('readiness', probe, (_at, asked) => pattern[asked - 1] ?? true);
  await clock.advance(18_000);
  expect(verdicts).toEqual(['6000 true', '18000 false']);
  prober.stop();
  await clock.advance(10_000);
  expect(verdicts).toHaveLength(2);
});

test('a question that is not answered in time is given up', async () => {
  const executor = new CountingExecutor(() => {});
  const clock = new VirtualClock(executor);
  const verdicts: string[] = [];
  const check = (signal: AbortSignal) =>
    executor.suspended(
      new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve(`late at ${clock.monotonic()}`))),
    );
  const probe = { periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 1 };
  const onFailure = (problem: string) => verdicts.push(problem);
  new Prober({ kind: 'liveness', probe, clock, executor, check, onVerdict: () => {}, onFailure }).start();
  await clock.advance(3000);
  expect(verdicts).toEqual(['late at 2000']);
});

test('eager questions become rarer with time', () => {
  expect([0, 9999, 10_000, 60_000].map(eagerDelay)).toEqual([5, 5, 50, 250]);
});

test('a sign of life makes an eager probe ask at once, but not a container that is ready already', async () => {
  const { clock, asked, prober, verdicts } = probing('readiness', {}, (at) => at >= 8);
  await clock.advance(8);
  prober.nudge();
  prober.nudge();
  await clock.settle();
  expect(asked).toEqual([0, 5, 8]);
  expect(verdicts).toEqual(['8 true']);
  prober.nudge();
  await clock.advance(9000);
  expect(asked).toEqual([0, 5, 8]);
});

test('a sign of life does not shorten the initial delay', async () => {
  const { clock, asked, prober } = probing('readiness', { initialDelaySeconds: 2 }, () => true);
  await clock.advance(100);
  prober.nudge();
  await clock.advance(1900);
  expect(asked).toEqual([2000]);
});
