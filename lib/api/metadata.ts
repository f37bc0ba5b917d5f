import { type FieldError, generic, invalidKeyName, invalidValue, jsonEqual, missingField, via, withRemedy } from '../base';
import type { ServingConfig } from './config';
import { parseDuration } from './duration';
import { type AnnotationKey, AUTOSCALING_GROUP, annotations, findAnnotation, labels, NETWORKING_GROUP } from './keys';
import type { KubeObject, ObjectMeta } from './meta';
import { dns1035LabelErrors, dns1035PrefixErrors, goList, suggestedName } from './names';
import { autoscalingAnnotationErrors } from './serving/autoscaling-annotations';

/** Adds "Use "x"." if a usable name can be made of a bad one. */
export function withNameSuggestion(error: FieldError, name: string): FieldError {
  const suggestion = suggestedName(name);
  return suggestion ? withRemedy(error, `Use a name such as "${suggestion}".`) : error;
}

function nameErrors({ name = '', generateName = '' }: ObjectMeta): FieldError[] {
  if (generateName !== '') {
    const messages = dns1035PrefixErrors(generateName);
    if (messages.length > 0) return [generic(`not a DNS 1035 label prefix: ${goList(messages)}`, 'generateName')];
  }
  if (name !== '') {
    const messages = dns1035LabelErrors(name);
    if (messages.length > 0) return [withNameSuggestion(generic(`not a DNS 1035 label: ${goList(messages)}`, 'name'), name)];
  }
  if (generateName === '' && name === '') return [generic('name or generateName is required', 'name')];
  return [];
}

function misplacedAutoscaling(all: Readonly<Record<string, string>> = {}): FieldError[] {
  return Object.keys(all)
    .filter((key) => key.startsWith(AUTOSCALING_GROUP))
    .map((key) => ({
      ...invalidKeyName(
        key,
        'annotations',
        `autoscaling annotations must be put under "spec.template.metadata.annotations" to work`,
      ),
      remedy: 'Move it to spec.template.metadata.annotations.',
    }));
}

/** The metadata of a whole object. Scaling annotations belong on what runs; on a Service they would do nothing and are refused. */
export function metadataErrors(
  metadata: ObjectMeta,
  options: { readonly autoscaling: boolean },
  config: ServingConfig,
): FieldError[] {
  return [
    ...nameErrors(metadata),
    ...(options.autoscaling
      ? via('annotations', autoscalingAnnotationErrors(metadata.annotations, config.autoscaler))
      : misplacedAutoscaling(metadata.annotations)),
  ];
}

/** A duration annotation of whole seconds that is not negative. `label` is what messages call it. */
export function wholeSecondsErrors(
  all: Readonly<Record<string, string>> | undefined,
  key: AnnotationKey,
  label: string,
): FieldError[] {
  const found = findAnnotation(all, key);
  if (!found || found.value === '') return [];
  const duration = parseDuration(found.value);
  if (duration === undefined)
    return [withRemedy(invalidValue(found.value, found.key), 'Write a duration such as "90s" or "10m".')];
  if (duration % 1000 !== 0) return [generic(`${label}=${found.value} is not at second precision`, found.key)];
  return duration < 0 ? [generic(`${label}=${found.value} must be positive`, found.key)] : [];
}

/** A label that says whose child the object is needs the owner reference that proves it. */
export function ownerLabelErrors(metadata: ObjectMeta, label: string, ownerKind: string): FieldError[] {
  const name = metadata.labels?.[label];
  if (name === undefined) return [];
  const owned = metadata.ownerReferences?.some((owner) => owner.kind === ownerKind && owner.name === name);
  return owned
    ? []
    : [
        withRemedy(
          missingField(`labels.${label}`),
          `Leave the label out: the controller of the ${ownerKind} sets it on its children.`,
        ),
      ];
}

/** The label of a Service's children. */
export const serviceLabelErrors = (metadata: ObjectMeta): FieldError[] => ownerLabelErrors(metadata, labels.service, 'Service');

const ALLOWED_NETWORKING: ReadonlySet<string> = new Set([
  ...annotations.ingressClass,
  ...annotations.certificateClass,
  ...annotations.disableExternalDomainTls,
  ...annotations.httpProtocol,
]);

/** Keys under `networking.knative.dev` must be known ones; the errors' path is that of the annotations. */
export function networkingAnnotationErrors(all: Readonly<Record<string, string>> = {}): FieldError[] {
  return Object.keys(all)
    .filter((key) => key.startsWith(NETWORKING_GROUP) && !ALLOWED_NETWORKING.has(key))
    .map((key) => ({
      ...invalidKeyName(key, ''),
      ...(key === labels.visibility ? { remedy: 'Visibility is a label of the Service or Route, not an annotation.' } : {}),
    }));
}

/** Who made an object may not change; who changed it last may change only together with the spec. */
export function creatorErrors(old: KubeObject, next: KubeObject): FieldError[] {
  const [creator, modifier] = [annotations.creator[0], annotations.lastModifier[0]];
  const [before, after] = [old.metadata.annotations ?? {}, next.metadata.annotations ?? {}];
  const errors: FieldError[] = [];
  if ((before[creator] ?? '') !== (after[creator] ?? '')) errors.push(generic('annotation value is immutable', creator));
  if ((before[modifier] ?? '') !== (after[modifier] ?? '') && jsonEqual(old.spec, next.spec)) {
    errors.push(invalidValue(after[modifier] ?? '', modifier));
  }
  return via('metadata.annotations', errors);
}
