import { ServiceType } from '../../api';
import type { Cluster } from '../../kube';

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** As in `10 minutes`. */
function ageText(ms: number): string {
  const [noun, unit] = UNITS.find(([, size]) => ms >= size) ?? UNITS[3];
  return counted(Math.max(1, Math.floor(ms / unit)), noun);
}

/** What an earlier run has left, in a sentence; undefined if there are no services. @param ageMs since it wrote last */
export async function foundState(cluster: Cluster, folder: string, ageMs: number): Promise<string | undefined> {
  const { items } = await cluster.list(ServiceType);
  if (items.length === 0) return undefined;
  return `found ${counted(items.length, 'service')} from ${ageText(ageMs)} ago in ${folder} (--fresh forgets them)`;
}
