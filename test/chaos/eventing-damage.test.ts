import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EventSink } from '../acceptance/support/event-sink';
import { describeBuilt, Knc } from '../acceptance/support/knc';
import { publish } from '../acceptance/support/publish';
import { until } from '../acceptance/support/real-system';

const EVENTS = 20;
const all = Array.from({ length: EVENTS }, (_, i) => `e-${i}`);

/** The one before the last. */
const HIT = all.at(-2)!;
const MARK = `mark of ${HIT}.`;
const marked = (id: string): string => JSON.stringify({ mark: `mark of ${id}.` });

const app = (sink: EventSink): string => `
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: { name: orders }
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: all }
spec:
  broker: orders
  subscriber: { uri: "${sink.url('/all')}" }
  delivery: { retry: 1, backoffPolicy: exponential, backoffDelay: PT600S }
`;

describeBuilt('the state of knc dev with events', () => {
  let folder: string;
  let sink: EventSink;
  let running: Knc[];
  /** Nothing is delivered for the time being. */
  let closed: boolean;

  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'eventing-damage-')));
    sink = await EventSink.start();
    running = [];
    closed = true;
    sink.on('/all', (_, response) => response.writeHead(closed ? 503 : 202).end());
    writeFileSync(path.join(folder, 'app.yaml'), app(sink));
  });
  afterEach(async () => {
    for (const knc of running) await knc.end();
    await sink.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(state = '.knc'): Promise<{ readonly knc: Knc; readonly gateway: string }> {
    const knc = new Knc(folder, 'dev', 'app.yaml', '--json', '--port', '0', '--state', state, '--allow-sink', sink.address);
    running.push(knc);
    const { gateway } = await knc.event<{ readonly gateway: string }>('ready');
    return { knc, gateway };
  }
  const send = (gateway: string, id: string, body = '{}') => publish(gateway, { path: '/default/orders', id, body });
  const notices = (knc: Knc) => knc.events.filter(({ event }) => event === 'notice').map(({ text }) => `${text}`);
  const store = (...names: string[]) => path.join(folder, '.knc/store', ...names);
  const journals = () =>
    readdirSync(store())
      .filter((name) => /^journal\.\d+$/.test(name))
      .map((name) => store(name));
  const arrived = (ids: readonly string[]) =>
    until(`${ids.length} events; there are ${sink.ids('/all')}`, () => ids.every((id) => sink.ids('/all').includes(id)), 30_000);

  /** Events that are taken and wait, in a platform that is killed before anything is moved to the database. */
  async function killedWithEvents(): Promise<void> {
    const { knc, gateway } = await start();
    for (const id of all)
      expect(await send(gateway, id, JSON.stringify({ mark: `mark of ${id}.` }))).toMatchObject({ status: 202 });
    await arrived(all);
    knc.signal('SIGKILL');
    await knc.exit();
    sink.forget('/all');
    closed = false;
  }

  /** The newest file of the journal in which a text stands, and where. */
  function placeOf(text: string, files: readonly string[]): { readonly file: string; readonly at: number } {
    const found = files.map((file) => ({ file, at: readFileSync(file).lastIndexOf(text) })).filter(({ at }) => at >= 0);
    expect([text, found.length]).not.toEqual([text, 0]);
    return found.at(-1)!;
  }

  function overwrite({ file, at }: { readonly file: string; readonly at: number }, bytes: Buffer): void {
    const fd = openSync(file, 'r+');
    writeSync(fd, bytes, 0, bytes.length, at);
    closeSync(fd);
  }

  test('a write that was under way at the end is cut off, and told; no event that was acknowledged is lost', async () => {
    await killedWithEvents();
    const file = journals().at(-1)!;
    overwrite({ file, at: statSync(file).size }, Buffer.from('KNCJ and then the power was gone'));
    const { knc } = await start();
    await arrived(all);
    expect(notices(knc).filter((text) => text.includes('ended in the middle of a write'))).toHaveLength(1);
  });

  test('damage in the journal costs what it hits, and is told; a copy is kept', async () => {
    await killedWithEvents();
    const place = placeOf(MARK, journals());
    overwrite(place, Buffer.from('MARK'));
    const { knc } = await start();
    await arrived(all.filter((id) => id !== HIT));
    expect(sink.ids('/all')).not.toContain(HIT);
    expect(notices(knc).filter((text) => text.includes('was damaged in 1 places'))).toHaveLength(1);
    expect(readdirSync(store()).some((name) => name.includes('.corrupt-'))).toBe(true);
  });

  test('an event that is damaged in the database is set aside and told; the others are delivered', async () => {
    const { knc: first, gateway } = await start();
    for (const id of all) await send(gateway, id, marked(id));
    await arrived(all);
    first.signal('SIGINT');
    await first.exit();
    sink.forget('/all');
    closed = false;
    const file = store('data.mdb');
    const bytes = readFileSync(file);
    for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) {
      overwrite({ file, at }, Buffer.from('MARK'));
    }
    const { knc } = await start();
    await arrived(all.filter((id) => id !== HIT));
    expect(sink.ids('/all')).not.toContain(HIT);
    expect(notices(knc).some((text) => /was damaged in .*it is set aside in .*everything else is kept/.test(text))).toBe(true);
    expect(readFileSync(`${store()}.corrupt-entries`, 'utf8')).toContain('"key"');
  });

  test('a database of which pages are damaged is set aside and told, never emptied without a word', async () => {
    const { knc: first, gateway } = await start();
    for (const id of all) await send(gateway, id);
    first.signal('SIGINT');
    await first.exit();
    const file = store('data.mdb');
    const size = statSync(file).size;
    overwrite({ file, at: 0 }, Buffer.alloc(size, 0xa5));
    const { knc } = await start();
    const kept = readdirSync(path.join(folder, '.knc')).filter((name) => name.startsWith('store.corrupt-'));
    expect(kept).toHaveLength(1);
    expect(readFileSync(path.join(folder, '.knc', kept[0]!, 'data.mdb'))).toEqual(Buffer.alloc(size, 0xa5));
    expect(
      notices(knc).filter((text) => text.includes(`It is set aside as ${path.join(folder, '.knc', kept[0]!)}`)),
    ).toHaveLength(1);
  });

  test('a full disk is told to producers and on the screen; with room again, events are taken and none is lost', async () => {
    const disk = path.join(folder, 'disk');
    mkdirSync(disk);
    if (!mounted(disk)) return;
    try {
      const { knc, gateway } = await start('disk/state');
      const acknowledged: string[] = [];
      const body = JSON.stringify({ text: 'x'.repeat(50_000) });
      let refusal: { readonly status: number; readonly text: string } | undefined;
      for (let i = 0; !refusal && i < 2000; i++) {
        const answer = await send(gateway, `d-${i}`, body);
        if (answer?.status === 202) acknowledged.push(`d-${i}`);
        else refusal = answer;
      }
      expect(refusal).toEqual({
        status: 503,
        text: expect.stringMatching(/^there is no room for more events of broker\/default\/orders, which has \d+ MiB /),
      });
      expect(acknowledged.length).toBeGreaterThan(50);
      expect(notices(knc).some((text) => text.startsWith('events are refused until there is room'))).toBe(true);
      // Others take what is left.
      expect(() => writeFileSync(path.join(disk, 'others'), Buffer.alloc(2 ** 24))).toThrow('ENOSPC');
      expect((await send(gateway, 'no', body))?.status).toBe(503);
      execFileSync('mount', ['-o', 'remount,size=64m', disk]);
      expect(await send(gateway, 'again', body)).toMatchObject({ status: 202 });
      knc.signal('SIGKILL');
      await knc.exit();
      closed = false;
      await start('disk/state');
      await arrived([...acknowledged, 'again']);
      for (const knc of running) await knc.end();
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });
});

/** A small disk of its own, where that may be had. */
function mounted(folder: string): boolean {
  const reason = process.platform !== 'linux' || process.getuid?.() !== 0 ? 'this needs Linux and root' : undefined;
  if (reason === undefined && existsSync('/bin/mount')) {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], { stdio: 'ignore' });
      return true;
    } catch {
      // as in a container without leave to
    }
  }
  process.stderr.write(`a full disk is not tested: ${reason ?? 'nothing may be mounted'}\n`);
  return false;
}
