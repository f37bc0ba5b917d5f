import fc from 'fast-check';
import { CountingExecutor, seededRandom, VirtualClock } from '../../../lib/base';
import { Breaker, type BreakerOptions, type Slot } from '../../../lib/gateway/breaker';

interface NamedSlot extends Slot {
  readonly name: string;
}

const slot = (name: string): NamedSlot => ({ name, inFlight: 0 });

function setup(options: Partial<BreakerOptions> = {}) {
  const executor = new CountingExecutor(() => {});
  const clock = new VirtualClock(executor);
  const breaker = new Breaker<NamedSlot>({ clock, random: seededRandom(3), concurrency: 1, ...options });
  const claim = (more: object = {}) =>
    breaker.acquire({ bytes: 1, timeoutMs: 1000, signal: new AbortController().signal, ...more });
  return { breaker, clock, claim };
}

describe('the breaker', () => {
  test('never has more requests in a slot than its concurrency, never fewer than it could, and keeps the order of arrival', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(
          fc.oneof(
            { weight: 5, arbitrary: fc.constant({ kind: 'arrive' as const }) },
            { weight: 4, arbitrary: fc.record({ kind: fc.constant('leave' as const), which: fc.nat() }) },
            { weight: 1, arbitrary: fc.record({ kind: fc.constant('pods' as const), count: fc.nat({ max: 4 }) }) },
            { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const), which: fc.nat() }) },
          ),
          { maxLength: 120 },
        ),
        async (concurrency, steps) => {
          const { breaker, claim } = setup({ concurrency });
          const slots = ['a', 'b', 'c', 'd'].map(slot);
          let usable: NamedSlot[] = [];
          const inside: NamedSlot[] = [];
          const served: number[] = [];
          const waiting = new Map<number, AbortController>();
          let arrivals = 0;
          for (const step of steps) {
            if (step.kind === 'arrive') {
              const id = arrivals++;
              const controller = new AbortController();
              waiting.set(id, controller);
              claim({ signal: controller.signal }).then(
                (got) => {
                  waiting.delete(id);
                  served.push(id);
                  inside.push(got);
                },
                () => waiting.delete(id),
              );
            } else if (step.kind === 'leave' && inside.length > 0) {
              breaker.release(inside.splice(step.which % inside.length, 1)[0]!);
            } else if (step.kind === 'pods') {
              usable = slots.slice(0, step.count);
              breaker.setSlots(usable);
            } else if (step.kind === 'abort' && waiting.size > 0) {
              [...waiting.values()][step.which % waiting.size]!.abort();
            }
            await new Promise((resolve) => process.nextTick(resolve));
            for (const { inFlight } of slots) expect(inFlight).toBeLessThanOrEqual(concurrency);
            expect(slots.reduce((sum, { inFlight }) => sum + inFlight, 0)).toBe(inside.length);
            if (waiting.size > 0) for (const { inFlight } of usable) expect(inFlight).toBe(concurrency);
            expect(breaker.pending).toBe(waiting.size);
          }
          expect(served).toEqual([...served].sort((a, b) => a - b));
          for (const controller of waiting.values()) controller.abort();
          expect([breaker.pending, breaker.pendingBytes]).toEqual([0, 0]);
        },
      ),
      { numRuns: 60 },
    ));

  test('refuses what the queue has no room for, by number', async () => {
    const { claim } = setup({ maxPending: 2 });
    void claim().catch(() => {});
    void claim().catch(() => {});
    await expect(claim()).rejects.toMatchObject({ reason: 'queue-full', message: 'pending request queue full' });
  });

  test('refuses what the queue has no room for, by bytes held', async () => {
    const { claim, breaker } = setup({ maxPendingBytes: 1000 });
    void claim({ bytes: 600 }).catch(() => {});
    await expect(claim({ bytes: 500 })).rejects.toMatchObject({ reason: 'queue-full' });
    void claim({ bytes: 400 }).catch(() => {});
    expect(breaker.pendingBytes).toBe(1000);
  });

  test('holds 10,000 requests unless told otherwise', async () => {
    const { claim, breaker } = setup();
    for (let i = 0; i < 10_000; i++) void claim().catch(() => {});
    await expect(claim()).rejects.toMatchObject({ reason: 'queue-full' });
    expect(breaker.pending).toBe(10_000);
  });

  test('refuses what has waited too long, and forgets it', async () => {
    const { claim, breaker, clock } = setup();
    const waiting = claim({ timeoutMs: 500 });
    const refused = expect(waiting).rejects.toMatchObject({ reason: 'deadline', message: 'context deadline exceeded' });
    await clock.advance(499);
    expect(breaker.pending).toBe(1);
    await clock.advance(1);
    await refused;
    expect(breaker.pending).toBe(0);
  });

  test('lets a request that lost its slot go before those that never had one', async () => {
    const { claim, breaker } = setup();
    const order: string[] = [];
    const noted = (name: string) => (got: NamedSlot) => {
      order.push(name);
      return got;
    };
    const first = claim().then(noted('first'));
    const again = claim({ front: true }).then(noted('again'));
    breaker.setSlots([slot('a')]);
    breaker.release(await again);
    await first;
    expect(order).toEqual(['again', 'first']);
  });

  test('does not hand a free slot past those who wait', () => {
    const { claim, breaker } = setup();
    void claim();
    expect(breaker.tryAcquire()).toBeUndefined();
  });

  test('lets those who wait in when the limit is raised', async () => {
    const { claim, breaker } = setup();
    breaker.setSlots([slot('a')]);
    await claim();
    const second = claim();
    breaker.setConcurrency(2);
    expect((await second).inFlight).toBe(2);
  });
});

describe('the choice of a slot', () => {
  test('up to a concurrency of 3 is the first with room', () => {
    const { breaker } = setup({ concurrency: 2 });
    breaker.setSlots(['a', 'b'].map(slot));
    expect([1, 2, 3, 4, 5].map(() => breaker.tryAcquire()?.name)).toEqual(['a', 'a', 'b', 'b', undefined]);
  });

  test('above that goes round, leaving out slots without room', () => {
    const { breaker } = setup({ concurrency: 4 });
    const [a, b, c] = ['a', 'b', 'c'].map(slot) as [NamedSlot, NamedSlot, NamedSlot];
    b.inFlight = 4;
    breaker.setSlots([a, b, c]);
    expect([1, 2, 3, 4].map(() => breaker.tryAcquire()?.name)).toEqual(['a', 'c', 'a', 'c']);
  });

  test('without a limit is the less loaded of two, so that no slot is far above the rest', () => {
    const { breaker } = setup({ concurrency: 0 });
    const slots = Array.from({ length: 10 }, (_, i) => slot(String(i)));
    breaker.setSlots(slots);
    for (let i = 0; i < 1000; i++) breaker.tryAcquire();
    for (const { inFlight } of slots) expect(Math.abs(inFlight - 100)).toBeLessThan(10);
  });
});
