import { LogBuffer, type LogLine } from '../../../../lib/local/pods';

async function texts(lines: AsyncIterable<LogLine>): Promise<string[]> {
  const out: string[] = [];
  for await (const line of lines) out.push(line.text);
  return out;
}

function buffer() {
  const seen: string[] = [];
  const log = new LogBuffer(
    () => 1000,
    (line) => seen.push(`${line.stream} ${line.text}`),
  );
  return { log, seen };
}

test('lines are put together from chunks, stream by stream, and characters across chunks', () => {
  const { log, seen } = buffer();
  const bytes = Buffer.from('grün\n');
  log.write('stdout', bytes.subarray(0, 3));
  log.write('stderr', 'error\r\nmore');
  log.write('stdout', bytes.subarray(3));
  expect(seen).toEqual(['stderr error', 'stdout grün']);
  log.flush();
  expect(seen).toEqual(['stderr error', 'stdout grün', 'stderr more']);
});

test('a line without an end is cut after 16 KiB', async () => {
  const { log } = buffer();
  log.write('stdout', 'x'.repeat(40 * 1024) + '\n');
  log.write('stdout', 'y'.repeat(20 * 1024));
  log.flush();
  expect((await texts(log.read())).map((text) => text.length)).toEqual([40 * 1024, 16 * 1024, 4 * 1024]);
});

test('only the last lines are kept, and a reader can ask for fewer', async () => {
  const { log } = buffer();
  for (let i = 0; i < 2500; i++) log.write('stdout', `${i}\n`);
  const kept = await texts(log.read());
  expect([kept.length, kept[0], kept.at(-1)]).toEqual([2000, '500', '2499']);
  expect(await texts(log.read({ tail: 2 }))).toEqual(['2498', '2499']);
});

test('few long lines are bounded by their size', async () => {
  const { log } = buffer();
  for (let i = 0; i < 200; i++) log.write('stdout', 'z'.repeat(10_000) + '\n');
  expect((await texts(log.read())).length).toBeLessThan(110);
});

test('who follows gets what comes, until the buffer is closed', async () => {
  const { log } = buffer();
  log.write('stdout', 'one\n');
  const all = texts(log.read({ follow: true }));
  log.write('stdout', 'two\nthr');
  await Promise.resolve();
  log.close();
  expect(await all).toEqual(['one', 'two', 'thr']);
});

test('the tail is bounded by lines and characters', () => {
  const { log } = buffer();
  log.write('stdout', 'a\nb\nc\n');
  expect(log.tail(2, 100)).toBe('b\nc\n');
  expect(log.tail(80, 3)).toBe('\nc\n');
});

test('the tail can begin where a run began', () => {
  const log = new LogBuffer(() => 0);
  log.write('stdout', 'old\n'.repeat(2500));
  const since = log.count;
  expect(since).toBe(2500);
  expect(log.tail(80, 2048, since)).toBe('');
  log.write('stderr', 'new\n');
  expect(log.tail(80, 2048, since)).toBe('new\n');
});

test('a reader can ask for the present run or the one before it, and is called off by a signal', async () => {
  const { log } = buffer();
  log.write('stdout', 'one\n');
  log.beginRun(log.count);
  log.write('stdout', 'two\ntwo and a half\n');
  log.beginRun(log.count);
  log.write('stdout', 'three\n');
  expect(await texts(log.read({ run: 'previous' }))).toEqual(['two', 'two and a half']);
  expect(await texts(log.read({ run: 'previous', tail: 1, follow: true }))).toEqual(['two and a half']);
  expect(await texts(log.read({ run: 'current' }))).toEqual(['three']);
  const calling = new AbortController();
  const followed = texts(log.read({ run: 'current', follow: true, signal: calling.signal }));
  log.write('stdout', 'four\n');
  queueMicrotask(() => queueMicrotask(() => calling.abort()));
  expect((await followed).at(0)).toBe('three');
});
