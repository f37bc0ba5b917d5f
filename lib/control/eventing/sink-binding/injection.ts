import type { CloudEventOverrides, Container, EnvVar, KubeObject, PodSpec } from '../../../api';
import { isJsonObject, jsonEqual } from '../../../base';
import type { Target } from '../destination';

/** What a binding tells the containers of its subjects. */
export type Binding = Target & { readonly ceOverrides?: CloudEventOverrides };

const NAMES = new Set(['K_SINK', 'K_CA_CERTS', 'K_CE_OVERRIDES']);

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

type Changed = Pick<PodSpec, 'containers' | 'initContainers'>;

function changed({ containers = [], initContainers }: PodSpec, own: readonly EnvVar[]): Changed {
  const change = (container: Container): Container => {
    const env = [...(container.env ?? []).filter(({ name }) => !NAMES.has(name)), ...own];
    return env.length === 0 && container.env === undefined ? container : { ...container, env };
  };
  return { containers: containers.map(change), ...(initContainers ? { initContainers: initContainers.map(change) } : {}) };
}

/** The pod spec with every container told; what it had under those names goes. */
export const boundSpec = <S extends PodSpec>(spec: S, binding: Binding): S => ({
  ...spec,
  ...changed(spec, variables(binding)),
});

/** The containers as they are to be written so that all are told, or none with `binding` undefined. Undefined: they are so. */
export function containersToWrite(spec: PodSpec, binding: Binding | undefined): Changed | undefined {
  const next = changed(spec, binding ? variables(binding) : []);
  const same = jsonEqual(next.containers, spec.containers ?? []) && jsonEqual(next.initContainers, spec.initContainers);
  return same ? undefined : next;
}

/** The object with its pods told. */
export function boundObject<T extends KubeObject>(object: T, binding: Binding): T {
  const spec = podSpecOf(object);
  const next = spec && containersToWrite(spec, binding);
  if (!next) return object;
  const { template, ...rest } = object.spec as WithTemplate;
  return { ...object, spec: { ...rest, template: { ...template, spec: { ...spec, ...next } } } };
}

/** Whether all containers have been told of some sink. */
export const isBound = ({ containers = [], initContainers = [] }: PodSpec): boolean =>
  [...containers, ...initContainers].every(({ env = [] }) => env.some(({ name }) => name === 'K_SINK'));

/** What the containers of a bound spec have been told. */
export function bindingIn({ containers }: PodSpec): Binding {
  const env = new Map((containers[0]?.env ?? []).map(({ name, value = '' }) => [name, value]));
  const [url = '', CACerts, overrides = ''] = ['K_SINK', 'K_CA_CERTS', 'K_CE_OVERRIDES'].map((name) => env.get(name));
  const ceOverrides = overridesIn(overrides);
  return { url, ...(CACerts ? { CACerts } : {}), ...(ceOverrides ? { ceOverrides } : {}) };
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
