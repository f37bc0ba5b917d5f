import { CountingExecutor, noLog, VirtualClock } from '../../../../lib/base';
import { ClusterError } from '../../../../lib/kube';
import { KeyQueue } from '../../../../lib/local/kubernetes/key-queue';

describe('KeyQueue', () => {
  const open = (reconcile: (key: string) => Promise<number | undefined>) => {
    const warnings: string[] = [];
    const executor = new CountingExecutor((error) => {
      throw error;
    });
    const clock = new VirtualClock(executor);
    const log = {
      ...noLog,
      warn: (_message: string, fields?: object) => void warnings.push((fields as { error: string }).error),
    };
    const queue = new KeyQueue({ name: 'test', clock, executor, log, reconcile });
    return { clock, queue, warnings };
  };

  test('works on nothing before it is started, then on each key once', async () => {
    const done: string[] = [];
    const { clock, queue } = open(async (key) => void done.push(key) as undefined);
    for (const key of ['a', 'b', 'a']) queue.add(key);
    await clock.settle();
    expect(done).toEqual([]);
    queue.start();
    await clock.settle();
    expect(done).toEqual(['a', 'b']);
  });

  test('visits a key again that was added while it was worked on, and never twice at a time', async () => {
    const done: string[] = [];
    let working = 0;
    const { clock, queue } = open(async (key) => {
      expect(++working).toBe(1);
      if (done.length < 2) queue.add(key);
      await Promise.resolve();
      done.push(key);
      working--;
      return undefined;
    });
    queue.start();
    queue.add('a');
    await clock.settle();
    expect(done).toEqual(['a', 'a', 'a']);
  });

  test('calls again when asked to, and only the last time that was asked for', async () => {
    const times: number[] = [];
    const again = [100, 1000, undefined];
    const { clock, queue } = open(async () => {
      times.push(clock.monotonic());
      return again.shift();
    });
    queue.start();
    queue.add('a');
    await clock.advance(50);
    queue.add('a');
    await clock.advance(10_000);
    expect(times).toEqual([0, 50, 1050]);
  });

  test('tries again after a failure, with growing delay, and says so unless it was a conflict', async () => {
    const errors = [new Error('one'), new ClusterError('Conflict', 'two'), new Error('three')];
    const times: number[] = [];
    const { clock, queue, warnings } = open(async () => {
      times.push(clock.monotonic());
      const error = errors.shift();
      if (error) throw error;
      return undefined;
    });
    queue.start();
    queue.add('a');
    await clock.advance(10_000);
    expect(times).toEqual([0, 5, 15, 35]);
    expect(warnings).toEqual(['one', 'three']);
  });

  test('does nothing more once it is stopped', async () => {
    let count = 0;
    const { clock, queue } = open(async () => {
      count++;
      return 10;
    });
    queue.start();
    queue.add('a');
    await clock.settle();
    queue.stop();
    queue.add('a');
    await clock.advance(1000);
    expect(count).toBe(1);
  });
});
