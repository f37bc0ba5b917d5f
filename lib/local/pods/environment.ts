import type { Container, EnvFromSource, EnvVar, Pod } from '../../api';
import { type PodAddress, StartError } from './container-runtime';
import type { DeclaredValues } from './declared-values';
import { podField, resourceField } from './downward';
import { expand } from './expand';
import { type LocalNames, localUrl } from './local-names';

export interface EnvironmentInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly address: PodAddress;
  /** Whether `PORT` is the real port: a process listens there, a container in an engine on the port it declares. */
  readonly realPort: boolean;
  readonly values: DeclaredValues;
  readonly names: LocalNames;
}

const refuse = (message: string) => new StartError('CreateContainerConfigError', message);

/**
 * The environment that a container declares, as a kubelet makes it: `envFrom` in order, then `env` in order, each value
 * able to refer to earlier ones by `$(NAME)`. `PORT` is the real port of the container port that it names, or of the first
 * one declared; URLs of cluster names become loopback URLs.
 * @throws StartError CreateContainerConfigError if something that is referred to does not exist.
 */
export async function environment(input: EnvironmentInput): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const source of input.container.envFrom ?? []) Object.assign(env, await allOf(source, input.values));
  const port = realPort(input, undefined);
  if (port !== undefined) env['PORT'] = port;
  for (const variable of input.container.env ?? []) {
    const value = await variableValue(variable, input, env);
    if (value === undefined) continue;
    env[variable.name] = variable.name === 'PORT' ? (realPort(input, value) ?? value) : await localUrl(value, input.names);
  }
  return env;
}

/** `declared` (or the first container port) as the process must listen on it. */
function realPort(input: EnvironmentInput, declared: string | undefined): string | undefined {
  const first = input.container.ports?.find((port) => port.containerPort !== undefined)?.containerPort;
  const wanted = declared ?? (first === undefined ? undefined : String(first));
  if (wanted === undefined) return undefined;
  const real = input.realPort ? input.address.ports[wanted] : undefined;
  return real === undefined ? wanted : String(real);
}

async function allOf(source: EnvFromSource, values: DeclaredValues): Promise<Record<string, string>> {
  const kind = source.configMapRef ? 'configmap' : 'secret';
  const ref = source.configMapRef ?? source.secretRef;
  if (!ref?.name) return {};
  const all = await values.all(kind, ref.name);
  if (!all) {
    if (ref.optional) return {};
    throw refuse(`${kind} "${ref.name}" not found`);
  }
  const named = [...all].map(([key, value]) => [`${source.prefix ?? ''}${key}`, value.toString()] as const);
  return Object.fromEntries(named.filter(([name]) => /^[^=\0]+$/.test(name)));
}

async function variableValue(
  variable: EnvVar,
  input: EnvironmentInput,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const from = variable.valueFrom;
  if (!from) return expand(variable.value ?? '', env);
  if (from.fieldRef) return podField(input.pod, input.address.ip, from.fieldRef.fieldPath);
  if (from.resourceFieldRef) return resourceField(input.pod, input.container, from.resourceFieldRef);
  const kind = from.configMapKeyRef ? 'configmap' : 'secret';
  const ref = from.configMapKeyRef ?? from.secretKeyRef;
  if (!ref?.name) throw refuse(`env ${variable.name}: valueFrom names no source`);
  const all = await input.values.all(kind, ref.name);
  const value = all?.get(ref.key);
  if (value !== undefined) return value.toString();
  if (ref.optional) return undefined;
  if (!all) throw refuse(`${kind} "${ref.name}" not found`);
  const shown = kind === 'configmap' ? 'ConfigMap' : 'Secret';
  throw refuse(`couldn't find key ${ref.key} in ${shown} ${input.pod.metadata.namespace}/${ref.name}`);
}
