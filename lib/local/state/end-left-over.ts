import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../../base';
import type { LeftOver } from './process-journal';
import { processStart } from './process-start';

/** How long processes that were killed may take to be gone, and how often to look, in milliseconds. */
const GONE_MS = 5000;
const LOOK_MS = 5;
const ENGINE_MS = 20_000;

/**
 * Ends what a run that was killed has left behind. Never a stranger: a process is ended if it is the one that was written
 * down, by id and start, or if its HOME is in the folder of that run's pods. Resolves with the processes that were ended, when
 * they are gone.
 */
export async function endLeftOver(left: LeftOver, clock: Clock, engine?: string): Promise<number[]> {
  const ended: number[] = [];
  const directories = [...left.directories].filter(isOurFolder);
  const containers = [...left.containers].filter(isOurContainer);
  for (const [id, start] of left.groups) {
    if (processStart(id) !== start) continue;
    const members = groupMembers(id);
    kill(-id);
    ended.push(id, ...members.filter((pid) => pid !== id));
  }
  for (const pid of processesIn(directories)) {
    kill(pid);
    if (!ended.includes(pid)) ended.push(pid);
  }
  if (engine && containers.length > 0) spawnSync(engine, ['rm', '-f', ...containers], { stdio: 'ignore', timeout: ENGINE_MS });
  const late = clock.now() + GONE_MS;
  while (ended.some((pid) => processStart(pid) !== undefined) && clock.now() < late) await clock.sleep(LOOK_MS);
  for (const directory of directories) fs.rmSync(directory, { recursive: true, force: true });
  return ended;
}

/** Where there is no /proc, none are found. */
function groupMembers(group: number): number[] {
  if (process.platform !== 'linux') return [];
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, 'latin1');
      const [, , of] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(of) === group ? [Number(name)] : [];
    } catch {
      return []; // it has ended
    }
  });
}

/** Processes with one of these folders in their environment; where there is no /proc, none are found. */
function processesIn(directories: readonly string[]): number[] {
  if (directories.length === 0 || process.platform !== 'linux') return [];
  const marks = directories.map((directory) => `\0HOME=${directory}/`);
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const environment = `\0${fs.readFileSync(`/proc/${name}/environ`, 'latin1')}`;
      return marks.some((mark) => environment.includes(mark)) ? [Number(name)] : [];
    } catch {
      return []; // it has ended, or is somebody else's
    }
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** A folder as we make them for pods. The journal is a file that anything may have happened to: in `/` all processes have their HOME. */
function isOurFolder(directory: string): boolean {
  return path.dirname(directory) === path.resolve(tmpdir()) && path.basename(directory).startsWith('knc-');
}

/** A name as we give them, and no option such as `--all`. */
const isOurContainer = (name: string): boolean => /^knc-[-.\w]+$/.test(name);
