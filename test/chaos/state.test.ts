import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RealClock, systemRandom } from '../../lib/base';
import { buildStorm, Storm } from '../acceptance/support/storm';
import type { StormLine } from '../acceptance/support/storm-child';

/** A few in the ordinary suite; `npm run test:chaos` has 50. */
const KILLS = Number(process.env['KNC_CHAOS_KILLS'] ?? 3);
/** A run lasts at least until it has told what it found, and up to so much longer, in milliseconds. */
const LONGEST_MS = 900;
const FOLDER = mkdtempSync(path.join(tmpdir(), 'storm-'));
const clock = new RealClock();

/** What is known of one object: what was acknowledged last, and what was tried after it. */
interface Known {
  acknowledged?: { readonly step: number; readonly gone: boolean; readonly uid?: string };
  tried?: { readonly step: number; readonly gone: boolean };
}

const known = new Map<string, Known>();
let lastVersion = 0;
let steadyUid: string | undefined;
let replicas = new Set<number>();
let acknowledged = 0;

function learn(lines: readonly StormLine[]): void {
  for (const line of lines) {
    if (line.say === 'try') {
      const { name, step, gone } = line;
      known.set(name, { ...known.get(name), tried: { step, gone } });
    } else if (line.say === 'done') {
      const { name, step, gone, uid = known.get(name)?.acknowledged?.uid, version = 0 } = line;
      known.set(name, { acknowledged: { step, gone, ...(uid ? { uid } : {}) } });
      lastVersion = Math.max(lastVersion, version);
      acknowledged++;
    } else if (line.say === 'scaling') replicas.add(line.replicas);
    else if (line.say === 'scaled') replicas = new Set([line.replicas]);
  }
}

/** Compares what a new run has found with everything that was acknowledged before. */
function check(found: Extract<StormLine, { say: 'found' }>): void {
  const configs = new Map(found.configs.map((config) => [config.name, config]));
  for (const [name, { acknowledged: last, tried }] of known) {
    const config = configs.get(name);
    configs.delete(name);
    const outcomes = [last ?? { step: -1, gone: true }, ...(tried ? [tried] : [])].map(({ step, gone }) =>
      gone ? 'gone' : step,
    );
    expect({ name, is: config ? config.step : 'gone' }).toEqual({ name, is: expect.toBeOneOf(outcomes) });
    if (config && last?.uid) expect(config.uid).toBe(last.uid);
    // Decided now: what was under way either happened or did not.
    if (config) known.set(name, { acknowledged: { step: config.step, gone: false, uid: config.uid } });
    else known.delete(name);
  }
  expect([...configs.keys()]).toEqual([]);
  expect(found.version).toBeGreaterThan(lastVersion);
  lastVersion = found.version;
  if (steadyUid !== undefined) expect(found.services).toEqual([steadyUid]);
  steadyUid = found.services[0];
}

function processesWith(mark: string): string[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').endsWith(`\0${mark}\0`);
    } catch {
      return false;
    }
  });
}

expect.extend({
  toBeOneOf(received: unknown, outcomes: readonly unknown[]) {
    return { pass: outcomes.includes(received), message: () => `${received} is none of ${outcomes.join(', ')}` };
  },
});

declare global {
  namespace jest {
    interface Expect {
      toBeOneOf(outcomes: readonly unknown[]): unknown;
    }
  }
}

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

test(
  `${KILLS} kills under a storm of writes: nothing acknowledged is lost, no pod is there twice, no process is left`,
  async () => {
    const program = path.join(FOLDER, 'storm.js');
    const mark = path.basename(FOLDER);
    const state = path.join(FOLDER, 'state');
    buildStorm(program);

    for (let run = 0; run < KILLS; run++) {
      const storm = new Storm(program, state, mark, `${run}`);
      check(await storm.line('found'));
      await clock.sleep(systemRandom.next() * LONGEST_MS);
      await storm.kill(run % 2 === 0);
      learn(storm.lines);
      expect((await storm.line('left')).pids).toEqual([]);
      expect(storm.lines.filter(({ say }) => say === 'report')).toEqual([]);
    }

    const last = new Storm(program, state, mark, 'last', 'settle');
    check(await last.line('found'));
    expect((await last.line('left')).pids).toEqual([]);
    const { pods, pids } = await last.line('settled');
    const containers = Object.values(pods).flat().filter(Boolean);
    expect(pods['steady-00001']).toHaveLength(1);
    expect(replicas).toContain(pods['plain']!.length);
    if (existsSync('/proc')) expect(new Set(containers)).toEqual(new Set(pids.map((pid) => `process://${pid}`)));
    expect(await last.ended()).toBe(0);
    expect(processesWith(mark)).toEqual([]);
    expect(acknowledged).toBeGreaterThan(KILLS * 10);
    process.stdout.write(`${KILLS} kills, ${acknowledged} writes acknowledged\n`);
  },
  60_000 + KILLS * 10_000,
);
