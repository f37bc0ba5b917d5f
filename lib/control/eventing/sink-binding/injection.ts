import type { CloudEventOverrides, Container, EnvVar, KubeObject, PodSpec } from '../../../api';
import { isJsonObject, jsonEqual } from '../../../base';
import type { Target } from '../destination';

/** What a binding tells the containers of its subjects. */
export type Binding = Target & {
  readonly ceOverrides?: CloudEventOverrides;
  /** The Secret with the token that they send along, which they find in `/oidc/token`. */
  readonly tokenSecret?: string;
};

const NAMES = new Set(['K_SINK', 'K_CA_CERTS', 'K_CE_OVERRIDES']);
const TOKEN_VOLUME = 'oidc-token';
const TOKEN_MOUNT = { name: TOKEN_VOLUME, mountPath: '/oidc', readOnly: true };

interface WithTemplate {
  readonly template?: { readonly spec?: PodSpec };
}

/** The pods that an object makes, as far as it says so where PodSpec-able kinds do. */
export function podSpecOf({ spec }: KubeObject): PodSpec | undefined {
  return (spec as WithTemplate | undefined)?.template?.spec;
}

/** The environment variables by which containers are told. */
function variables({ url, CACerts, ceOverrides }: Binding): EnvVar[] {
  return [
    { name: 'K_SINK', value: url },
    ...(CACerts ? [{ name: 'K_CA_CERTS', value: CACerts }] : []),
    // A server leaves out what is empty.
    { name: 'K_CE_OVERRIDES', ...(ceOverrides ? { value: JSON.stringify(ceOverrides) } : {}) },
  ];
}

type Volume = NonNullable<PodSpec['volumes']>[number];
type Changed = Pick<PodSpec, 'containers' | 'initContainers' | 'volumes'>;

interface Projected {
  readonly projected?: { readonly sources?: readonly { readonly secret?: { readonly name?: string } }[] };
}

const isTokenVolume = ({ name }: { readonly name: string }): boolean => name === TOKEN_VOLUME;

function tokenSecretIn(spec: Pick<PodSpec, 'volumes'>): string | undefined {
  const volume = spec.volumes?.find(isTokenVolume) as Projected | undefined;
  return volume?.projected?.sources?.[0]?.secret?.name;
}

/** The volume with the token; one that is there already stays as it is, with what a server has filled in. */
function tokenVolume(spec: PodSpec, secret: string): Volume {
  const present = tokenSecretIn(spec) === secret ? spec.volumes?.find(isTokenVolume) : undefined;
  return present ?? { name: TOKEN_VOLUME, projected: { sources: [{ secret: { name: secret } }] } };
}

/** A list with what is ours in place of what was; undefined stays so if nothing is. */
function swapped<T extends { readonly name: string }>(
  list: readonly T[] | undefined,
  wasOurs: (one: T) => boolean,
  own: readonly T[],
): readonly T[] | undefined {
  return list === undefined && own.length === 0 ? undefined : [...(list ?? []).filter((one) => !wasOurs(one)), ...own];
}

function changed(spec: PodSpec, binding: Binding | undefined): Changed {
  const { containers = [], initContainers } = spec;
  const own = binding ? variables(binding) : [];
  const secret = binding?.tokenSecret;
  const change = (container: Container): Container => {
    const env = swapped(container.env, ({ name }) => NAMES.has(name), own);
    const volumeMounts = swapped(container.volumeMounts, isTokenVolume, secret ? [TOKEN_MOUNT] : []);
    return { ...container, ...(env ? { env } : {}), ...(volumeMounts ? { volumeMounts } : {}) };
  };
  const volumes = swapped(spec.volumes, isTokenVolume, secret ? [tokenVolume(spec, secret)] : []);
  return {
    containers: containers.map(change),
    ...(initContainers ? { initContainers: initContainers.map(change) } : {}),
    ...(volumes ? { volumes } : {}),
  };
}

/** The pod spec with every container told; what it had under those names goes. */
export const boundSpec = <S extends PodSpec>(spec: S, binding: Binding): S => ({ ...spec, ...changed(spec, binding) });

/** What is to be written so that all containers are told, or none with `binding` undefined. Undefined: they are so. */
export function podsToWrite(spec: PodSpec, binding: Binding | undefined): Changed | undefined {
  const next = changed(spec, binding);
  const same =
    jsonEqual(next.containers, spec.containers ?? []) &&
    jsonEqual(next.initContainers, spec.initContainers) &&
    jsonEqual(next.volumes, spec.volumes);
  return same ? undefined : next;
}

/** The object with its pods told. */
export function boundObject<T extends KubeObject>(object: T, binding: Binding): T {
  const spec = podSpecOf(object);
  const next = spec && podsToWrite(spec, binding);
  if (!next) return object;
  const { template, ...rest } = object.spec as WithTemplate;
  return { ...object, spec: { ...rest, template: { ...template, spec: { ...spec, ...next } } } };
}

/** Whether all containers have been told of some sink. */
export const isBound = ({ containers = [], initContainers = [] }: PodSpec): boolean =>
  [...containers, ...initContainers].every(({ env = [] }) => env.some(({ name }) => name === 'K_SINK'));

/** What the containers of a bound spec have been told. */
export function bindingIn(spec: PodSpec): Binding {
  const env = new Map((spec.containers[0]?.env ?? []).map(({ name, value = '' }) => [name, value]));
  const [url = '', CACerts, overrides = ''] = ['K_SINK', 'K_CA_CERTS', 'K_CE_OVERRIDES'].map((name) => env.get(name));
  const ceOverrides = overridesIn(overrides);
  const tokenSecret = tokenSecretIn(spec);
  return {
    url,
    ...(CACerts ? { CACerts } : {}),
    ...(ceOverrides ? { ceOverrides } : {}),
    ...(tokenSecret ? { tokenSecret } : {}),
  };
}

/** Undefined of what is none: anybody can write such a variable. */
function overridesIn(text: string): CloudEventOverrides | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
