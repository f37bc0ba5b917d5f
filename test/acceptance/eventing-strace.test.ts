import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeBuilt, Knc } from './support/knc';
import { publish } from './support/publish';
import { until } from './support/real-system';
import { findStrace, type SystemCall, systemCalls } from './support/strace';

const strace = findStrace();
if ('reason' in strace) process.stderr.write(`the order of system calls is not tested: ${strace.reason}\n`);
const describeTraced = 'path' in strace ? describeBuilt : describe.skip;

const PRODUCERS = 8;
const EVENTS = 10;
const WRITES = ['write', 'writev', 'pwrite64', 'pwritev', 'sendto', 'sendmsg'];
const SYNCS = ['fdatasync', 'fsync', 'msync'];
const APP = `
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: { name: orders }
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: waits, annotations: { eventing.knative-constructs.dev/paused: "true" } }
spec: { broker: orders, subscriber: { uri: "http://127.0.0.1:9/" } }
`;

/** A connection of its own, so that its answers are known by its port. */
class Producer {
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  port = 0;

  constructor(
    private readonly gateway: string,
    private readonly name: string,
  ) {}

  /** Sends one event after the other; returns their ids in order. */
  async run(): Promise<string[]> {
    const ids = Array.from({ length: EVENTS }, (_, i) => `${this.name}-${i}-`);
    this.#agent.on('free', ({ localPort }) => {
      this.port = localPort;
    });
    for (const id of ids) {
      const answer = await publish(this.gateway, { path: '/default/orders', id, agent: this.#agent });
      expect(answer).toEqual({ status: 202, text: '' });
    }
    this.#agent.destroy();
    return ids;
  }
}

describeTraced('knc dev under strace', () => {
  let folder: string;
  let knc: Knc;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'eventing-strace-')));
    writeFileSync(path.join(folder, 'app.yaml'), APP);
  });
  afterEach(async () => {
    await knc.end();
    rmSync(folder, { recursive: true, force: true });
  });

  test('answers 202 for an event only after a sync that covers it', async () => {
    const log = path.join(folder, 'strace.log');
    const traced = ['-f', '-yy', '-s', '4000', '-e', `trace=${[...WRITES, ...SYNCS].join(',')}`, '-o', log];
    knc = Knc.under([(strace as { path: string }).path, ...traced], folder, 'dev', 'app.yaml', '--json', '--port', '0');
    const { gateway } = await knc.event<{ readonly gateway: string }>('ready');
    const producers = Array.from({ length: PRODUCERS }, (_, i) => new Producer(gateway, `traced-${i}`));
    const sent = await Promise.all(producers.map((producer) => producer.run()));
    // strace writes a call down after it has returned.
    const answered = () => readFileSync(log, 'utf8').split('HTTP/1.1 202').length > PRODUCERS * EVENTS;
    await until('an answer to every event in the log', answered);
    const calls = systemCalls(log);
    const writes = calls.filter(({ name }) => WRITES.includes(name));
    const syncs = calls.filter(({ name, result }) => SYNCS.includes(name) && result === '0');
    for (const [i, ids] of sent.entries()) {
      const answers = writes.filter(
        ({ target, args }) =>
          target.startsWith('TCP') && target.endsWith(`:${producers[i]!.port}]`) && args.includes('HTTP/1.1 202'),
      );
      expect(answers).toHaveLength(EVENTS);
      for (const [n, id] of ids.entries()) {
        const kept = writes.find(({ target, args }) => target.startsWith(path.join(folder, '.knc')) && args.includes(id));
        expect([id, kept]).toEqual([id, expect.anything()]);
        const covering = (sync: SystemCall) => sync.target === kept!.target && sync.from > kept!.to && sync.to < answers[n]!.from;
        expect([id, syncs.some(covering)]).toEqual([id, true]);
      }
    }
    process.stdout.write(`${PRODUCERS * EVENTS} events were acknowledged after ${syncs.length} syncs\n`);
  }, 120_000);
});
