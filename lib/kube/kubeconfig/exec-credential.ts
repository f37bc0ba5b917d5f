import { execFile } from 'node:child_process';
import path from 'node:path';
import { type Clock, errorMessage, isJsonObject, type JsonObject, KncError } from '../../base';
import { type Entry, invalidKubeconfig } from './kubeconfig';

/** What a credential plugin gave. */
export interface ExecCredential {
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number;
}

/** What a plugin is told of the cluster if it asks for that. */
export interface ExecClusterInfo {
  readonly server: string;
  readonly 'tls-server-name'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'certificate-authority-data'?: string;
  readonly 'proxy-url'?: string;
}

export interface ExecOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly cluster: ExecClusterInfo;
}

const VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
/** How long a plugin may take, in milliseconds: some open a browser. */
const PLUGIN_TIMEOUT_MS = 120_000;
const MAX_OUTPUT = 1024 * 1024;

interface ExecConfig {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly provideClusterInfo: boolean;
  readonly installHint: string | undefined;
}

function readConfig({ file, name, value }: Entry): ExecConfig {
  const at = (field: string) => `users[${name}].user.exec.${field}`;
  const { apiVersion, command, args, env, provideClusterInfo, interactiveMode, installHint } = value['exec'] as JsonObject;
  if (typeof apiVersion !== 'string' || !VERSIONS.includes(apiVersion)) {
    throw invalidKubeconfig(
      file,
      at('apiVersion'),
      `${JSON.stringify(apiVersion)} is not supported; one of ${VERSIONS.join(', ')}`,
    );
  }
  if (typeof command !== 'string' || command === '') throw invalidKubeconfig(file, at('command'), 'expected a program');
  const list = args ?? [];
  if (!Array.isArray(list) || !list.every((arg) => typeof arg === 'string')) {
    throw invalidKubeconfig(file, at('args'), 'expected a list of strings');
  }
  const variables = env ?? [];
  if (!Array.isArray(variables)) throw invalidKubeconfig(file, at('env'), 'expected a list of name and value');
  if (interactiveMode === 'Always') {
    throw invalidKubeconfig(
      file,
      at('interactiveMode'),
      'exec plugin cannot support interactive mode: it would need this terminal',
    );
  }
  return {
    apiVersion,
    // A name with a slash is relative to the kubeconfig, one without is looked for on PATH.
    command: command.includes(path.sep) ? path.resolve(path.dirname(file), command) : command,
    args: list as string[],
    env: Object.fromEntries(
      variables.filter(isJsonObject).map((variable) => [String(variable['name']), String(variable['value'] ?? '')]),
    ),
    provideClusterInfo: provideClusterInfo === true,
    installHint: typeof installHint === 'string' ? installHint.trim() : undefined,
  };
}

/** Runs the program and gives what it printed. */
function output(config: ExecConfig, where: string, { env, clock, cluster }: ExecOptions): Promise<string> {
  const info = {
    apiVersion: config.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(config.provideClusterInfo ? { cluster } : {}) },
  };
  return new Promise((resolve, reject) => {
    const options = { env: { ...env, ...config.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) }, maxBuffer: MAX_OUTPUT };
    const child = execFile(config.command, [...config.args], options as object, (error, stdout, stderr) => {
      timer.cancel();
      if (!error) return resolve(stdout);
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      const what = missing
        ? `program ${config.command} was not found`
        : `${config.command} failed: ${lastLine(stderr) ?? error.message}`;
      const remedy = missing ? (config.installHint ?? `Install ${config.command}, or put it on PATH.`) : undefined;
      reject(new KncError('KNC4011', what, { where, cause: error, ...(remedy ? { remedy } : {}) }));
    });
    child.stdin?.end();
    const timer = clock.after(PLUGIN_TIMEOUT_MS, () => child.kill());
  });
}

const lastLine = (text: string): string | undefined =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .at(-1);

function credentialOf(text: string, config: ExecConfig, where: string): ExecCredential {
  const refuse = (what: string) => new KncError('KNC4011', `${config.command} ${what}`, { where });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw refuse(`printed no ExecCredential: ${errorMessage(error)}`);
  }
  if (!isJsonObject(parsed) || parsed['kind'] !== 'ExecCredential') throw refuse('printed no ExecCredential');
  if (parsed['apiVersion'] !== config.apiVersion) {
    throw refuse(`printed version ${String(parsed['apiVersion'])}, the kubeconfig asks for ${config.apiVersion}`);
  }
  const { status } = parsed;
  if (!isJsonObject(status)) throw refuse('printed an ExecCredential without status');
  const text_ = (field: string) =>
    typeof status[field] === 'string' && status[field] !== '' ? String(status[field]) : undefined;
  const [token, cert, key] = [text_('token'), text_('clientCertificateData'), text_('clientKeyData')];
  if ((cert === undefined) !== (key === undefined))
    throw refuse('printed a certificate without key, or a key without certificate');
  if (token === undefined && cert === undefined) throw refuse('printed neither a token nor a certificate');
  const expiry = text_('expirationTimestamp');
  const expiresAt = expiry === undefined ? undefined : Date.parse(expiry);
  if (expiresAt !== undefined && Number.isNaN(expiresAt))
    throw refuse(`printed an expirationTimestamp that is no time: ${expiry}`);
  return {
    ...(token ? { token } : {}),
    ...(cert && key ? { cert, key } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/**
 * Asks the credential plugin of a user (client.authentication.k8s.io v1 and v1beta1). Plugins get no terminal.
 * @throws KncError KNC4010 if the kubeconfig is at fault, KNC4011 if the plugin is.
 */
export async function execCredential(user: Entry, options: ExecOptions): Promise<ExecCredential> {
  const config = readConfig(user);
  const where = `${user.file}: users[${user.name}].user.exec`;
  return credentialOf(await output(config, where, options), config, where);
}
