import type { IpCommand } from './ip-command';
import { ourNames, ownerOf } from './names';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Removes what processes have left behind that are no more and whose guard was killed too. @param isGone asked of each owner */
export async function sweep(ip: IpCommand, isGone: (pid: number) => boolean = (pid) => !isAlive(pid)): Promise<void> {
  const { namespaces, links } = ourNames();
  const left = (names: readonly string[]) => names.filter((name) => isGone(ownerOf(name)!));
  for (const name of left(namespaces)) await ip.run('netns', 'del', name).catch(() => {});
  for (const name of left(links)) await ip.run('link', 'del', name).catch(() => {});
}
