import { CountingExecutor, type Executor, RealExecutor } from '../../../lib/base';

describe.each([
  ['RealExecutor', (onError: (error: unknown) => void): Executor => new RealExecutor(onError)],
  ['CountingExecutor', (onError: (error: unknown) => void): Executor => new CountingExecutor(onError)],
])('%s', (_name, make) => {
  test('names work under way, returns its result, and is idle when it is done', async () => {
    const executor = make(() => {});
    let finish: (value: number) => void = () => {};
    const result = executor.track('sum', () => new Promise<number>((resolve) => (finish = resolve)));
    expect(executor.pending()).toEqual(['sum']);
    let idle = false;
    const quiet = executor.idle().then(() => {
      idle = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(idle).toBe(false);
    finish(3);
    expect(await result).toBe(3);
    await quiet;
    expect(executor.pending()).toEqual([]);
  });

  test('tells of background work that throws, and goes on', async () => {
    const errors: unknown[] = [];
    const executor = make((error) => errors.push(error));
    executor.run('bad', () => {
      throw new Error('no');
    });
    await executor.idle();
    executor.run('good', () => {});
    await executor.idle();
    expect(errors).toEqual([new Error('no')]);
  });
});

test('work that waits for other work does not count while it waits, also after the executor was idle before', async () => {
  const executor = new CountingExecutor(() => {});
  await executor.track('first', async () => {});
  let finish: () => void = () => {};
  const other = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const waiting = executor.track('waiting', () => executor.suspended(other));
  await executor.idle();
  expect(executor.pending()).toEqual([]);
  finish();
  await waiting;
});

test('steps of background work take turns with what comes in meanwhile', async () => {
  const executor = new RealExecutor(() => {});
  const order: string[] = [];
  const steps = async (name: string) => {
    for (let i = 1; i <= 2; i++) {
      await executor.turn();
      order.push(`${name}${i}`);
    }
  };
  setImmediate(() => setImmediate(() => order.push('request')));
  await Promise.all([steps('a'), steps('b')]);
  expect(order).toEqual(['a1', 'request', 'b1', 'a2', 'b2']);
});
