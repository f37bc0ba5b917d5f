import { type CloudEvent, withAttributes } from '../cloud-event';
import { redacted } from '../journal/redact';

/** The most characters of base64 that a dead letter carries of the answer. */
const MAX_DATA = 1024;

/** Why an event could not be delivered. */
export interface DeliveryFailure {
  /** The URL at which it failed. */
  readonly destination: string;
  readonly status: number;
  readonly body: Buffer;
}

/** The event as it goes to a dead letter sink: itself, with Knative's three error extensions. Secrets in the URL are not told. */
export function deadLetter(event: CloudEvent, { destination, status, body }: DeliveryFailure): CloudEvent {
  const data = body.subarray(0, MAX_DATA).toString('base64').slice(0, MAX_DATA);
  return withAttributes(event, {
    knativeerrordest: redacted(destination),
    knativeerrorcode: status,
    knativeerrordata: data === '' ? undefined : data,
  });
}

/**
 * Whether the answer of a failing URL may stand in dead letters: nobody gets to read by them what is answered in another namespace.
 * @param namespace of the subscription, which counts where the dead letters leave the cluster
 */
export function mayRead(namespace: string, deadLetterSink: string, url: string): boolean {
  const owner = namespaceOf(url);
  return owner === undefined || owner === (namespaceOf(deadLetterSink) ?? namespace);
}

const CLUSTER_HOST = /^[^.]+\.([^.]+)\.svc(?:$|\.)/;
/** The namespace of which the services stand for objects of all others: `/NAMESPACE/NAME`. */
const SHARED = 'knative-eventing';

/** The namespace of what is at a URL; undefined if it is outside the cluster. */
function namespaceOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const namespace = url && CLUSTER_HOST.exec(url.hostname)?.[1];
  return namespace === SHARED ? (url?.pathname.split('/')[1] ?? namespace) : namespace;
}
