import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Its path, or why it cannot be used here. */
export function findStrace(): { readonly path: string } | { readonly reason: string } {
  if (process.platform !== 'linux') return { reason: 'there is no strace on this system' };
  const path = spawnSync('sh', ['-c', 'command -v strace'], { encoding: 'utf8' }).stdout.trim();
  if (path === '') return { reason: 'strace is not installed' };
  const { status, stderr } = spawnSync(path, ['-o', '/dev/null', 'true'], { encoding: 'utf8' });
  return status === 0 ? { path } : { reason: `strace is not allowed: ${stderr.trim().split('\n')[0]}` };
}

/** A system call of some thread; `from` and `to` are the places of its begin and end among all that was traced. */
export interface SystemCall {
  readonly name: string;
  /** What the first argument stands for: a file or a connection, as `-yy` names it. */
  readonly target: string;
  readonly args: string;
  readonly result: string;
  readonly from: number;
  readonly to: number;
}

const WHOLE = /^(\d+) +(\w+)\((.*)\) += +(.*)$/;
const BEGUN = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/;
const ENDED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += +(.*)$/;
const TARGET = /^\d+<(.*?)>(?:$|,|\))/;

/** System calls in a file that `strace -f -yy -o` has written, in the order of their ends. */
export function systemCalls(file: string): SystemCall[] {
  const open = new Map<string, { readonly args: string; readonly from: number }>();
  return readFileSync(file, 'latin1')
    .split('\n')
    .flatMap((line, at): SystemCall[] => {
      const begun = BEGUN.exec(line);
      if (begun) open.set(`${begun[1]} ${begun[2]}`, { args: begun[3]!, from: at });
      if (begun) return [];
      const ended = ENDED.exec(line);
      const [, thread, name = '', text = '', result = ''] = ended ?? WHOLE.exec(line) ?? [];
      const before = ended && open.get(`${thread} ${name}`);
      if (name === '' || (ended && !before)) return [];
      const args = `${before?.args ?? ''}${text}`;
      return [{ name, target: TARGET.exec(`${args})`)?.[1] ?? '', args, result, from: before?.from ?? at, to: at }];
    });
}
