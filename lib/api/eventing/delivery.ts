import { disallowedFields, type FieldError, invalidValue, via, withRemedy } from '../../base';
import type { EventingFeatures } from '../config/eventing-features';
import type { DeliverySpec } from '../generated/types';
import { defaultDestination, destinationErrors } from './destination';
import { parseIsoDuration } from './iso-duration';

/** The delivery with the namespace of the object that holds it in its dead letter sink, unless that names one. */
export function defaultDelivery(delivery: DeliverySpec, namespace: string | undefined): DeliverySpec {
  const { deadLetterSink } = delivery;
  const full = deadLetterSink && defaultDestination(deadLetterSink, namespace);
  return full === deadLetterSink ? delivery : { ...delivery, deadLetterSink: full };
}

function durationErrors(
  value: string | undefined,
  path: string,
  isFine: (milliseconds: number) => boolean = () => true,
): FieldError[] {
  if (value === undefined) return [];
  const duration = parseIsoDuration(value);
  if (duration !== undefined && isFine(duration)) return [];
  return [withRemedy(invalidValue(value, path), 'Write an ISO-8601 duration such as "PT0.5S" or "PT2M".')];
}

/** What is wrong with how events are delivered; the errors' path is that of the DeliverySpec. */
export function deliveryErrors(delivery: DeliverySpec | undefined, features: EventingFeatures): FieldError[] {
  if (!delivery) return [];
  const { deadLetterSink, retry = 0, timeout, backoffDelay, retryAfterMax } = delivery;
  return [
    ...via('deadLetterSink', destinationErrors(deadLetterSink)),
    ...(retry < 0 ? [invalidValue(retry, 'retry')] : []),
    ...(timeout !== undefined && !features.deliveryTimeout ? [disallowedFields('timeout')] : []),
    ...durationErrors(timeout, 'timeout', (milliseconds) => milliseconds !== 0),
    ...durationErrors(backoffDelay, 'backoffDelay'),
    ...(retryAfterMax !== undefined && !features.deliveryRetryAfter
      ? [withRemedy(disallowedFields('retryAfterMax'), 'Switch on the feature delivery-retryafter of the installation.')]
      : durationErrors(retryAfterMax, 'retryAfterMax', (milliseconds) => milliseconds >= 0)),
  ];
}
