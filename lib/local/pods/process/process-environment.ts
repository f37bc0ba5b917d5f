import { basename } from 'node:path';
import type { LocalNames } from '../local-names';

/** What a child gets of our own environment without being asked. */
const ALLOWED = ['PATH', 'LANG', 'TMPDIR'];

export interface ProcessEnvironmentOptions {
  /** Names of our own environment that children get too. */
  readonly inheritEnv?: readonly string[];
  /** The API server's URL and the value of KUBECONFIG for children, once there is one. */
  readonly api?: () => { readonly url: string; readonly kubeconfig: string } | undefined;
  /** The preload that makes cluster names work in Node programs. */
  readonly preloadPath?: string;
}

export interface ProcessEnvironmentInput {
  readonly command: readonly string[];
  readonly home: string;
  readonly namespace: string;
  /** Environment of the mapped program. */
  readonly program: Readonly<Record<string, string>>;
  /** What the pod declares. */
  readonly declared: Readonly<Record<string, string>>;
  readonly volumes: Readonly<Record<string, string>>;
  readonly mounts: Readonly<Record<string, string>>;
  readonly terminationLog: string;
  readonly names: LocalNames;
  readonly ours?: Readonly<Record<string, string | undefined>>;
}

/**
 * The whole environment of a process: an allow-list of ours, then the program's, then the pod's, then how to find what a
 * container would have found in its file system:
 * `KNC_VOLUME_<NAME>` (folder of a volume), `KNC_MOUNTS` (JSON from mount path to real path), `KNC_TERMINATION_LOG`.
 */
export function processEnvironment(
  input: ProcessEnvironmentInput,
  options: ProcessEnvironmentOptions = {},
): Record<string, string> {
  const ours = input.ours ?? process.env;
  const env: Record<string, string> = { HOME: input.home };
  for (const name of [...ALLOWED, ...(options.inheritEnv ?? [])]) {
    const value = ours[name];
    if (value !== undefined) env[name] = value;
  }
  Object.assign(env, apiVariables(options.api?.()), input.program, input.declared);
  for (const [name, folder] of Object.entries(input.volumes)) {
    env[`KNC_VOLUME_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`] = folder;
  }
  if (Object.keys(input.mounts).length > 0) env['KNC_MOUNTS'] = JSON.stringify(input.mounts);
  env['KNC_TERMINATION_LOG'] = input.terminationLog;
  return isNode(input.command) ? withNames(env, input, options.preloadPath) : env;
}

/** How to reach the API server: as Kubernetes tells every container, and by a kubeconfig. */
function apiVariables(api: { readonly url: string; readonly kubeconfig: string } | undefined): Record<string, string> {
  if (api === undefined) return {};
  const { hostname, port } = new URL(api.url);
  return {
    KUBECONFIG: api.kubeconfig,
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    KUBERNETES_SERVICE_PORT_HTTPS: port,
  };
}

function isNode(command: readonly string[]): boolean {
  return command[0] === process.execPath || /^node(js)?$/.test(basename(command[0] ?? ''));
}

function withNames(
  env: Record<string, string>,
  { names, namespace }: ProcessEnvironmentInput,
  preloadPath: string | undefined,
): Record<string, string> {
  if (!preloadPath || !names.internal) return env;
  const quoted = `"${preloadPath.replace(/[\\"]/g, '\\$&')}"`;
  return {
    ...env,
    NODE_OPTIONS: [env['NODE_OPTIONS'], `--require ${quoted}`].filter(Boolean).join(' '),
    KNC_INTERNAL_GATEWAY: `${names.internal.host}:${names.internal.port}`,
    KNC_NAMESPACES: [...new Set([namespace, ...(names.namespaces?.() ?? [])])].join(','),
  };
}
