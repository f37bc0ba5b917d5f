import { readdirSync, readFileSync } from 'node:fs';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended
  }
};

/** The processes of a pod that run Node, as the host numbers them. */
export function nodeProcesses(uid: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(`/proc/${pid}/cgroup`).includes(`pod${uid}`) && read(`/proc/${pid}/cmdline`).includes('node'))
    .map(Number);
}
