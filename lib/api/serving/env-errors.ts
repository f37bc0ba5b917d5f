import {
  disallowedFields,
  type FieldError,
  generic,
  missingField,
  missingOneOf,
  multipleOneOf,
  via,
  withRemedy,
} from '../../base';
import { type FeaturesConfig, featureKey } from '../config';
import type { EnvFromSource, EnvVar, EnvVarSource } from '../generated/types';

const RESERVED: ReadonlySet<string> = new Set(['PORT', 'K_SERVICE', 'K_CONFIGURATION', 'K_REVISION']);

/** How to turn a feature on. */
export const turnOn = (feature: Parameters<typeof featureKey>[0]): string =>
  `Set ${featureKey(feature)}: "enabled" in ConfigMap config-features to allow it.`;

function valueFromErrors(source: EnvVarSource | undefined, features: FeaturesConfig): FieldError[] {
  if (!source || features.podSpecFieldRef !== 'Disabled') return [];
  const used = (['fieldRef', 'resourceFieldRef'] as const).filter((field) => source[field] !== undefined);
  return used.length > 0 ? [withRemedy(disallowedFields(...used), turnOn('podSpecFieldRef'))] : [];
}

/** `serves`: requests come to this container, so that even PORT is set by Knative. */
export function envErrors(env: readonly EnvVar[] = [], serves: boolean, features: FeaturesConfig): FieldError[] {
  const seen = new Set<string>();
  return env.flatMap((variable, i) => {
    const duplicate = variable.name && seen.has(variable.name);
    seen.add(variable.name);
    const reserved = RESERVED.has(variable.name) && (serves || variable.name !== 'PORT');
    return via(`[${i}]`, [
      ...(variable.name ? [] : [missingField('name')]),
      // Kubernetes' own words: the list is a map by name in the definition.
      ...(duplicate
        ? [withRemedy(generic(`Duplicate value: ${JSON.stringify(variable.name)}`, 'name'), 'Keep one of the two.')]
        : []),
      ...(reserved
        ? [
            withRemedy(
              generic(`${JSON.stringify(variable.name)} is a reserved environment variable`, 'name'),
              variable.name === 'PORT'
                ? 'Leave it out: Knative sets PORT to the containerPort of ports[0] (8080 by default).'
                : 'Leave it out: Knative sets it.',
            ),
          ]
        : []),
      ...via('valueFrom', valueFromErrors(variable.valueFrom, features)),
    ]);
  });
}

export function envFromErrors(sources: readonly EnvFromSource[] = []): FieldError[] {
  return sources.flatMap(({ configMapRef, secretRef }, i) => {
    if (configMapRef && secretRef) return via(`[${i}]`, [multipleOneOf('configMapRef', 'secretRef')]);
    return configMapRef || secretRef ? [] : via(`[${i}]`, [missingOneOf('configMapRef', 'secretRef')]);
  });
}
