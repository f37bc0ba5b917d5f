import fs from 'node:fs';
import path from 'node:path';
import { errorMessage } from '../../base';
import { ProcessJournal, processStart } from '../../local/state';
import { readFormat } from '../../local/state/store-format';
import { type Check, type CheckResult, fail, ok, warn } from './check';
import type { Machine } from './machine';

/** From here on the state is worth a look, in bytes. */
const LARGE = 2 ** 30;
const STORE = 'store';
const SET_ASIDE = /^store\.corrupt-/;

function sizeOf(folder: string): number {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return files.reduce((sum, file) => sum + (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

function sizeText(bytes: number): string {
  if (bytes < 2 ** 20) return `${Math.ceil(bytes / 2 ** 10)} KiB`;
  return bytes < LARGE ? `${Math.ceil(bytes / 2 ** 20)} MiB` : `${(bytes / LARGE).toFixed(1)} GiB`;
}

interface Holder {
  readonly pid: number;
  readonly started: string;
  readonly since?: string;
  readonly gateway?: string;
}

function holderOf({ stateFolder, readText }: Machine): Holder | undefined {
  try {
    const holder = JSON.parse(readText(path.join(stateFolder, 'lock')) ?? 'null') as Partial<Holder> | null;
    return typeof holder?.pid === 'number' && typeof holder.started === 'string' ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

const isAlive = ({ pid, started }: Holder): boolean => processStart(pid) === started;
const shown = ({ stateFolder, cwd }: Machine): string => path.relative(cwd, stateFolder) || stateFolder;

/** The store's format, and what earlier runs had to set aside. */
function health(machine: Machine): CheckResult | undefined {
  const { stateFolder } = machine;
  const store = path.join(stateFolder, STORE);
  try {
    if (fs.existsSync(store)) readFormat(store);
  } catch (error) {
    return fail(errorMessage(error), `Use the version of knc that wrote it, or begin anew: knc dev --fresh.`);
  }
  const aside = fs.readdirSync(stateFolder).filter((name) => SET_ASIDE.test(name));
  if (aside.length === 0) return undefined;
  return warn(
    `${shown(machine)} holds ${aside.length === 1 ? 'a damaged store' : `${aside.length} damaged stores`} that was set aside`,
    `Nothing uses it; delete ${path.join(shown(machine), aside[0]!)} once you have what you need.`,
  );
}

const folder: Check = {
  name: 'state folder',
  async run(machine) {
    const { stateFolder, isWritable } = machine;
    const name = shown(machine);
    const stat = fs.statSync(stateFolder, { throwIfNoEntry: false });
    if (!stat) return ok(`none yet; knc dev makes ${name}`);
    if (!stat.isDirectory()) return fail(`${name} is no folder`, 'Move it away, or name another folder: knc dev --state DIR.');
    if (!isWritable(stateFolder)) return fail(`${name} cannot be written`, `Make it yours again: sudo chown -R "$USER" ${name}.`);
    const trouble = health(machine);
    if (trouble) return trouble;
    const size = sizeOf(stateFolder);
    const holder = holderOf(machine);
    const by =
      holder && isAlive(holder)
        ? `in use by process ${holder.pid}${holder.since ? ` since ${holder.since}` : ''}${holder.gateway ? `, gateway ${holder.gateway}` : ''}`
        : holder
          ? `left by process ${holder.pid}, which has ended; the next knc dev takes it over`
          : 'in use by nobody';
    const text = `${name}: ${sizeText(size)}, ${by}`;
    return size > LARGE ? warn(text, 'Begin anew if it is not needed: knc dev --fresh.') : ok(text);
  },
};

const processes: Check = {
  name: 'left-overs',
  async run(machine) {
    const file = path.join(machine.stateFolder, 'processes');
    const holder = holderOf(machine);
    if (!fs.existsSync(file) || (holder && isAlive(holder))) return ok('no process of an earlier run');
    const { groups, containers } = new ProcessJournal(file).leftOver();
    const alive = [...groups].filter(([pid, start]) => processStart(pid) === start).map(([pid]) => pid);
    if (alive.length === 0 && containers.size === 0) return ok('no process of an earlier run');
    const what = [
      ...(alive.length > 0 ? [`process ${alive.join(', ')}`] : []),
      ...(containers.size > 0 ? [`container ${[...containers].join(', ')}`] : []),
    ];
    return warn(
      `an earlier knc dev was killed and may have left ${what.join(' and ')}`,
      'The next knc dev with this state folder ends them.',
    );
  },
};

/** Checks of what earlier runs have left. */
export const stateChecks: readonly Check[] = [folder, processes];
