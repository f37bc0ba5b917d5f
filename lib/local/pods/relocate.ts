import type { MountSource } from './mounts';

/**
 * A value that is the path of a mount, or one below it, as the path at which the files really are: for programs of this machine,
 * where nothing is mounted. Any other value stays as it is.
 */
export function relocate(value: string, mounts: readonly MountSource[]): string {
  const within = ({ mountPath }: MountSource) => {
    const base = mountPath.replace(/\/+$/, '');
    return base !== '' && (value === base || value.startsWith(`${base}/`));
  };
  // Of mounts within mounts, the innermost.
  const [mount] = mounts.filter(within).sort((a, b) => b.mountPath.length - a.mountPath.length);
  return mount ? mount.source + value.slice(mount.mountPath.replace(/\/+$/, '').length) : value;
}

/** The same for every value of an environment. */
export function relocated(env: Readonly<Record<string, string>>, mounts: readonly MountSource[]): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, relocate(value, mounts)]));
}
