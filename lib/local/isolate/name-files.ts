import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NSSWITCH = '/etc/nsswitch.conf';

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** A resolv.conf as a kubelet writes it for a pod. */
export function resolvConf(server: string, namespace: string): string {
  const search = [`${namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'].join(' ');
  return `nameserver ${server}\nsearch ${search}\noptions ndots:5\n`;
}

/** The same nsswitch.conf, but hosts are looked up in /etc/hosts and by DNS alone: a local resolver service would know no pods. */
export function nsswitchConf(text: string): string {
  const lines = text.split('\n').filter((line) => !/^\s*hosts:/.test(line));
  return [...lines.filter((line, i) => line !== '' || i < lines.length - 1), 'hosts: files dns', ''].join('\n');
}

/** Files that a pod's processes see in place of this machine's, so that names lead to the cluster's DNS. */
export class NameFiles {
  readonly #resolv = new Map<string, string>();
  readonly #nsswitch: string;

  /** @param directory where they are kept, readable for every user */
  constructor(
    private readonly directory: string,
    private readonly server: string,
  ) {
    const text = readIfThere(NSSWITCH);
    this.#nsswitch = text === undefined ? '' : join(directory, 'nsswitch.conf');
    if (text !== undefined) writeFileSync(this.#nsswitch, nsswitchConf(text), { mode: 0o644 });
  }

  /** Paths for pods of a namespace; the second is empty where there is no such file. */
  for(namespace: string): readonly [resolv: string, nsswitch: string] {
    let file = this.#resolv.get(namespace);
    if (file === undefined) {
      file = join(this.directory, `resolv.${namespace}.conf`);
      writeFileSync(file, resolvConf(this.server, namespace), { mode: 0o644 });
      this.#resolv.set(namespace, file);
    }
    return [file, this.#nsswitch];
  }
}

/** Addresses of the DNS servers that this machine asks, at most three as the C library does. */
export function hostResolvers(text = readIfThere('/etc/resolv.conf') ?? ''): readonly string[] {
  return [...text.matchAll(/^\s*nameserver\s+([0-9a-fA-F.:]+)\s*$/gm)].map(([, address]) => address!).slice(0, 3);
}
