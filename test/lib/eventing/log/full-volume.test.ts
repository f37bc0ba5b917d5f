import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { noLog, RealClock, type Timer } from '../../../../lib/base';
import type { CloudEvent } from '../../../../lib/eventing';
import { EventLog, LogError, StoreStorage, Volume } from '../../../../lib/eventing/log';
import type { Store } from '../../../../lib/local/store';
import { openEventStore } from '../../../../lib/roles/process';
import { until } from '../../../acceptance/support/real-system';

const MIB = 2 ** 20;

/** Its timers end a hundred times as early. */
class HastyClock extends RealClock {
  override after(ms: number, fn: () => void): Timer {
    return super.after(ms / 100, fn);
  }
}
const clock = new HastyClock({ unref: true });

const folder = mkdtempSync(path.join(tmpdir(), 'knc-volume-'));
const disk = path.join(folder, 'disk');
const why = mounted();
const testOnDisk = why === undefined ? test : test.skip;
if (why !== undefined) process.stderr.write(`a volume that is full is not tested on a disk of its own: ${why}\n`);
afterAll(() => {
  if (why === undefined) execFileSync('umount', ['-l', disk]);
  rmSync(folder, { recursive: true, force: true });
});

/** Mounts a small disk, or tells why not. */
function mounted(): string | undefined {
  mkdirSync(disk);
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'this needs Linux and root';
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'nothing may be mounted here';
  }
}

const event = (id: number): CloudEvent => ({
  attributes: { specversion: '1.0', id: String(id), source: '/s', type: 't' },
  data: Buffer.alloc(10_000, String(id)),
});

class World {
  readonly acknowledged = new Set<string>();
  logs: EventLog[] = [];
  #id = 0;

  private constructor(readonly store: Store) {
    const volume = new Volume({ clock, store });
    for (const name of ['one', 'two']) {
      const log = new EventLog({ clock, storage: new StoreStorage(store, name), volume: { of: volume, name } });
      log.join(
        'c',
        () => true,
        () => {},
      );
      this.logs.push(log);
    }
  }

  static async open(): Promise<World> {
    return new World(await openEventStore(disk, { clock, log: noLog }));
  }

  /** Whether an event is taken. */
  async publish(log: EventLog): Promise<boolean> {
    const id = this.#id++;
    try {
      log.append(event(id), {}, ['c']);
      await log.durable();
      this.acknowledged.add(String(id));
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(LogError);
      return false;
    }
  }

  /** Until it is refused; others get their turn. */
  async fill(log: EventLog): Promise<number> {
    let count = 0;
    for (; await this.publish(log); count++) if (count % 20 === 0) await clock.sleep(100);
    return count;
  }

  waiting(): readonly (string | undefined)[] {
    return this.logs.flatMap((log) => [...log.pending('c')].map((offset) => log.read(offset)?.event.attributes['id'] as string));
  }

  settle(log: EventLog, count: number): void {
    for (const offset of [...log.pending('c')].slice(0, count)) {
      this.acknowledged.delete(String(log.read(offset)!.event.attributes['id']));
      log.settle('c', offset);
    }
    log.trim();
  }
}

testOnDisk(
  'what is taken fits on the disk; when others fill it to the last byte, events are settled and none is lost; with room it goes on',
  async () => {
    let world = await World.open();
    const [one, two] = world.logs as [EventLog, EventLog];
    const first = await world.fill(one);
    const second = await world.fill(two);
    expect([first > 1000, second > 200]).toEqual([true, true]);
    expect(first + second).toBeLessThan((48 * MIB) / 10_000);
    // Nothing has failed so far: there is still room on the disk.
    expect(statfsSync(disk).bavail).toBeGreaterThan(0);

    fillUp();
    expect(statfsSync(disk).bavail).toBe(0);
    expect(await world.publish(two)).toBe(false);
    world.settle(one, first - 100);
    world.settle(two, second - 100);
    await until('the journal is moved', () => {
      one.flush();
      return two.trim() === undefined && (world.store.room()?.round ?? 0) > 0;
    });
    for (const log of world.logs) await log.durable();
    expect(new Set(world.waiting())).toEqual(world.acknowledged);
    expect(world.acknowledged.size).toBeGreaterThanOrEqual(200);

    // A process that dies now, and the next one on the same full disk.
    const copy = path.join(folder, 'killed');
    execFileSync('cp', ['-a', disk, copy]);
    await world.store.close();
    rmSync(path.join(disk, 'events'), { recursive: true });
    execFileSync('cp', ['-a', path.join(copy, 'events'), disk]);
    fillUp();
    const { acknowledged } = world;
    world = await World.open();
    expect(new Set(world.waiting())).toEqual(acknowledged);

    rmSync(path.join(disk, 'others'));
    rmSync(path.join(disk, 'more'), { force: true });
    await until('events are taken again', () => world.publish(world.logs[0]!));
    expect(await world.fill(world.logs[1]!)).toBeGreaterThan(100);
    await world.store.close();
  },
  60_000,
);

/** Others take all that is left. */
function fillUp(): void {
  for (const [name, size] of [
    ['others', MIB],
    ['more', 512],
  ] as const) {
    for (;;) {
      try {
        writeFileSync(path.join(disk, name), Buffer.alloc(size), { flag: 'a' });
      } catch {
        break;
      }
    }
  }
}
