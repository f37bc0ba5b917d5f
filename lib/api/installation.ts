import { EVENTING_NAMESPACE, SERVING_NAMESPACE } from './config';

/** Ports of a pod of the runtime on a cluster. */
export const RUNTIME_PORTS = {
  /** Requests from outside the cluster. */
  external: 8080,
  /** The same by HTTPS. */
  https: 8443,
  /** Requests by cluster-local names. */
  internal: 8081,
  /** `/healthz` and `/readyz`. */
  health: 8086,
  metrics: 9090,
  /** Between controllers and data plane where they are apart. */
  link: 9443,
  /** What API servers ask before they store an object, by HTTPS. */
  webhook: 4443,
} as const;

/** Names of what an installation on a cluster consists of. */
export const INSTALLATION = {
  servingNamespace: SERVING_NAMESPACE,
  eventingNamespace: EVENTING_NAMESPACE,
  /** The one pod of profile `small`. */
  runtime: 'knc-runtime',
  controller: 'knc-controller',
  gateway: 'knc-gateway',
  /** Service for requests from outside. */
  ingress: 'knc-ingress',
  eventing: 'knc-eventing',
  source: 'knc-source',
  /** Services of brokers and channels, by upstream's names. */
  brokerIngress: 'broker-ingress',
  channelDispatcher: 'imc-dispatcher',
  /** Services of what takes events and is neither. */
  jobSink: 'job-sink',
  eventTransform: 'event-transform',
  requestReply: 'request-reply',
  /** Secret by which replies are known to be replies. */
  requestReplyKeys: 'request-reply-keys',
  lease: 'knative-constructs-controller',
  /** Pods, Service and MutatingWebhookConfiguration of the webhook. */
  webhook: 'knc-webhook',
  /** Secret with the certificates by which it proves to API servers who it is. */
  webhookCertificates: 'knc-webhook-certificates',
} as const;

/** For whom the tokens are by which parts of the runtime prove to each other who they are. */
export const LINK_AUDIENCE = 'knative-constructs';
/** Where pods of the runtime that dial others have theirs. */
export const LINK_TOKEN_FOLDER = '/var/run/secrets/knative-constructs';
/** The label by which pods of a workload are known; its value is the workload's name. */
export const WORKLOAD_LABEL = 'app.kubernetes.io/name';

/** Names of what API servers ask; those of Knative's own begin their refusals, as they do upstream. */
export const WEBHOOKS = {
  serving: 'validation.webhook.serving.knative.dev',
  eventing: 'validation.webhook.eventing.knative.dev',
  settings: 'config.webhook.eventing.knative.dev',
  subjects: 'sinkbindings.webhook.sources.knative.dev',
  pods: 'pods.sinkbindings.webhook.sources.knative.dev',
} as const;
/** Where they ask. */
export const WEBHOOK_PATH = '/admission';
