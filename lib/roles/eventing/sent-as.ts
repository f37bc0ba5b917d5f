import type { AuthStatus } from '../../api';
import type { ConsumerSpec, Destination } from '../../eventing';

/** A destination to which events go as the service account of a status, in the namespace of its object. */
export function sentAs(to: Destination, namespace: string | undefined, auth: AuthStatus | undefined): Destination {
  const { serviceAccountName } = auth ?? {};
  return serviceAccountName ? { ...to, identity: `${namespace}/${serviceAccountName}` } : to;
}

/**
 * A consumer whose events go everywhere as such a service account. Until there is one they wait: without a token they would be refused
 * for good.
 *
 * @param replyAudience of what replies go to, unless that is said
 */
export function consumedAs(
  spec: ConsumerSpec,
  namespace: string | undefined,
  auth: AuthStatus | undefined,
  replyAudience?: string,
): ConsumerSpec {
  const { subscriber, reply, deadLetterSink } = spec;
  const as = (to: Destination): Destination => sentAs(to, namespace, auth);
  const audience = replyAudience ? { audience: replyAudience } : {};
  return {
    ...spec,
    subscriber: subscriber && auth?.serviceAccountName ? as(subscriber) : undefined,
    ...(reply ? { reply: as({ ...audience, ...reply }) } : {}),
    ...(deadLetterSink ? { deadLetterSink: as(deadLetterSink) } : {}),
  };
}
