import { LogTail } from '../../../../lib/cli/dev/log-tail';

test('the last lines of each pod are kept, and the pods that printed last', () => {
  const tail = new LogTail(2, 2);
  for (const line of ['1', '2', '3']) tail.add('ns', 'a', line);
  tail.add('ns', 'b', 'x');
  expect(tail.of('ns', 'a')).toEqual(['2', '3']);
  tail.add('ns', 'a', '4');
  tail.add('ns', 'c', 'y');
  expect(tail.of('ns', 'b')).toEqual([]);
  expect(tail.of('ns', 'a')).toEqual(['3', '4']);
});
