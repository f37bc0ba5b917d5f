import { CountingExecutor, RealClock, VirtualClock } from '../../../../lib/base';
import { type JsonataLimits, JsonataWorker } from '../../../../lib/eventing';

const workers: JsonataWorker[] = [];
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.close())));

function worker(limits?: JsonataLimits): JsonataWorker {
  const made = new JsonataWorker(new RealClock(), limits);
  workers.push(made);
  return made;
}

test('an expression is evaluated over JSON', async () => {
  const one = worker();
  expect(await one.evaluate('{ "sum": $sum(items) }', '{"items":[1,2]}')).toBe('{"sum":3}');
  expect(await one.evaluate('missing', '{}')).toBeUndefined();
});

test('an expression knows the time of the clock, which may be a test’s', async () => {
  const made = new JsonataWorker(new VirtualClock(new CountingExecutor(() => {}), Date.UTC(2026, 0, 2)));
  workers.push(made);
  expect(await made.evaluate('[$millis(), $now(), $now("[Y]")]', '{}')).toBe('[1767312000000,"2026-01-02T00:00:00.000Z","2026"]');
});

/** No busy machine takes so long for what is small, and what never ends does not end within it. */
const SHORT = { timeMs: 1500 };

test.each<[string, string, JsonataLimits, string]>([
  [
    'recurs without end',
    '($f := function($x) { $f($x + 1) + 1 }; $f(0))',
    { depth: 300 },
    'the expression nests deeper than 300 and was stopped',
  ],
  [
    'runs without end',
    '($f := function($x) { $f($x + 1) }; $f(0))',
    SHORT,
    'the expression did not end within 1500 ms and was stopped',
  ],
  [
    'never finds that a pattern does not match',
    '$match(text, /^(a+)+$/)',
    SHORT,
    'the expression did not end within 1500 ms and was stopped',
  ],
  ['makes more than it may', '[1..5000000]', { items: 100_000 }, 'was stopped|too|exceed|allowed|limit'],
])('an expression that %s is stopped, and the next is evaluated', async (_what, expression, limits, message) => {
  const one = worker({ timeMs: 60_000, ...limits });
  const text = JSON.stringify({ text: `${'a'.repeat(40)}!` });
  await expect(one.evaluate(expression, text)).rejects.toThrow(new RegExp(message));
  expect(await one.evaluate('1 + 1', '{}')).toBe('2');
});

test('an expression that needs too much memory is stopped, and this process is not', async () => {
  const one = worker({ timeMs: 60_000, memoryMb: 16 });
  const grow = '($g := function($s, $n) { $n = 0 ? $length($s) : $g($s & $s & "x", $n - 1) }; $g($pad("a", 1000), 40))';
  await expect(one.evaluate(grow, '{}')).rejects.toThrow(/more than 16 MB of memory and was stopped|Invalid string length/);
  expect(await one.evaluate('1 + 1', '{}')).toBe('2');
});

test('an expression reaches nothing of the program that evaluates it', async () => {
  const one = worker();
  for (const expression of [
    '$.constructor',
    '$string($.constructor)',
    '$.__proto__',
    '$lookup($, "constructor")',
    'process',
    '$process',
  ]) {
    expect([undefined, '""', 'null']).toContain(await one.evaluate(expression, '{}'));
  }
});

test('what is wrong with an expression is said before any event comes', async () => {
  const one = worker();
  await expect(one.check('{ "a": ')).rejects.toThrow('Expected "}" before end of expression');
  await expect(one.check('$sum(items)')).resolves.toBeUndefined();
});

test('once closed, it evaluates nothing, and whoever waits is told', async () => {
  const one = worker({ timeMs: 60_000 });
  await one.check('1');
  const waiting = expect(one.evaluate('($f := function($x) { $f($x + 1) }; $f(0))', '{}')).rejects.toThrow('stopping');
  await new Promise((resolve) => setImmediate(resolve));
  await one.close();
  await waiting;
  await expect(one.evaluate('1', '{}')).rejects.toThrow('stopping');
});
