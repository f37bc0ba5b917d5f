import {
  type Deployment,
  DeploymentType,
  defaultServingConfig,
  type KubeObject,
  annotations as keys,
  labels,
  type PodAutoscaler,
  type ServingConfig,
  type Stored,
} from '../../../../lib/api';
import type { Observed } from '../../../../lib/control/reconciler';

export const NAMESPACE = 'default';
export const REVISION = 'hello-00001';
export const CONFIG: ServingConfig = defaultServingConfig;
export const START = Date.UTC(2026, 0, 1);

/** Settings with some of the autoscaler's changed. */
export const configWith = (autoscaler: Partial<ServingConfig['autoscaler']>): ServingConfig => ({
  ...CONFIG,
  autoscaler: { ...CONFIG.autoscaler, ...autoscaler },
});

export function stored<T extends KubeObject>(object: T, more: Partial<T['metadata']> = {}): Stored<T> {
  const metadata = {
    uid: `uid-${object.kind}`,
    resourceVersion: '7',
    generation: 1,
    creationTimestamp: new Date(START).toISOString(),
    ...object.metadata,
    ...more,
  };
  return { ...object, metadata } as Stored<T>;
}

export function podAutoscalerOf(annotations: Readonly<Record<string, string>> = {}): PodAutoscaler {
  return {
    apiVersion: 'autoscaling.internal.knative.dev/v1alpha1',
    kind: 'PodAutoscaler',
    metadata: {
      name: REVISION,
      namespace: NAMESPACE,
      labels: { [labels.revision]: REVISION, app: REVISION },
      annotations: { [keys.class[0]]: 'kpa.autoscaling.knative.dev', [keys.metric[0]]: 'concurrency', ...annotations },
    },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `${REVISION}-deployment` },
      protocolType: 'http1',
      reachability: 'Reachable',
    },
  };
}

export function deploymentOf(replicas: number): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: DeploymentType.kind,
    metadata: { name: `${REVISION}-deployment`, namespace: NAMESPACE },
    spec: {
      replicas,
      selector: { matchLabels: { [labels.revisionUID]: 'abc' } },
      template: { spec: { containers: [] } },
    },
  };
}

/** What a plan sees: these objects, and answers by `topic/key`. */
export function observing(objects: readonly KubeObject[], answers: Readonly<Record<string, unknown>> = {}): Observed {
  const isOf = (object: KubeObject, kind: string) => object.kind === kind;
  return {
    get: (type, _namespace, name) => objects.find((o) => isOf(o, type.kind) && o.metadata.name === name) as never,
    list: (type, _namespace, wanted) =>
      objects.filter(
        (o) => isOf(o, type.kind) && Object.entries(wanted).every(([key, value]) => o.metadata.labels?.[key] === value),
      ) as never,
    find: () => [],
    answer: (topic, key) => answers[`${topic}/${key}`],
    failure: () => undefined,
  };
}
