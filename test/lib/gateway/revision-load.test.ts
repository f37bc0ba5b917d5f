import fc from 'fast-check';
import { RevisionType } from '../../../lib/api';
import type { Stat } from '../../../lib/gateway';
import { World } from './world';

const HOST = 'r.default.example.com';

describe('a revision under load', () => {
  test('never has more requests in a pod than containerConcurrency, whatever pods come and go, and answers all', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.record({ requests: fc.nat({ max: 8 }), pods: fc.integer({ min: -1, max: 2 }), wait: fc.nat({ max: 120 }) }), {
          minLength: 1,
          maxLength: 12,
        }),
        async (containerConcurrency, steps) => {
          const world = new World();
          await world.revision('r', { containerConcurrency });
          await world.ingress('r', HOST, { r: 100 });
          await world.gateway.start();
          const pods: string[] = [];
          let most = 0;
          const addPod = async () => {
            let inside = 0;
            pods.push(
              await world.pod('r', async () => {
                most = Math.max(most, ++inside);
                await world.virtual.sleep(50);
                inside--;
                return new Response('ok');
              }),
            );
          };
          const answers: Promise<Response>[] = [];
          for (const { requests, pods: change, wait } of steps) {
            for (let i = 0; i < requests; i++) answers.push(world.fetch(HOST));
            for (let i = 0; i < change; i++) await addPod();
            if (change < 0 && pods.length > 0) await world.deletePod(pods.shift()!);
            await world.virtual.advance(wait);
          }
          await addPod();
          await world.virtual.advance(10_000);
          for (const answer of answers) expect((await answer).status).toBe(200);
          expect(most).toBeLessThanOrEqual(containerConcurrency);
          await world.gateway.stop();
          expect(world.errors).toEqual([]);
        },
      ),
      { numRuns: 25 },
    ));

  test('reports what waits and what is inside alike', async () => {
    const world = new World();
    const stats: Stat[] = [];
    world.gateway.onStats((batch) => stats.push(...batch));
    await world.revision('r', { containerConcurrency: 1 });
    await world.ingress('r', HOST, { r: 100 });
    await world.gateway.start();
    await world.pod('r', async () => {
      await world.virtual.sleep(5000);
      return new Response('ok');
    });
    for (let i = 0; i < 3; i++) void world.fetch(HOST).catch(() => {});
    await world.virtual.advance(2000);
    expect(stats.map(({ averageConcurrency, requestCount }) => [averageConcurrency, requestCount])).toEqual([
      [1, 1],
      [2, 2],
      [3, 0],
    ]);
    await world.gateway.stop();
  });

  test('sends what is over the queue away with 503 and says when to come again', async () => {
    const world = new World({ maxPending: 1 });
    await world.revision('r');
    await world.ingress('r', HOST, { r: 100 });
    await world.gateway.start();
    const waiting = world.fetch(HOST);
    await world.virtual.settle();
    const refused = await world.fetch(HOST);
    expect([refused.status, await refused.text(), refused.headers.get('retry-after')]).toEqual([
      503,
      'pending request queue full\n',
      '1',
    ]);
    await world.pod('r', () => new Response('ok'));
    expect((await waiting).status).toBe(200);
    await world.gateway.stop();
  });

  test('goes by a limit on the time to the first byte, and by one on silence', async () => {
    for (const [field, after] of [
      ['responseStartTimeoutSeconds', 5],
      ['idleTimeoutSeconds', 7],
    ] as const) {
      const world = new World();
      await world.revision('r', { [field]: after });
      await world.ingress('r', HOST, { r: 100 });
      await world.gateway.start();
      await world.pod('r', () => world.executor.suspended(new Promise<Response>(() => {})));
      const answer = world.fetch(HOST);
      let status = 0;
      answer.then((response) => {
        status = response.status;
      });
      await world.virtual.advance(after * 1000 - 1);
      expect(status).toBe(0);
      await world.virtual.advance(1);
      expect(status).toBe(504);
      await world.gateway.stop();
    }
  });

  test('ends an answer that falls silent, or that lasts longer than the whole request may', async () => {
    for (const spec of [{ idleTimeoutSeconds: 5 }, { timeoutSeconds: 5 }]) {
      const world = new World();
      await world.revision('r', spec);
      await world.ingress('r', HOST, { r: 100 });
      await world.gateway.start();
      await world.pod(
        'r',
        () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('begin')) })),
      );
      const response = await world.fetch(HOST);
      const text = response.text();
      await world.virtual.advance(5001);
      expect(await text).toBe('beginrequest timeout');
      await world.gateway.stop();
    }
  });

  test('cuts an answer off at such a limit that said how long it would be', async () => {
    const world = new World();
    await world.revision('r', { timeoutSeconds: 5 });
    await world.ingress('r', HOST, { r: 100 });
    await world.gateway.start();
    const begin = () => new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('begin')) });
    await world.pod('r', () => new Response(begin(), { headers: { 'content-length': '100' } }));
    const response = await world.fetch(HOST);
    const cut = expect(response.text()).rejects.toThrow();
    await world.virtual.advance(5001);
    await cut;
    await world.gateway.stop();
  });

  test('lets an answer last as long as something of it comes in time', async () => {
    const world = new World();
    await world.revision('r', { idleTimeoutSeconds: 2, timeoutSeconds: 100 });
    await world.ingress('r', HOST, { r: 100 });
    await world.gateway.start();
    await world.pod('r', () => {
      let count = 0;
      return new Response(
        new ReadableStream({
          async pull(controller) {
            if (++count > 10) return controller.close();
            await world.virtual.sleep(1500);
            controller.enqueue(new TextEncoder().encode(String(count)));
          },
        }),
      );
    });
    const text = world.fetch(HOST).then((response) => response.text());
    await world.virtual.advance(20_000);
    expect(await text).toBe('12345678910');
    await world.gateway.stop();
  });

  test('says in Server-Timing where the time went', async () => {
    const world = new World({ serverTiming: true });
    await world.revision('r');
    await world.ingress('r', HOST, { r: 100 });
    await world.gateway.start();
    const answer = world.fetch(HOST);
    await world.virtual.advance(120);
    await world.pod('r', async () => {
      await world.virtual.sleep(30);
      return new Response('ok');
    });
    await world.virtual.advance(30);
    expect((await answer).headers.get('server-timing')).toBe('queue;dur=120, start;dur=120, probe;dur=0, app;dur=30, cold');
    const warm = world.fetch(HOST);
    await world.virtual.advance(30);
    expect((await warm).headers.get('server-timing')).toBe('queue;dur=0, start;dur=0, probe;dur=0, app;dur=30');
    await world.gateway.stop();
  });

  test('waits for the Ready condition where only the kubelet can probe', async () => {
    const world = new World();
    await world.revision('r', { containers: [{ image: 'x', readinessProbe: { exec: { command: ['true'] } } }] });
    await world.ingress('r', HOST, { r: 100 });
    await world.gateway.start();
    let status = 0;
    const answer = world.fetch(HOST).then((response) => {
      status = response.status;
    });
    await world.pod('r', () => new Response('ok'), { ready: false });
    await world.virtual.advance(5000);
    expect(status).toBe(0);
    await world.pod('r', () => new Response('ok'), { ready: true });
    await answer;
    expect(status).toBe(200);
    await world.gateway.stop();
  });

  test('fails those who wait for a revision that was deleted only at their own time limit', async () => {
    const world = new World({ explain: true });
    await world.revision('r', { timeoutSeconds: 3 });
    await world.ingress('r', HOST, { r: 100 });
    await world.gateway.start();
    const answer = world.fetch(HOST);
    await world.virtual.settle();
    await world.cluster.delete(RevisionType, 'default', 'r');
    await world.virtual.advance(3001);
    expect([(await answer).status, await (await answer).text()]).toEqual([
      504,
      'activator request timeout: revision default/r had no place for the request in time; the revision does not exist\n',
    ]);
    await world.gateway.stop();
  });

  test('leaves no timer behind once its requests are answered', async () => {
    const world = new World();
    await world.revision('r');
    await world.ingress('r', HOST, { r: 100 });
    await world.gateway.start();
    await world.pod('r', () => new Response('ok'));
    let timers = 0;
    for (const method of ['after', 'every'] as const) {
      const original = world.virtual[method].bind(world.virtual);
      jest.spyOn(world.virtual, method).mockImplementation((ms, fn) => {
        timers++;
        let live = true;
        const timer = original(ms, () => {
          if (method === 'after' && live) {
            live = false;
            timers--;
          }
          fn();
        });
        return {
          cancel: () => {
            if (live) timers--;
            live = false;
            timer.cancel();
          },
        };
      });
    }
    await (await world.fetch(HOST)).text();
    await world.virtual.advance(2000);
    expect(timers).toBe(0);
    await world.gateway.stop();
  });
});
