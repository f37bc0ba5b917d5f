import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import { WorkQueue } from '../../../../lib/control/engine/work-queue';

function make(handle: (item: string) => Promise<void>, concurrency = 2) {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor);
  return { clock, queue: new WorkQueue<string>({ name: 'test', clock, executor, concurrency, handle }) };
}

describe('WorkQueue', () => {
  it('handles an item once however often it is added before', async () => {
    const seen: string[] = [];
    const { queue, clock } = make(async (item) => void seen.push(item));
    queue.add('a');
    queue.add('a');
    queue.add('b');
    await clock.settle();
    expect(seen).toEqual(['a', 'b']);
  });

  it('handles an item again that was added while it was handled, and never twice at a time', async () => {
    let running = 0;
    let most = 0;
    let handled = 0;
    const { queue, clock } = make(async (item) => {
      most = Math.max(most, ++running);
      if (++handled < 3) queue.add(item);
      await Promise.resolve();
      running--;
    }, 8);
    queue.add('a');
    await clock.settle();
    expect([handled, most]).toEqual([3, 1]);
  });

  it('handles no more items at once than it may', async () => {
    let running = 0;
    let most = 0;
    const { queue, clock } = make(async () => {
      most = Math.max(most, ++running);
      await clock.sleep(10);
      running--;
    }, 3);
    for (let i = 0; i < 10; i++) queue.add(String(i));
    await clock.advance(100);
    expect([most, running, queue.depth]).toEqual([3, 0, 0]);
  });

  it('waits twice as long after every failure, at most 1000 seconds, and starts over when forgiven', async () => {
    const times: number[] = [];
    const { queue, clock } = make(async () => void times.push(clock.monotonic()));
    for (let i = 0; i < 20; i++) {
      const before = clock.monotonic();
      queue.addRateLimited('a');
      await clock.advance(1_000_000);
      times[times.length - 1]! -= before;
    }
    expect(times.slice(0, 5)).toEqual([5, 10, 20, 40, 80]);
    expect(times.slice(-2)).toEqual([1_000_000, 1_000_000]);
    queue.forgive('a');
    const before = clock.monotonic();
    queue.addRateLimited('a');
    await clock.advance(10);
    expect(times.at(-1)! - before).toBe(5);
  });

  it('replaces a delay by a later one, and forgets it when told', async () => {
    let handled = 0;
    const { queue, clock } = make(async () => void handled++);
    queue.addAfter('a', 10);
    queue.addAfter('a', 100);
    await clock.advance(50);
    expect(handled).toBe(0);
    await clock.advance(50);
    expect(handled).toBe(1);
    queue.addAfter('a', 10);
    queue.cancelDelayed('a');
    await clock.advance(1000);
    expect(handled).toBe(1);
  });

  it('takes nothing more once stopped, and resolves when what was begun is done', async () => {
    let done = false;
    const { queue, clock } = make(async () => {
      await clock.sleep(10);
      done = true;
    });
    queue.add('a');
    await clock.settle();
    const stopped = queue.stop().then(() => done);
    queue.add('b');
    await clock.advance(10);
    expect(await stopped).toBe(true);
    expect(queue.depth).toBe(0);
  });

  it('slows down an item that is added again whenever it was handled, and no other', async () => {
    const handled = { hot: 0, calm: 0 };
    const { queue, clock } = make(async (item) => {
      handled[item as keyof typeof handled]++;
      if (item === 'hot') queue.add(item);
    });
    queue.add('hot');
    await clock.settle();
    const first = handled.hot;
    expect(first).toBeLessThan(1000);
    queue.add('calm');
    await clock.advance(3000);
    expect(handled.calm).toBe(1);
    expect(handled.hot).toBeGreaterThan(first);
    expect(handled.hot).toBeLessThanOrEqual(first * 4);
  });
});
