import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';

/** What a client needs to know to reach a local API server. */
export interface KubeconfigContent {
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  /** PEM. */
  readonly certificate: string;
  readonly token: string;
}

/** The name of the one context, cluster and user. */
export const KUBECONFIG_CONTEXT = 'knc';

/** The text of a kubeconfig with one context, which is the current one. */
export function kubeconfigText({ server, certificate, token }: KubeconfigContent): string {
  const name = KUBECONFIG_CONTEXT;
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [{ name, cluster: { server, 'certificate-authority-data': Buffer.from(certificate).toString('base64') } }],
      contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
      users: [{ name, user: { token } }],
      preferences: {},
    },
    { lineWidth: 0 },
  );
}

/**
 * Writes a kubeconfig that its owner alone can read, into a folder that its owner alone can enter. It appears whole or not at
 * all, so that a client that reads it at any moment finds a server and the token that belongs to it.
 */
export function writeKubeconfig(file: string, content: KubeconfigContent): void {
  const folder = path.dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, kubeconfigText(content), { mode: 0o600 });
  chmodSync(fresh, 0o600);
  renameSync(fresh, file);
}
