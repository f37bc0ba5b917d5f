import type { Revision } from '../../../lib/api';
import { CountingExecutor, VirtualClock } from '../../../lib/base';
import { ProbeLoop, servingContainer } from '../../../lib/gateway/probe';
import type { PodTransport } from '../../../lib/gateway/transport';

const revision = (...containers: Revision['spec']['containers'][number][]) => ({ spec: { containers } }) as unknown as Revision;

describe('the container that gets the traffic', () => {
  test.each([
    [
      'the only one, on 8080 unless it says otherwise',
      [{ image: 'x' }],
      { port: 8080, protocol: 'http1', probe: { kind: 'tcp' } },
    ],
    [
      'the one with a port among several',
      [{ image: 'side' }, { image: 'x', ports: [{ name: 'h2c', containerPort: 9000 }] }],
      { port: 9000, protocol: 'h2c', probe: { kind: 'tcp' } },
    ],
    [
      'asked over HTTP where it has such a probe',
      [
        {
          image: 'x',
          readinessProbe: { httpGet: { path: 'live', httpHeaders: [{ name: 'Host', value: 'me' }] }, timeoutSeconds: 7 },
        },
      ],
      {
        probe: { kind: 'http', path: '/live', headers: ['Host', 'me', 'User-Agent', 'knc-gateway-probe'] },
        probeTimeoutSeconds: 7,
      },
    ],
    [
      'not asked where the gRPC health service has the say: an open port says less',
      [{ image: 'x', readinessProbe: { grpc: { port: 8080 } } }],
      { probe: undefined },
    ],
    [
      'not asked where it runs a command',
      [{ image: 'x', readinessProbe: { exec: { command: ['true'] } } }],
      { probe: undefined },
    ],
    ['not asked while a startup probe may hold it', [{ image: 'x', startupProbe: { tcpSocket: {} } }], { probe: undefined }],
  ])('is %s', (_what, containers, expected) => {
    expect(servingContainer(revision(...(containers as [])))).toMatchObject(expected);
  });
});

describe('probing', () => {
  function setup(answer: (clock: VirtualClock, timeoutMs: number) => Promise<boolean>) {
    const errors: unknown[] = [];
    const executor = new CountingExecutor((error) => errors.push(error));
    const clock = new VirtualClock(executor);
    const times: number[] = [];
    const timeouts: number[] = [];
    const transport = {
      probe: (_target: unknown, _probe: unknown, timeoutMs: number) => {
        times.push(clock.monotonic());
        timeouts.push(timeoutMs);
        return answer(clock, timeoutMs);
      },
    } as unknown as PodTransport;
    const target = { host: '127.0.0.1', port: 1, protocol: 'http1' } as const;
    let ready = 0;
    const loop = new ProbeLoop({ transport, clock, executor }, target, { kind: 'tcp' }, () => ready++);
    return { clock, times, timeouts, loop, errors, ready: () => ready };
  }

  test('adds no more than a twentieth to the start of a pod, and is rare where a pod never comes', async () => {
    const { clock, times } = setup(async () => false);
    await clock.advance(10_000);
    const early = times.filter((time) => time < 60);
    expect(early.length).toBeGreaterThanOrEqual(19);
    for (let i = 1; i < times.length; i++) {
      const gap = times[i]! - times[i - 1]!;
      expect(gap).toBeLessThanOrEqual(Math.max(3, times[i - 1]! / 20) + 0.01);
    }
    expect(times.length).toBeLessThan(200);
    await clock.advance(600_000);
    expect(times.at(-1)! - times.at(-2)!).toBe(1000);
  });

  test('gives a pod that is slow to answer ever more time', async () => {
    const { clock, timeouts, errors } = setup((clock, timeoutMs) => clock.sleep(timeoutMs).then(() => false));
    await clock.advance(60_000);
    expect(timeouts.slice(0, 6)).toEqual([300, 600, 1200, 2400, 4800, 9600]);
    expect([Math.max(...timeouts), errors]).toEqual([10_000, []]);
  });

  test('ends with the first good answer, told once', async () => {
    let good = false;
    const { clock, times, ready } = setup(async () => good);
    await clock.advance(20);
    good = true;
    await clock.advance(10);
    const asked = times.length;
    await clock.advance(10_000);
    expect([ready(), times.length]).toEqual([1, asked]);
  });

  test('ends when it is stopped, also in the middle of a question', async () => {
    const { clock, times, loop, ready } = setup((clock) => clock.sleep(50).then(() => true));
    await clock.advance(10);
    loop.stop();
    await clock.advance(1000);
    expect([ready(), times.length]).toEqual([0, 1]);
  });
});
