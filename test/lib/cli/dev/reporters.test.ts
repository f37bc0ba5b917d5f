import type { DevReporter } from '../../../../lib/cli/dev/dev-events';
import { HumanReporter } from '../../../../lib/cli/dev/human-reporter';
import { JsonReporter } from '../../../../lib/cli/dev/json-reporter';
import type { WhyNode } from '../../../../lib/cli/why/why-node';
import { FakeIo } from '../fake-io';

/** Moves up some lines and clears what is below. */
const ERASED = '\\x1b\\[\\d+A\\x1b\\[0J';

const pod = (message: string): WhyNode => ({
  kind: 'Pod',
  namespace: 'default',
  name: 'hello-00001-x',
  state: 'waiting',
  reason: 'Starting',
  message,
  children: [],
  logs: ['listening soon'],
});
const hello = (message = 'one\ntwo'): WhyNode => ({
  ...pod(''),
  kind: 'Service',
  name: 'hello',
  children: [pod(message)],
  logs: [],
});

/** A whole run, told to a reporter. */
function tell(reporter: DevReporter): void {
  reporter.progress('changed: main.ts');
  reporter.output('from the app\n');
  reporter.notice('left out: Job j');
  reporter.applied([
    { kind: 'Service', namespace: 'default', name: 'hello', change: 'configured' },
    { kind: 'Secret', namespace: 'default', name: 's', change: 'unchanged' },
    { kind: 'Route', namespace: 'default', name: 'r', change: 'pruned' },
  ]);
  reporter.waiting([hello()], 100);
  reporter.waiting([hello()], 200);
  reporter.waiting([hello('three')], 300);
  reporter.problem({
    code: 'KNC3102',
    title: 'A container ended by itself',
    entries: [{ where: 'Service default/hello', messages: [{ text: 'exit code 1' }] }],
    remedy: 'Read it.',
    unavailable: false,
  });
  reporter.waiting([], 400);
  const host = 'hello.default.127.0.0.1.sslip.io';
  const url = 'http://hello.default.localhost:8080';
  const base = { namespace: 'default', url, host, internal: false };
  reporter.ready(
    { gateway: 'http://127.0.0.1:8080', kubeconfig: '/state/kubeconfig' },
    [
      { ...base, kind: 'Service', name: 'hello', tags: {} },
      { ...base, kind: 'Route', name: 'both', tags: { next: `next-${host}` } },
      { ...base, kind: 'DomainMapping', name: 'shop.example.com', host: 'shop.example.com', tags: {} },
    ],
    1234.5,
  );
  reporter.scale({ namespace: 'default', revision: 'hello-00001', from: 0, to: 1, reason: 'request' });
  reporter.log('hello', { namespace: 'default', pod: 'hello-00001-x', container: 'user-container', line: 'GET /' });
  reporter.typeErrors('main.ts(1,1): error TS2322\n');
  reporter.stopping(['default/hello-00001-x']);
  reporter.stopped();
}

test('for programs: one JSON object a line on stdout, nothing on stderr', () => {
  const io = new FakeIo();
  tell(new JsonReporter(io.stdout));
  expect(io.stderrText).toBe('');
  expect(io.stdoutText).toMatchInlineSnapshot(`
"{"event":"progress","text":"changed: main.ts"}
{"event":"output","text":"from the app\\n"}
{"event":"notice","text":"left out: Job j"}
{"event":"applied","objects":[{"kind":"Service","namespace":"default","name":"hello","change":"configured"},{"kind":"Secret","namespace":"default","name":"s","change":"unchanged"},{"kind":"Route","namespace":"default","name":"r","change":"pruned"}]}
{"event":"waiting","services":[{"name":"hello","namespace":"default","why":"Pod hello-00001-x: Starting: one"}]}
{"event":"waiting","services":[{"name":"hello","namespace":"default","why":"Pod hello-00001-x: Starting: three"}]}
{"event":"error","code":"KNC3102","message":"A container ended by itself","remedy":"Read it.","details":[{"where":"Service default/hello","messages":[{"text":"exit code 1"}]}]}
{"event":"ready","gateway":"http://127.0.0.1:8080","kubeconfig":"/state/kubeconfig","services":[{"name":"hello","namespace":"default","url":"http://hello.default.localhost:8080","host":"hello.default.127.0.0.1.sslip.io"}],"routes":[{"name":"both","namespace":"default","url":"http://hello.default.localhost:8080","host":"hello.default.127.0.0.1.sslip.io","tags":{"next":"next-hello.default.127.0.0.1.sslip.io"}}],"domains":[{"name":"shop.example.com","namespace":"default","url":"http://hello.default.localhost:8080","host":"shop.example.com"}],"elapsedMs":1235}
{"event":"scale","namespace":"default","revision":"hello-00001","from":0,"to":1,"reason":"request"}
{"event":"log","namespace":"default","service":"hello","pod":"hello-00001-x","container":"user-container","line":"GET /"}
{"event":"types","text":"main.ts(1,1): error TS2322\\n"}
{"event":"stopping","pods":["default/hello-00001-x"]}
{"event":"stopped"}
"
`);
});

test('where nothing runs, people are told what to type next', () => {
  const io = new FakeIo();
  new HumanReporter(io).ready({ gateway: 'http://127.0.0.1:8080', kubeconfig: '/state/kubeconfig' }, [], 100);
  expect(io.stderrText).toContain(`export KUBECONFIG=/state/kubeconfig

  nothing runs yet; in another terminal, with that KUBECONFIG:
  kn service create hello --image ghcr.io/knative/helloworld-go
`);
});

test('without a terminal what has failed is left to the block that explains it', () => {
  const io = new FakeIo();
  new HumanReporter(io).waiting([{ ...hello(), state: 'failed' }], 100);
  expect(io.stderrText).toBe('');
});

test('for people without a terminal: lines on stderr, each said once, nothing on stdout', () => {
  const io = new FakeIo();
  tell(new HumanReporter(io));
  expect(io.stdoutText).toBe('');
  expect(io.stderrText).toMatchInlineSnapshot(`
"changed: main.ts
from the app
note left out: Job j
applied: 1 configured, 1 unchanged, 1 pruned
  Service default/hello configured
  Route default/r pruned
waiting for Service default/hello: Pod hello-00001-x: Starting: one
waiting for Service default/hello: Pod hello-00001-x: Starting: three

error KNC3102 A container ended by itself
  Service default/hello
    exit code 1
  fix: Read it.
  see docs/errors.md#knc3102

ready in 1.2 s

  default/hello  http://hello.default.localhost:8080
  curl -H 'Host: hello.default.127.0.0.1.sslip.io' http://127.0.0.1:8080

  Route default/both  http://hello.default.localhost:8080
  curl -H 'Host: hello.default.127.0.0.1.sslip.io' http://127.0.0.1:8080
  next: curl -H 'Host: next-hello.default.127.0.0.1.sslip.io' http://127.0.0.1:8080

  DomainMapping default/shop.example.com  http://hello.default.localhost:8080
  curl -H 'Host: shop.example.com' http://127.0.0.1:8080

  kubectl  export KUBECONFIG=/state/kubeconfig

hello-00001  0 → 1  (request)
hello | GET /

type errors (the app runs all the same)
  main.ts(1,1): error TS2322
stopping, waiting for pod default/hello-00001-x (Ctrl-C again: at once)
stopped
"
`);
});

test('for people at a terminal: a tree of causes that is redrawn in place, and gone when everything is ready', () => {
  const io = new FakeIo({ tty: true, columns: 100, env: { NO_COLOR: '1' } });
  const reporter = new HumanReporter(io);
  reporter.waiting([hello()], 1500);
  expect(io.stderrText).toMatchInlineSnapshot(`
"
waiting for 1 of what was applied  1.5 s
Service default/hello
  └ Pod hello-00001-x  Starting: one
      two
      | listening soon
"
`);
  io.err.length = 0;
  reporter.notice('meanwhile');
  expect(io.stderrText).toMatch(new RegExp(`^${ERASED}note meanwhile\n`));
  io.err.length = 0;
  reporter.waiting([], 2000);
  expect(io.stderrText).toMatch(new RegExp(`^${ERASED}$`));
});

test('in CI a terminal is not redrawn', () => {
  const io = new FakeIo({ tty: true, env: { CI: 'true', NO_COLOR: '1' } });
  new HumanReporter(io).waiting([hello()], 1500);
  expect(io.stderrText).toBe('waiting for Service default/hello: Pod hello-00001-x: Starting: one\n');
});

test('each service has a colour of its own in the logs', () => {
  const io = new FakeIo({ env: { FORCE_COLOR: '1' } });
  const reporter = new HumanReporter(io);
  const line = { namespace: 'default', pod: 'p', container: 'c', line: 'x' };
  for (const name of ['a', 'b', 'a']) reporter.log(name, line);
  const [a, b, again] = io.err;
  expect(a).toBe(again);
  expect(a!.replace('a |', 'b |')).not.toBe(b);
});

test('what pods print cannot steer the terminal, nor pose as lines of ours', () => {
  const line = 'GET /\x1b[2J\x1b]0;title\x07\rready in 0.1 s';
  const log = { namespace: 'default', pod: 'p', container: 'c', line };
  const human = new FakeIo();
  const reporter = new HumanReporter(human);
  reporter.log('hello', log);
  reporter.notice(line);
  reporter.output(line);
  reporter.waiting([hello(line)], 0);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(human.stderrText).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  const live = new FakeIo({ tty: true, env: { NO_COLOR: '1' }, columns: 300 });
  new HumanReporter(live).waiting([hello(line)], 0);
  expect(live.stderrText).toContain('\\x1b[2J');
  expect(live.stderrText).not.toContain('\x1b[2J');
  const json = new FakeIo();
  new JsonReporter(json.stdout).log('hello', { ...log, line: `${line}\x9b2J` });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(json.stdoutText).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  expect(JSON.parse(json.stdoutText)).toMatchObject({ line: `${line}\x9b2J` });
});

test('colours of pods are kept where ours are shown', () => {
  const log = { namespace: 'default', pod: 'p', container: 'c', line: '\x1b[31mred' };
  const io = new FakeIo({ env: { FORCE_COLOR: '1' } });
  new HumanReporter(io).log('hello', log);
  expect(io.stderrText).toContain('\x1b[31mred\x1b[0m');
});
