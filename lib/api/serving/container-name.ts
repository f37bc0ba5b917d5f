import { childName } from '../child-name';
import type { DefaultsConfig } from '../config';
import type { Container } from '../generated/types';
import { parseGoTemplate } from '../go-template';
import type { ObjectMeta } from '../meta';

/** What a name template may look at: the metadata of the object that the revision comes from. */
function templateData(parent: ObjectMeta): Record<string, unknown> {
  return {
    Name: parent.name ?? '',
    GenerateName: parent.generateName ?? '',
    Namespace: parent.namespace ?? '',
    UID: parent.uid ?? '',
    ResourceVersion: parent.resourceVersion ?? '',
    Generation: parent.generation ?? 0,
    Labels: parent.labels ?? {},
    Annotations: parent.annotations ?? {},
  };
}

function render(template: string, parent: ObjectMeta): string {
  return template.includes('{{') ? parseGoTemplate(template)(templateData(parent)) : template;
}

/** Gives a name to each container that has none; with several containers, or where the name is taken, with a number at its end. */
function nameAll(containers: readonly Container[], taken: ReadonlySet<string>, defaultName: string): readonly Container[] {
  let nextSuffix = 0;
  return containers.map((container) => {
    if (container.name) return container;
    let name = defaultName;
    if (containers.length > 1 || taken.has(name)) {
      do name = childName(defaultName, `-${nextSuffix++}`);
      while (taken.has(name));
    }
    return { ...container, name };
  });
}

/** Names for the containers and init containers that have none. */
export function nameContainers(
  containers: readonly Container[],
  initContainers: readonly Container[] | undefined,
  parent: ObjectMeta,
  config: DefaultsConfig,
): { readonly containers: readonly Container[]; readonly initContainers: readonly Container[] | undefined } {
  const taken = new Set([...containers, ...(initContainers ?? [])].map((container) => container.name ?? ''));
  return {
    containers: nameAll(containers, taken, render(config.containerNameTemplate, parent)),
    initContainers: initContainers && nameAll(initContainers, taken, render(config.initContainerNameTemplate, parent)),
  };
}
