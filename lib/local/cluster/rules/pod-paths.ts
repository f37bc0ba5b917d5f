import { type Container, dns1123LabelErrors, type PodSpec, type ResourceType } from '../../../api';
import { invalid } from '../refusals';

type Mount = NonNullable<Container['volumeMounts']>[number];

const refusal = (path: string, value: string, why: string): string => `${path}: Invalid value: ${JSON.stringify(value)}: ${why}`;

const nameErrors = (path: string, name: string | undefined): string[] =>
  name ? dns1123LabelErrors(name).map((why) => refusal(`${path}.name`, name, why)) : [`${path}.name: Required value`];

function mountErrors(path: string, { mountPath = '', subPath }: Mount): string[] {
  const errors: string[] = [];
  if (mountPath.includes(':')) errors.push(refusal(`${path}.mountPath`, mountPath, "must not contain ':'"));
  if (subPath?.startsWith('/')) errors.push(refusal(`${path}.subPath`, subPath, 'must be a relative path'));
  if (subPath?.split('/').includes('..')) errors.push(refusal(`${path}.subPath`, subPath, "must not contain '..'"));
  return errors;
}

function containerErrors(path: string, container: Container): string[] {
  const mounts = container.volumeMounts ?? [];
  return [...nameErrors(path, container.name), ...mounts.flatMap((mount, i) => mountErrors(`${path}.volumeMounts[${i}]`, mount))];
}

/**
 * Refuses, in the API server's words, a pod or a template whose names and paths would lead out of the folders that it is given:
 * containers and volumes have folders and files of their name, and a subPath is looked up in its volume.
 * @param at path of the spec: `spec`, `spec.template.spec`
 */
export function checkPodPaths(type: ResourceType, name: string, at: string, spec: PodSpec): void {
  const lists = ['containers', 'initContainers'] as const;
  const errors = [
    ...(spec.volumes ?? []).flatMap((volume, i) => nameErrors(`${at}.volumes[${i}]`, volume.name)),
    ...lists.flatMap((list) => (spec[list] ?? []).flatMap((one, i) => containerErrors(`${at}.${list}[${i}]`, one))),
  ];
  if (errors.length > 0) throw invalid(type, name, ...errors);
}
