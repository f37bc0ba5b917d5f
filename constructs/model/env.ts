import type { ApiEnvFromSource, ApiEnvVar } from './api-types';
import { defined, isKubeValue, type KubeValue, type Named, type NameInput, nameOf, plainValue } from './shape';

/** One key of a ConfigMap. */
export interface FromConfigMap {
  /** The ConfigMap: its name, or an object of any `cdk8s-plus-NN`. */
  readonly configMap: NameInput;
  readonly key: string;
  /** Whether the container may start without it. @default false */
  readonly optional?: boolean;
}

/** One key of a Secret; also the shape of `SecretValue` of any `cdk8s-plus-NN`. */
export interface FromSecret {
  /** The Secret: its name, or an object of any `cdk8s-plus-NN`. */
  readonly secret: NameInput;
  readonly key: string;
  /** Whether the container may start without it. @default false */
  readonly optional?: boolean;
}

/** Kubernetes' own form; also the shape of `EnvValue` of any `cdk8s-plus-NN`. */
export interface KubeEnvValue {
  readonly value?: string;
  readonly valueFrom?: ApiEnvVar['valueFrom'];
}

/** The value of an environment variable. Numbers and booleans are written as text. */
export type EnvValue = string | number | boolean | FromConfigMap | FromSecret | KubeEnvValue;

/** All keys of a ConfigMap or Secret. */
export type EnvFrom =
  | { readonly configMap: NameInput; readonly prefix?: string; readonly optional?: boolean }
  | { readonly secret: NameInput; readonly prefix?: string; readonly optional?: boolean }
  | (Named & { readonly kind: string })
  | KubeValue;

/** The variables in the order in which they were given: later ones may refer to earlier ones as `$(NAME)`. */
export function envVars(env: Readonly<Record<string, EnvValue>> | undefined): ApiEnvVar[] {
  return Object.entries(env ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [envVar(name, value)]));
}

function envVar(name: string, value: EnvValue): ApiEnvVar {
  if (typeof value !== 'object') return { name, value: String(value) };
  if ('configMap' in value) return { name, valueFrom: { configMapKeyRef: keyRef(value.configMap, value) } };
  if ('secret' in value) return { name, valueFrom: { secretKeyRef: keyRef(value.secret, value) } };
  if ('valueFrom' in value && value.valueFrom !== undefined) {
    return { name, valueFrom: plainValue(value.valueFrom) as ApiEnvVar['valueFrom'] };
  }
  // What has neither shape, such as a Lazy, is a value that only synthesis can tell.
  return { name, value: ('value' in value ? value.value : value) as string };
}

function keyRef(object: NameInput, { key, optional }: { readonly key: string; readonly optional?: boolean }) {
  return { name: nameOf(object), key, ...(optional === undefined ? {} : { optional }) };
}

/** A source of many variables as it stands in the API object. */
export function envFromSource(source: EnvFrom): ApiEnvFromSource {
  if (isKubeValue(source)) return plainValue(source._toKube()) as ApiEnvFromSource;
  if ('configMap' in source) return { ...prefixOf(source), configMapRef: reference(source.configMap, source) };
  if ('secret' in source) return { ...prefixOf(source), secretRef: reference(source.secret, source) };
  return source.kind === 'Secret' ? { secretRef: { name: source.name } } : { configMapRef: { name: source.name } };
}

const prefixOf = ({ prefix }: { readonly prefix?: string }) => defined({ prefix });

const reference = (object: NameInput, { optional }: { readonly optional?: boolean }) => ({
  name: nameOf(object),
  ...(optional === undefined ? {} : { optional }),
});
