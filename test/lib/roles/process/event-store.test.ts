import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Log, noLog, RealClock } from '../../../../lib/base';
import { openEventStore } from '../../../../lib/roles/process';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'knc-events-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

test('what was stored is there when the folder is opened again', async () => {
  const options = { clock: new RealClock({ unref: true }), log: noLog };
  const first = await openEventStore(folder, options);
  first.write([{ key: 'a', value: 1 }]);
  await first.close();
  const second = await openEventStore(folder, options);
  expect(second.get('a')).toBe(1);
  await second.close();
});

test('one that was not closed is looked through while others get their turn, and it is told how far that is', async () => {
  const clock = new RealClock({ unref: true });
  const first = await openEventStore(folder, { clock, log: noLog });
  first.write(Array.from({ length: 12_000 }, (_, i) => ({ key: `k/${i}`, value: i })));
  await first.close();
  fs.rmSync(path.join(folder, 'events', 'seal'));
  const told: string[] = [];
  let turns = 0;
  const counting = clock.every(1, () => turns++);
  const second = await openEventStore(folder, { clock, log: noLog, tell: (what) => told.push(what) });
  counting.cancel();
  expect(told).toEqual(
    [1, 5001, 10_001].map((read) => `the store of events was not closed: ${read} of 12001 entries have been looked through`),
  );
  expect([turns > 0, second.get('k/11999')]).toEqual([true, 11_999]);
  await second.close();
});

test('one that is damaged is set aside and told, and an empty one takes its place', async () => {
  const told: unknown[] = [];
  const log: Log = { ...noLog, error: (_message, fields) => told.push(fields) };
  const clock = new RealClock({ unref: true });
  fs.mkdirSync(path.join(folder, 'events'));
  fs.writeFileSync(path.join(folder, 'events', 'data.mdb'), 'no database at all'.repeat(1000));
  const store = await openEventStore(folder, { clock, log });
  expect(store.get('a')).toBeUndefined();
  await store.close();
  const kept = fs.readdirSync(folder).find((name) => name.startsWith('events.corrupt-'))!;
  expect(told).toEqual([expect.objectContaining({ kept: path.join(folder, kept) })]);
});
