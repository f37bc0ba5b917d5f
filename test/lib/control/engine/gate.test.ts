import { Gate } from '../../../../lib/control/engine/gate';

test('a gate lets so many through at once, the others in their order, also after one that failed', async () => {
  const gate = new Gate(2);
  const log: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const enter = (name: string) =>
    gate.run(() => {
      log.push(name);
      return new Promise<void>((resolve, reject) => ends.set(name, (error) => (error ? reject(error) : resolve())));
    });
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(enter);
  expect(log).toEqual(['a', 'b']);
  ends.get('b')!(new Error('no'));
  await expect(b).rejects.toThrow('no');
  expect(log).toEqual(['a', 'b', 'c']);
  ends.get('a')!();
  await a;
  expect(log).toEqual(['a', 'b', 'c', 'd']);
  for (const name of ['c', 'd']) ends.get(name)!();
  await Promise.all([c, d]);
});
