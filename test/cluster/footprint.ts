import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Footprint {
  /** The pod's memory without what the kernel can take back at once, in bytes: what the kubelet calls its working set. */
  readonly workingSet: number;
  /** Of the process, with the files that it has mapped, in bytes. */
  readonly rss: number;
  /** CPU time so far, in milliseconds. */
  readonly cpuMs: number;
}

/** Of Linux, in which /proc counts. */
const TICKS_PER_SECOND = 100;

const number = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? Number.NaN);

/** What the pod of a process takes, as the cgroups of this machine count it (version 1 or 2). @param pid of a container's first process */
export function footprintOf(pid: number): Footprint {
  const proc = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8');
  const cgroups = proc('cgroup');
  const first = /^\d+:memory:(.+)$/m.exec(cgroups)?.[1];
  const own = first ?? /^0::(.+)$/m.exec(cgroups)?.[1] ?? '';
  const folder = path.join(first ? '/sys/fs/cgroup/memory' : '/sys/fs/cgroup', path.dirname(own));
  const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
  const usage = Number(read(first ? 'memory.usage_in_bytes' : 'memory.current'));
  const inactive = number(read('memory.stat'), first ? /^total_inactive_file (\d+)$/m : /^inactive_file (\d+)$/m);
  const [user, system] = proc('stat')
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return {
    workingSet: usage - inactive,
    rss: number(proc('status'), /^VmRSS:\s+(\d+) kB$/m) * 1024,
    cpuMs: ((user! + system!) * 1000) / TICKS_PER_SECOND,
  };
}
