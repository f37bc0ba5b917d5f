import { type FieldError, invalidKeyName, via } from '../../base';
import { destinationErrors } from '../eventing/destination';
import type { CloudEventOverrides, Destination } from '../generated/types';

/** The part of a spec that every source has. */
export interface SourceFields {
  readonly sink: Destination;
  readonly ceOverrides?: CloudEventOverrides;
}

const NAME = /^[A-Za-z0-9]+$/;

/** What is wrong with where events go and how they are changed; the errors' path is that of the spec. */
export function sourceErrors({ sink, ceOverrides }: SourceFields): FieldError[] {
  const names = Object.keys(ceOverrides?.extensions ?? {});
  return [
    ...via('sink', destinationErrors(sink)),
    ...via(
      'ceOverrides.extensions',
      names.flatMap((name) => {
        if (name === '') return [invalidKeyName(name, '', 'keys MUST NOT be empty')];
        if (NAME.test(name)) return [];
        return [invalidKeyName(name, `[${name}]`, 'keys are expected to be alphanumeric')];
      }),
    ),
  ];
}
