import { disallowedFields, type FieldError, invalidValue, outOfBounds, via, withRemedy } from '../../base';
import type { DefaultsConfig, ServingConfig } from '../config';
import type { RevisionSpec, RevisionTemplateSpec } from '../generated/types';
import { annotations } from '../keys';
import type { ObjectMeta } from '../meta';
import { networkingAnnotationErrors, wholeSecondsErrors, withNameSuggestion } from '../metadata';
import { dns1035LabelErrors, dns1035PrefixErrors, goList } from '../names';
import { autoscalingAnnotationErrors } from './autoscaling-annotations';
import { podSpecErrors } from './pod-spec-errors';
import { queueSidecarErrors } from './queue-sidecar-annotations';

/** The hard limit of requests per pod. */
export function containerConcurrencyErrors(value: number | undefined, config: DefaultsConfig): FieldError[] {
  const low = config.allowContainerConcurrencyZero ? 0 : 1;
  if (value === undefined || (value >= low && value <= config.containerConcurrencyMaxLimit)) return [];
  return [outOfBounds(value, low, config.containerConcurrencyMaxLimit, 'containerConcurrency')];
}

function timeoutErrors(timeoutSeconds: number | undefined, config: DefaultsConfig): FieldError[] {
  const most = config.maxRevisionTimeout / 1000;
  if (!timeoutSeconds || (timeoutSeconds >= 0 && timeoutSeconds <= most)) return [];
  return [
    withRemedy(
      outOfBounds(timeoutSeconds, 0, most, 'timeoutSeconds'),
      `Lower it, or raise max-revision-timeout-seconds in ConfigMap config-defaults.`,
    ),
  ];
}

/** A revision's spec, after defaults. */
export function revisionSpecErrors(spec: RevisionSpec, config: ServingConfig): FieldError[] {
  return [
    ...podSpecErrors(spec, config.features),
    ...timeoutErrors(spec.timeoutSeconds, config.defaults),
    ...containerConcurrencyErrors(spec.containerConcurrency, config.defaults),
  ];
}

function nameErrors({ name = '', generateName = '' }: ObjectMeta, parent: ObjectMeta): FieldError[] {
  if (generateName !== '') {
    const messages = dns1035PrefixErrors(generateName);
    if (messages.length > 0) return [invalidValue(`not a DNS 1035 label prefix: ${goList(messages)}`, 'generateName')];
  }
  if (name === '') return [];
  const messages = dns1035LabelErrors(name);
  if (messages.length > 0) return [withNameSuggestion(invalidValue(`not a DNS 1035 label: ${goList(messages)}`, 'name'), name)];
  if (!parent.name && parent.generateName) return [disallowedFields('name')];
  const prefix = `${parent.name ?? ''}-`;
  if (name.startsWith(prefix)) return [];
  return [
    withRemedy(
      invalidValue(`${JSON.stringify(name)} must have prefix ${JSON.stringify(prefix)}`, 'name'),
      `Name the revision "${prefix}${name}", or leave the name out to have one made.`,
    ),
  ];
}

/** A template, after defaults; `parent` is the metadata of the Service or Configuration that has it. */
export function templateErrors(template: RevisionTemplateSpec, parent: ObjectMeta, config: ServingConfig): FieldError[] {
  const metadata = template.metadata ?? {};
  const all = metadata.annotations;
  return [
    ...via('spec', revisionSpecErrors(template.spec, config)),
    ...via('metadata', nameErrors(metadata, parent)),
    ...via('metadata.annotations', [
      ...autoscalingAnnotationErrors(all, config.autoscaler),
      ...networkingAnnotationErrors(all),
      ...queueSidecarErrors(all, config),
      ...wholeSecondsErrors(all, annotations.progressDeadline, 'progress-deadline'),
    ]),
  ];
}
