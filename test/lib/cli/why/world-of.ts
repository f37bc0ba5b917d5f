import type { Condition, KubeObject } from '../../../../lib/api';
import { World } from '../../../../lib/cli/why/world';

/** 2026-01-01T00:00:00Z. */
export const NOW = Date.UTC(2026, 0, 1);

export const condition = (status: Condition['status'], reason?: string, message?: string): Condition => ({
  type: 'Ready',
  status,
  ...(reason ? { reason } : {}),
  ...(message ? { message } : {}),
});

const knative =
  (kind: string) =>
  (name: string, ready: Condition, more: object = {}): KubeObject => ({
    apiVersion: 'serving.knative.dev/v1',
    kind,
    metadata: { name, namespace: 'default', generation: 1 },
    status: { observedGeneration: 1, conditions: [ready], ...more },
  });

export const service = knative('Service');
export const route = knative('Route');
export const configuration = knative('Configuration');
export const revision = knative('Revision');

export const ingress = (name: string, ready: Condition): KubeObject => ({
  ...knative('Ingress')(name, ready),
  apiVersion: 'networking.internal.knative.dev/v1alpha1',
});

const revisionLabels = (name: string) => ({
  'serving.knative.dev/revision': name,
  'serving.knative.dev/service': name.replace(/-\d+$/, ''),
});

export const deployment = (ofRevision: string, wanted: number, ready: number): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: `${ofRevision}-deployment`, namespace: 'default', labels: revisionLabels(ofRevision) },
  spec: { replicas: wanted, selector: { matchLabels: { 'serving.knative.dev/revision': ofRevision } }, template: {} },
  status: { readyReplicas: ready },
});

export const pod = (ofRevision: string, name: string, state: object, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'default',
    labels: revisionLabels(ofRevision),
    annotations: { 'local.knative-constructs.dev/ports': '{"8080":40001}' },
  },
  spec: { containers: [{ name: 'user-container', image: 'app', ports: [{ containerPort: 8080 }] }] },
  status: {
    phase: 'Running',
    podIP: '127.0.0.1',
    containerStatuses: [{ name: 'user-container', ready: false, restartCount: 0, ...state, ...more }],
  },
});

export const warning = (about: string, reason: string, message: string, at = '2026-01-01T00:00:00Z'): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${about}.${at}`, namespace: 'default' },
    type: 'Warning',
    reason,
    message,
    lastTimestamp: at,
    involvedObject: { kind: 'Pod', namespace: 'default', name: about },
  }) as KubeObject;

/** A service whose only revision is not ready, with what lies below it. */
export const deploying = (...below: KubeObject[]): KubeObject[] => [
  service('hello', condition('Unknown', 'RevisionMissing', 'Configuration "hello" is waiting for a Revision to become ready.')),
  configuration('hello', condition('Unknown'), { latestCreatedRevisionName: 'hello-00001' }),
  route('hello', condition('Unknown', 'RevisionMissing', 'Configuration "hello" is waiting for a Revision to become ready.')),
  revision('hello-00001', condition('Unknown', 'Deploying')),
  deployment('hello-00001', 1, 0),
  ...below,
];

export const worldOf = (objects: readonly KubeObject[], logs: Readonly<Record<string, readonly string[]>> = {}): World =>
  new World(objects, NOW, (_namespace, name) => logs[name] ?? []);
