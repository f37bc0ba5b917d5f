import fc from 'fast-check';
import { Fleet } from './fleet';

const HOST = 'r.default.example.com';

async function prepare(fleet: Fleet, containerConcurrency: number): Promise<void> {
  await fleet.world.revision('r', { containerConcurrency });
  await fleet.world.ingress('r', HOST, { r: 100 });
}

describe('gateways that divide pods with a hard limit', () => {
  test('use all pods through any of them, and wait for none that has room', async () => {
    const fleet = new Fleet(1, 4);
    await prepare(fleet, 1);
    const [a] = [await fleet.join(), await fleet.join(), await fleet.join()];
    fleet.lead(true);
    await fleet.clock.advance(100);
    for (let i = 0; i < 8; i++) await fleet.pod('r');
    await fleet.clock.advance(100);
    const answers = Array.from({ length: 16 }, () => fleet.fetch(a!, HOST));
    // Two rounds of 50 ms, with what messages take.
    await fleet.clock.advance(150);
    expect(fleet.served).toBe(16);
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(16).fill(200));
    expect(fleet.most).toBe(1);
    await fleet.stop();
  });

  test('divide them: each has some of many', async () => {
    const fleet = new Fleet(2, 4);
    await prepare(fleet, 1);
    const nodes = [await fleet.join(), await fleet.join(), await fleet.join()];
    fleet.lead(true);
    await fleet.clock.advance(100);
    const pods = Array.from({ length: 60 }, (_, i) => `uid-${i}`);
    const counts = nodes.map(({ ownership }) => pods.filter((pod) => ownership.admits(pod)).length);
    expect(counts.reduce((a, b) => a + b)).toBe(60);
    for (const count of counts) expect(count).toBeGreaterThan(5);
    await fleet.stop();
  });

  test('go on with what they have when nobody leads, with pods that come then, too', async () => {
    const fleet = new Fleet(3, 4);
    await prepare(fleet, 1);
    const [a, b] = [await fleet.join(), await fleet.join()];
    fleet.lead(true);
    await fleet.clock.advance(100);
    fleet.lead(false);
    for (let i = 0; i < 6; i++) await fleet.pod('r');
    await fleet.clock.advance(60_000);
    const answers = [a, b].flatMap((node) => Array.from({ length: 12 }, () => fleet.fetch(node!, HOST)));
    await fleet.clock.advance(1000);
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(24).fill(200));
    expect(fleet.most).toBe(1);
    await fleet.stop();
  });

  test('take over the pods of one that is not heard of when its lease has ended, and not before', async () => {
    const fleet = new Fleet(4, 4);
    await prepare(fleet, 1);
    const [a, b] = [await fleet.join(), await fleet.join()];
    fleet.lead(true);
    await fleet.clock.advance(100);
    fleet.cut(a!);
    await fleet.clock.advance(29_000);
    const pods = Array.from({ length: 20 }, (_, i) => `uid-${i}`);
    expect(pods.every((pod) => b!.ownership.admits(pod))).toBe(false);
    expect(pods.some((pod) => a!.ownership.admits(pod))).toBe(false);
    await fleet.clock.advance(2000);
    expect(pods.every((pod) => b!.ownership.admits(pod))).toBe(true);
    fleet.mend(a!);
    await fleet.clock.advance(100);
    expect(pods.filter((pod) => a!.ownership.admits(pod)).length).toBeGreaterThan(3);
    await fleet.stop();
  });

  test(
    'never put more requests into a pod than its limit and lose none but those of a gateway that dies, whoever comes and goes',
    () =>
      fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 3 }),
          fc.nat(),
          fc.constantFrom(1, 10, 60, 400),
          fc.array(
            fc.record({
              action: fc.constantFrom(
                'join',
                'leave',
                'crash',
                'restart',
                'cut',
                'mend',
                'leader',
                'nobody',
                'pod',
                'unpod',
                'none',
                'none',
              ),
              which: fc.nat(),
              requests: fc.nat({ max: 10 }),
              wait: fc.constantFrom(1, 20, 60, 400, 3000, 35_000),
            }),
            { minLength: 1, maxLength: 14 },
          ),
          async (limit, seed, delayMs, steps) => {
            const fleet = new Fleet(seed, delayMs);
            await prepare(fleet, limit);
            for (let i = 0; i < 2; i++) await fleet.join();
            fleet.lead(true);
            await fleet.clock.advance(1000);
            const pods = [await fleet.pod('r'), await fleet.pod('r')];
            const answers: { readonly doomed: () => boolean; readonly answer: Promise<Response> }[] = [];
            for (const { action, which, requests, wait } of steps) {
              const nodes = [...fleet.nodes.values()];
              const node = nodes[which % nodes.length]!;
              const ready = nodes.filter((one) => one.ready);
              if (action === 'join' && nodes.length < 5) await fleet.join();
              else if (action === 'leave' && ready.length > 1 && node.ready) fleet.leave(node);
              else if (action === 'crash' && ready.length > 1) await fleet.crash(node, false);
              else if (action === 'restart') await fleet.crash(node, true);
              else if (action === 'cut') fleet.cut(node);
              else if (action === 'mend') fleet.mend(node);
              else if (action === 'leader') fleet.lead(true);
              else if (action === 'nobody') fleet.lead(false);
              else if (action === 'pod' && pods.length < 6) pods.push(await fleet.pod('r'));
              else if (action === 'unpod' && pods.length > 1) await fleet.world.deletePod(pods.shift()!);
              const living = [...fleet.nodes.values()];
              for (let i = 0; i < requests; i++) {
                const through = living[(which + i) % living.length]!;
                const answer = fleet.fetch(through, HOST);
                answer.catch(() => {});
                answers.push({ answer, doomed: () => !through.alive });
              }
              await fleet.clock.advance(wait);
              expect(fleet.most).toBeLessThanOrEqual(limit);
            }
            for (const node of fleet.nodes.values()) fleet.mend(node);
            fleet.lead(true);
            await fleet.clock.advance(90_000);
            for (const { answer, doomed } of answers) {
              const outcome = await answer.then(
                ({ status }) => status,
                (error: Error) => error.message,
              );
              // What was inside of another gateway when that died has come to nothing with it: 502.
              if (!doomed() && outcome !== 502) expect(outcome).toBe(200);
              if (outcome === 502) expect(fleet.crashes).toBeGreaterThan(0);
            }
            expect(fleet.most).toBeLessThanOrEqual(limit);
            await fleet.stop();
            expect(fleet.errors).toEqual([]);
          },
        ),
        { numRuns: 25 },
      ),
    120_000,
  );
});
