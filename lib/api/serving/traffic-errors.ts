import {
  disallowedFields,
  type FieldError,
  generic,
  invalidKeyName,
  invalidValue,
  missingOneOf,
  multipleOneOf,
  via,
  withRemedy,
} from '../../base';
import type { TrafficTarget } from '../generated/types';
import { dns1035LabelErrors, goList, qualifiedNameErrors } from '../names';

function latestErrors({ latestRevision, revisionName = '' }: TrafficTarget): FieldError[] {
  if (latestRevision === undefined || (revisionName !== '') !== latestRevision) return [];
  const message = `may not set revisionName ${JSON.stringify(revisionName)} when latestRevision is ${latestRevision}`;
  return [withRemedy(generic(message, 'latestRevision'), 'Leave latestRevision out: revisionName decides it.')];
}

function referenceErrors(target: TrafficTarget, withinService: boolean): FieldError[] {
  const { configurationName = '', revisionName = '' } = target;
  const badName = (name: string, field: string) => {
    const messages = qualifiedNameErrors(name);
    return messages.length > 0 ? [invalidKeyName(name, field, messages.join(', '))] : [];
  };
  if (withinService && configurationName !== '') {
    return [
      withRemedy(
        disallowedFields('configurationName'),
        'A Service routes to its own revisions; use a Route to reach several configurations.',
      ),
    ];
  }
  if (revisionName !== '' && configurationName !== '') return [multipleOneOf('revisionName', 'configurationName')];
  if (revisionName !== '') return badName(revisionName, 'revisionName');
  if (configurationName !== '') return badName(configurationName, 'configurationName');
  return withinService ? [] : [missingOneOf('revisionName', 'configurationName')];
}

/** Tags that are no DNS label, and tags given twice; paths begin at the list. */
function tagErrors(traffic: readonly TrafficTarget[]): FieldError[] {
  const first = new Map<string, number>();
  return traffic.flatMap(({ tag = '' }, i) => {
    if (tag === '') return [];
    const messages = dns1035LabelErrors(tag);
    const invalid = messages.length > 0 ? [invalidValue(`not a DNS 1035 label: ${goList(messages)}`, `[${i}].tag`)] : [];
    const earlier = first.get(tag);
    if (earlier === undefined) first.set(tag, i);
    return earlier === undefined
      ? invalid
      : [...invalid, generic(`Multiple definitions for ${JSON.stringify(tag)}`, `[${i}].tag`, `[${earlier}].tag`)];
  });
}

function sumError(traffic: readonly TrafficTarget[]): FieldError[] {
  const sum = traffic.reduce((total, target) => total + (target.percent ?? 0), 0);
  if (sum === 100) return [];
  const error = generic(`Traffic targets sum to ${sum}, want 100`);
  const rest = Math.abs(100 - sum);
  return [withRemedy(error, sum < 100 ? `Give ${rest} more to one of the targets.` : `Take ${rest} away from the targets.`)];
}

/** The targets of a Route or, `withinService`, of a Service, after defaults; paths begin at the list. */
export function trafficErrors(traffic: readonly TrafficTarget[] = [], withinService: boolean): FieldError[] {
  return [
    ...traffic.flatMap((target, i) =>
      via(`[${i}]`, [
        ...latestErrors(target),
        ...referenceErrors(target, withinService),
        ...(target.url ? [disallowedFields('url')] : []),
      ]),
    ),
    ...tagErrors(traffic),
    ...sumError(traffic),
  ];
}
