import { readdirSync } from 'node:fs';

const PREFIX = 'knc-';
const OURS = /^knc-([0-9a-z]{1,7})(\.[0-9a-z]{1,5})?$/;

/** Where `ip netns` keeps its namespaces. */
export const NAMESPACE_FOLDER = '/run/netns';
const LINK_FOLDER = '/sys/class/net';

/** The name of a process' bridge, which is also what its namespaces' names begin with: short, because a link's name has 15 letters. */
export const bridgeName = (pid: number): string => `${PREFIX}${pid.toString(36)}`;

/** The name of a pod's namespace and of the bridge's end of its cable. */
export const podName = (bridge: string, number: number): string => `${bridge}.${number.toString(36)}`;

/** The process that a link or namespace was made by, or undefined if it is none of ours. */
export function ownerOf(name: string): number | undefined {
  const pid = OURS.exec(name)?.[1];
  return pid === undefined ? undefined : Number.parseInt(pid, 36);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** What there is of ours on this machine, of whatever process. */
export function ourNames(): { readonly namespaces: readonly string[]; readonly links: readonly string[] } {
  const ours = (folder: string) => namesIn(folder).filter((name) => ownerOf(name) !== undefined);
  return { namespaces: ours(NAMESPACE_FOLDER), links: ours(LINK_FOLDER) };
}
