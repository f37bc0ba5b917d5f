import { type Deployment, labels, type Pod, type PodAutoscaler, type ServerlessService, type Stored } from '../../../../lib/api';
import { type HorizontalPodAutoscaler, podAutoscalerReconciler } from '../../../../lib/control/podautoscaler';
import type { Plan } from '../../../../lib/control/reconciler';
import { CONFIG, deploymentOf, NAMESPACE, observing, podAutoscalerOf, REVISION, START, stored } from './fixtures';

const reconciler = podAutoscalerReconciler({ kubernetesScales: true });
const owner = { apiVersion: 'x/v1', kind: 'PodAutoscaler', name: REVISION, uid: 'uid-PodAutoscaler', controller: true };
const hpaPa = (annotations: Record<string, string> = {}): Stored<PodAutoscaler> => {
  const pa = podAutoscalerOf();
  const own = Object.entries({ class: 'hpa.autoscaling.knative.dev', metric: 'cpu', ...annotations });
  return stored({
    ...pa,
    metadata: { ...pa.metadata, annotations: Object.fromEntries(own.map(([k, v]) => [`autoscaling.knative.dev/${k}`, v])) },
  });
};
const sks = stored({
  apiVersion: 'networking.internal.knative.dev/v1alpha1',
  kind: 'ServerlessService',
  metadata: { name: REVISION, namespace: NAMESPACE, ownerReferences: [owner] },
  spec: { mode: 'Serve', objectRef: {}, protocolType: 'http1' },
  status: {
    observedGeneration: 1,
    serviceName: REVISION,
    privateServiceName: `${REVISION}-private`,
    conditions: [{ type: 'Ready', status: 'True' }],
  },
} as ServerlessService);
const hpaWith = (status?: HorizontalPodAutoscaler['status']): Stored<HorizontalPodAutoscaler> =>
  stored({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: REVISION, namespace: NAMESPACE, ownerReferences: [owner] },
    spec: { scaleTargetRef: {}, maxReplicas: 3 },
    ...(status ? { status } : {}),
  });
const readyPod: Stored<Pod> = stored({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: NAMESPACE, labels: { [labels.revision]: REVISION } },
  spec: { containers: [] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});
const deployment = (replicas: number): Stored<Deployment> => stored(deploymentOf(replicas));

function planOf(pa: Stored<PodAutoscaler>, objects: Parameters<typeof observing>[0], afterSeconds = 1) {
  return reconciler.plan(pa, observing(objects), CONFIG, START + afterSeconds * 1000) as Plan & {
    status: NonNullable<PodAutoscaler['status']>;
  };
}
const condition = ({ status }: ReturnType<typeof planOf>, type: string) => status.conditions?.find((c) => c.type === type);
const specOf = (annotations: Record<string, string>) => planOf(hpaPa(annotations), []).apply?.[0]?.object.spec;

describe('the HorizontalPodAutoscaler', () => {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: `${REVISION}-deployment` };
  const max = 2 ** 31 - 1;

  test.each<[string, Record<string, string>, object]>([
    ['nothing said', {}, { scaleTargetRef, maxReplicas: max }],
    ['bounds', { 'min-scale': '2', 'max-scale': '9' }, { scaleTargetRef, minReplicas: 2, maxReplicas: 9 }],
    [
      'cpu in percent',
      { target: '49.5' },
      {
        scaleTargetRef,
        maxReplicas: max,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
      },
    ],
    [
      'memory in mebibytes',
      { metric: 'memory', target: '200' },
      {
        scaleTargetRef,
        maxReplicas: max,
        metrics: [{ type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '200Mi' } } }],
      },
    ],
    [
      'any other metric per pod',
      { metric: 'queue_length', target: '30' },
      {
        scaleTargetRef,
        maxReplicas: max,
        metrics: [
          { type: 'Pods', pods: { metric: { name: 'queue_length' }, target: { type: 'AverageValue', averageValue: '30' } } },
        ],
      },
    ],
    [
      'a window',
      { window: '90s' },
      {
        scaleTargetRef,
        maxReplicas: max,
        behavior: { scaleUp: { stabilizationWindowSeconds: 90 }, scaleDown: { stabilizationWindowSeconds: 90 } },
      },
    ],
  ])('with %s', (_, annotations, spec) => {
    expect(specOf(annotations)).toEqual(spec);
  });
});

test('its ServerlessService always serves, and no scale is asked for', () => {
  const plan = planOf(hpaPa(), [deployment(1)]);
  expect(plan.apply?.[1]?.object.spec).toMatchObject({ mode: 'Serve' });
  expect(plan.apply?.[1]?.object.spec).not.toHaveProperty('numActivators');
  expect(plan.asks ?? []).toEqual([]);
  expect(condition(plan, 'SKSReady')).toMatchObject({ status: 'Unknown', message: 'SKS Services are not ready yet' });
});

test('where Kubernetes acts on it, its numbers count and the scale is Kubernetes’', () => {
  const plan = planOf(hpaPa(), [deployment(3), sks, hpaWith({ currentReplicas: 3, desiredReplicas: 5 })], 3600);
  expect(plan.status).toMatchObject({ desiredScale: 5, actualScale: 3, serviceName: REVISION });
  expect(plan.patch).toEqual([]);
  expect(condition(plan, 'Ready')?.status).toBe('True');
  expect(condition(plan, 'HorizontalPodAutoscalerObserved')).toBeUndefined();
});

describe('where nobody acts on it', () => {
  test('the revision becomes ready by its own pods', () => {
    const plan = planOf(hpaPa(), [deployment(1), sks, hpaWith(), readyPod]);
    expect(condition(plan, 'Ready')?.status).toBe('True');
    expect(plan.status).toMatchObject({ desiredScale: 1, actualScale: 1 });
    expect(plan.requeueAfter).toBe(29_000);
    expect(plan.events).toEqual([]);
  });

  test.each([
    ['the minimum', { 'min-scale': '3' }, 1, [3]],
    ['the maximum', { 'max-scale': '2' }, 5, [2]],
    ['one, if it is at zero', {}, 0, [1]],
    ['what it is, in between', { 'min-scale': '1', 'max-scale': '5' }, 4, []],
  ])('the scale is %s', (_, annotations, replicas, want) => {
    const plan = planOf(hpaPa(annotations), [deployment(replicas), sks, hpaWith()]);
    expect(plan.patch?.map(({ patch }) => ('json' in patch ? patch.json[0]!.value : undefined))).toEqual(want);
  });

  test('a condition and one event say so after half a minute', () => {
    const plan = planOf(hpaPa(), [deployment(1), sks, hpaWith(), readyPod], 30);
    const message =
      'Nobody acts on HorizontalPodAutoscalers here: the revision stays at 1 pod whatever its load. ' +
      'The class kpa.autoscaling.knative.dev scales by requests.';
    expect(condition(plan, 'HorizontalPodAutoscalerObserved')).toMatchObject({
      status: 'False',
      severity: 'Info',
      reason: 'NoController',
      message,
    });
    expect(condition(plan, 'Ready')?.status).toBe('True');
    expect(plan.events).toEqual([{ type: 'Warning', reason: 'NoHorizontalPodAutoscaling', message }]);
    const again = planOf({ ...hpaPa(), status: plan.status }, [deployment(1), sks, hpaWith(), readyPod], 40);
    expect(again.events).toEqual([]);
    expect(again.status).toEqual(plan.status);
  });
});

test('where it is known that nobody would act on one, none is made, and that is said at once', () => {
  const local = podAutoscalerReconciler();
  const plan = local.plan(hpaPa(), observing([deployment(1), sks, readyPod]), CONFIG, START) as ReturnType<typeof planOf>;
  expect(plan.apply?.map(({ type }) => type.kind)).toEqual(['ServerlessService']);
  expect(condition(plan, 'HorizontalPodAutoscalerObserved')).toMatchObject({ status: 'False', reason: 'NoController' });
  expect(condition(plan, 'Ready')?.status).toBe('True');
  expect(plan.events).toHaveLength(1);
  expect(local.watches.map(({ kind }) => kind)).not.toContain('HorizontalPodAutoscaler');
});

test('a HorizontalPodAutoscaler of somebody else is left alone', () => {
  const foreign = { ...hpaWith(), metadata: { ...hpaWith().metadata, ownerReferences: [] } };
  const plan = planOf(hpaPa(), [deployment(1), foreign]);
  expect(condition(plan, 'Active')).toMatchObject({ status: 'False', reason: 'NotOwned' });
  expect(plan.apply ?? []).toEqual([]);
});

test('one that cannot be created is said by name', () => {
  const observed = {
    ...observing([deployment(1)]),
    failure: (type: { kind: string }) => (type.kind === 'HorizontalPodAutoscaler' ? 'no' : undefined),
  };
  const plan = reconciler.plan(hpaPa(), observed, CONFIG, START) as ReturnType<typeof planOf>;
  expect(condition(plan, 'Active')).toMatchObject({
    reason: 'FailedCreate',
    message: `Failed to create HorizontalPodAutoscaler "${REVISION}".`,
  });
});
