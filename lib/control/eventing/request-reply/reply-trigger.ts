import {
  apiVersionOf,
  childName,
  controllerRef,
  type RequestReply,
  type ServingConfig,
  type Stored,
  type Trigger,
  TriggerType,
} from '../../../api';

/** Where requests are taken and replies come back, for all namespaces, as upstream has it. */
const RECEIVER = 'request-reply.knative-eventing.svc';
/** The Secret with the keys by which replies are told from forgeries. */
const KEYS = 'request-reply-keys';
/** One process takes all requests: upstream has a trigger for each of its pods. */
const REPLICAS = 1;

const LABEL = 'eventing.knative.dev/RequestReply';

export const replyTriggerName = (requestReply: string): string => childName(requestReply, `0-${REPLICAS}`);

export const requestReplyUrl = ({ metadata }: Stored<RequestReply>, { domain }: ServingConfig): string =>
  `http://${RECEIVER}.${domain.clusterDomain}/${metadata.namespace}/${metadata.name}`;

/**
 * The trigger that brings replies back: those of which the reply attribute was made here.
 * @param requestReply with its defaults
 */
export function makeReplyTrigger(requestReply: Stored<RequestReply>, config: ServingConfig): Trigger {
  const { metadata, spec } = requestReply;
  const { name, namespace } = metadata;
  // Without the first part, every event without the attribute would be one that failed.
  const cesql = `EXISTS ${spec.replyAttribute} AND KN_VERIFY_CORRELATION_ID(${spec.replyAttribute}, "${name}", "${namespace}", "${KEYS}", 0, ${REPLICAS})`;
  return {
    apiVersion: apiVersionOf(TriggerType),
    kind: TriggerType.kind,
    metadata: {
      name: replyTriggerName(name),
      namespace,
      labels: {
        [`${LABEL}.name`]: name,
        [`${LABEL}.namespace`]: namespace ?? '',
        [`${LABEL}.dataPlaneReplicas`]: String(REPLICAS),
      },
      ownerReferences: [controllerRef(requestReply)],
    },
    spec: {
      broker: spec.brokerRef.name,
      filters: [{ cesql }],
      ...(spec.delivery ? { delivery: spec.delivery } : {}),
      subscriber: { uri: `${requestReplyUrl(requestReply, config)}/reply` },
    },
  };
}
