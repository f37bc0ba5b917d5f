import type { ServingConfig } from '../config';
import type { RevisionSpec, RevisionTemplateSpec } from '../generated/types';
import type { ObjectMeta } from '../meta';
import { nameContainers } from './container-name';
import { defaultContainer } from './default-container';
import { withSecureDefaults } from './secure-defaults';

/** A timeout that is configured, below the total one and not off, for a revision that names none. */
const inherited = (configured: number, total: number): number | undefined =>
  configured !== 0 && configured < total ? configured / 1000 : undefined;

/** A revision's spec with every default filled in; `parent` is the metadata that name templates look at. */
export function defaultRevisionSpec(spec: RevisionSpec, parent: ObjectMeta, config: ServingConfig): RevisionSpec {
  const { defaults, features } = config;
  const timeoutSeconds = spec.timeoutSeconds || defaults.revisionTimeout / 1000;
  const idle = spec.idleTimeoutSeconds ?? inherited(defaults.revisionIdleTimeout, timeoutSeconds * 1000);
  const responseStart =
    spec.responseStartTimeoutSeconds ?? inherited(defaults.revisionResponseStartTimeout, timeoutSeconds * 1000);
  const named = nameContainers(spec.containers ?? [], spec.initContainers, parent, defaults);
  const enableServiceLinks = spec.enableServiceLinks ?? defaults.enableServiceLinks;
  return {
    ...spec,
    timeoutSeconds,
    ...(idle === undefined ? {} : { idleTimeoutSeconds: idle }),
    ...(responseStart === undefined ? {} : { responseStartTimeoutSeconds: responseStart }),
    containerConcurrency: spec.containerConcurrency ?? defaults.containerConcurrency,
    ...(enableServiceLinks === undefined || named.containers.length === 0 ? {} : { enableServiceLinks }),
    ...(spec.containers || named.containers.length > 0
      ? {
          containers: named.containers.map((container) => {
            const serves = named.containers.length === 1 || (container.ports ?? []).length > 0;
            return withSecureDefaults(
              defaultContainer(container, serves, spec.volumes ?? [], defaults),
              spec.securityContext,
              features,
            );
          }),
        }
      : {}),
    ...(named.initContainers
      ? { initContainers: named.initContainers.map((c) => withSecureDefaults(c, spec.securityContext, features)) }
      : {}),
  } as RevisionSpec;
}

/** A template with the defaults of its spec. */
export function defaultTemplate(template: RevisionTemplateSpec, parent: ObjectMeta, config: ServingConfig): RevisionTemplateSpec {
  return { ...template, spec: defaultRevisionSpec(template.spec, parent, config) };
}
