import { Session } from './support/session';
import { describeWith } from './support/tool';
import { type Seen, Watcher } from './support/watcher';
import { Writer } from './support/writer';

const UPDATES = 10_000;
const OBJECTS = 20;
/** Changes of a kind that the server remembers at least. */
const HISTORY = 1000;
const PATH = '/api/v1/namespaces/default/configmaps';

describeWith(['kubectl'], 'an informer', () => {
  let session: Session;
  let writer: Writer;
  let watcher: Watcher;
  let count = 0;

  beforeAll(async () => {
    session = await Session.start();
    writer = new Writer(session.kubeconfig);
    for (let i = 0; i < OBJECTS; i++) await writer.create(`object-${i}`);
    watcher = new Watcher(session, PATH);
    await watcher.start();
  });

  afterAll(async () => {
    await watcher?.stop();
    await writer?.close();
    await session?.stop();
  });

  /** Writes so many changes one after the other. Returns what an informer has to see of them. */
  async function write(updates: number): Promise<Seen[]> {
    const written: Seen[] = [];
    for (let i = 0; i < updates; i++) {
      const value = `${count++}`;
      const name = `object-${count % OBJECTS}`;
      written.push({ type: 'MODIFIED', name, version: Number(await writer.write(name, value)), value });
    }
    return written;
  }

  test('sees every one of 10,000 changes once and in order, through broken connections', async () => {
    const written: Seen[] = [];
    while (written.length < UPDATES) {
      written.push(...(await write(HISTORY / 2)));
      watcher.disconnect();
      written.push(...(await write(HISTORY / 2))); // while it is away and comes back
      await watcher.reaches(`${written.at(-1)!.version}`);
    }
    expect(watcher.seen).toEqual(written);
    expect(watcher.resumes).toBeGreaterThanOrEqual(5);
    expect(watcher.lists).toBe(1);
  });

  test('lists again when the changes since its version are forgotten, and misses nothing from there', async () => {
    await watcher.stop();
    await write(3 * HISTORY);
    const late = new Watcher(session, PATH);
    await late.startFrom(watcher.version);
    const written = await write(100);
    await late.reaches(`${written.at(-1)!.version}`);
    await late.stop();
    expect(late.lists).toBe(1);
    expect(late.seen).toEqual(written);
  });

  test('sees what is created and deleted, and that an object of the same name is another', async () => {
    const fresh = new Watcher(session, PATH);
    await fresh.start();
    const created = Number(await writer.create('twice'));
    await session.kubectl('delete', 'cm', 'twice');
    const again = await writer.create('twice');
    await fresh.reaches(again);
    await fresh.stop();
    const seen = fresh.seen.filter(({ name }) => name === 'twice');
    expect(seen.map(({ type }) => type)).toEqual(['ADDED', 'DELETED', 'ADDED']);
    expect(seen.map(({ version }) => version)).toEqual([created, expect.any(Number), Number(again)]);
    expect(seen[1]!.version).toBeGreaterThan(created);
  });
});
