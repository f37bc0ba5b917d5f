import { type CloudEvent, withAttributes } from '../cloud-event';

/** The most characters of base64 that a dead letter carries of the answer. */
const MAX_DATA = 1024;

/** Why an event could not be delivered. */
export interface DeliveryFailure {
  /** The URL at which it failed. */
  readonly destination: string;
  readonly status: number;
  readonly body: Buffer;
}

/** The event as it goes to a dead letter sink: itself, with Knative's three error extensions. */
export function deadLetter(event: CloudEvent, { destination, status, body }: DeliveryFailure): CloudEvent {
  const data = body.subarray(0, MAX_DATA).toString('base64').slice(0, MAX_DATA);
  return withAttributes(event, {
    knativeerrordest: destination,
    knativeerrorcode: status,
    knativeerrordata: data === '' ? undefined : data,
  });
}
