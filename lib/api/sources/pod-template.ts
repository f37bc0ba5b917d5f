import { type FieldError, isJsonObject, missingField, via } from '../../base';

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (isJsonObject(value) ? value : {});

/** Containers of a pod template, as far as they are objects. */
export function containersOf(template: unknown, list: 'containers' | 'initContainers' = 'containers'): readonly Fields[] {
  const containers = fieldsOf(fieldsOf(template)['spec'])[list];
  return Array.isArray(containers) ? containers.map(fieldsOf) : [];
}

/** The template with every container changed. */
export function withContainers(
  template: Fields,
  list: 'containers' | 'initContainers',
  change: (container: Fields, i: number) => Fields,
): Fields {
  const containers = containersOf(template, list);
  return containers.length === 0
    ? template
    : { ...template, spec: { ...fieldsOf(template['spec']), [list]: containers.map(change) } };
}

/** A pod needs containers, each with a name and an image; the errors' path is that of the template. */
export function containerErrors(template: unknown): FieldError[] {
  const containers = containersOf(template);
  if (containers.length === 0) return [missingField('spec.containers')];
  return containers.flatMap((container, i) =>
    via(`spec.containers[${i}]`, [...['name', 'image'].filter((field) => !container[field]).map((field) => missingField(field))]),
  );
}
