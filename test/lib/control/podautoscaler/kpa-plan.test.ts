import {
  type Condition,
  type Deployment,
  labels,
  type Metric,
  type Pod,
  type PodAutoscaler,
  type PodAutoscalerStatus,
  type ServerlessService,
  type Stored,
} from '../../../../lib/api';
import { timestamp } from '../../../../lib/base';
import type { ScaleAnswer } from '../../../../lib/control/autoscaler';
import { podAutoscalerReconciler } from '../../../../lib/control/podautoscaler';
import { ZERO_GENERATION } from '../../../../lib/control/podautoscaler/scale-patch';
import type { Plan } from '../../../../lib/control/reconciler';
import { CONFIG, deploymentOf, NAMESPACE, observing, podAutoscalerOf, REVISION, START, stored } from './fixtures';

const NOW = START + 3_600_000;
const reconciler = podAutoscalerReconciler();

interface Situation {
  readonly annotations?: Record<string, string>;
  readonly active?: Condition['status'];
  readonly activeFor?: number;
  readonly ready?: number;
  readonly replicas?: number;
  readonly generation?: number;
  readonly answer?: ScaleAnswer;
  readonly status?: Partial<PodAutoscalerStatus>;
  readonly sks?: Stored<ServerlessService> | null;
  readonly metric?: Stored<Metric>;
}

const owner = { apiVersion: 'x/v1', kind: 'PodAutoscaler', name: REVISION, uid: 'uid-PodAutoscaler', controller: true };
const sksOf = (more: object = {}): Stored<ServerlessService> =>
  stored({
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'ServerlessService',
    metadata: { name: REVISION, namespace: NAMESPACE, ownerReferences: [owner] },
    spec: { mode: 'Proxy', objectRef: {}, protocolType: 'http1' },
    status: {
      observedGeneration: 1,
      serviceName: REVISION,
      privateServiceName: `${REVISION}-private`,
      conditions: [{ type: 'Ready', status: 'True' }],
    },
    ...more,
  } as ServerlessService);

function planOf(s: Situation): Plan & { status: PodAutoscalerStatus } {
  const at = timestamp(NOW - (s.activeFor ?? 0) * 1000);
  const conditions: Condition[] = s.active ? [{ type: 'Active', status: s.active, lastTransitionTime: at }] : [];
  const pa = stored<PodAutoscaler>({
    ...podAutoscalerOf(s.annotations),
    status: { observedGeneration: 1, serviceName: '', metricsServiceName: '', conditions, ...s.status },
  });
  const pods = Array.from(
    { length: s.ready ?? 0 },
    (_, i): Stored<Pod> =>
      stored({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `p${i}`, namespace: NAMESPACE, labels: { [labels.revision]: REVISION } },
        spec: { containers: [] },
        status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
      }),
  );
  const deployment: Stored<Deployment> = stored(deploymentOf(s.replicas ?? 1), { generation: s.generation ?? 1 });
  const sks = s.sks === null ? [] : [s.sks ?? sksOf()];
  const objects = [...sks, ...(s.metric ? [s.metric] : []), deployment, ...pods];
  const observed = observing(objects, s.answer ? { [`scale/${NAMESPACE}/${REVISION}`]: s.answer } : {});
  return reconciler.plan(pa, observed, CONFIG, NOW) as Plan & { status: PodAutoscalerStatus };
}

const conditionsOf = ({ status }: { status: PodAutoscalerStatus }) =>
  Object.fromEntries(
    (status.conditions ?? []).map(({ type, status: is, reason, message }) => [type, [is, reason ?? '', message ?? '']]),
  );
const child = (plan: Plan, kind: string) => plan.apply?.find(({ type }) => type.kind === kind)?.object;
const scaleOf = (plan: Plan) => plan.patch?.map(({ patch }) => ('json' in patch ? patch.json[0]!.value : undefined));

test('a new PodAutoscaler gets a ServerlessService in mode Proxy, and waits for it', () => {
  const plan = planOf({ sks: null });
  expect(plan.apply).toHaveLength(1);
  expect(child(plan, 'ServerlessService')).toEqual({
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'ServerlessService',
    metadata: {
      name: REVISION,
      namespace: NAMESPACE,
      labels: { [labels.revision]: REVISION, app: REVISION },
      annotations: { 'autoscaling.knative.dev/class': 'kpa.autoscaling.knative.dev' },
      ownerReferences: [{ ...owner, apiVersion: 'autoscaling.internal.knative.dev/v1alpha1', blockOwnerDeletion: true }],
    },
    spec: {
      mode: 'Proxy',
      objectRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `${REVISION}-deployment` },
      protocolType: 'http1',
      numActivators: 3,
    },
  });
  expect(conditionsOf(plan)).toEqual({
    Active: ['Unknown', 'Queued', 'Requests to the target are being buffered as resources are provisioned.'],
    Ready: ['Unknown', 'Queued', 'Requests to the target are being buffered as resources are provisioned.'],
    SKSReady: ['Unknown', 'NotReady', 'No Private Service Name'],
    ScaleTargetInitialized: ['Unknown', '', ''],
  });
  expect(plan.status).toMatchObject({ desiredScale: -1, actualScale: 0, observedGeneration: 1 });
});

test('with Services it asks for a scale and has its windows shown', () => {
  const plan = planOf({ active: 'Unknown', annotations: { 'autoscaling.knative.dev/window': '2m' } });
  expect(plan.asks).toEqual([
    {
      topic: 'scale',
      key: `${NAMESPACE}/${REVISION}`,
      input: expect.objectContaining({ target: 70, total: 100, readyPods: 0, stableWindow: 120_000, panicWindow: 12_000 }),
    },
  ]);
  expect(child(plan, 'Metric')).toMatchObject({
    metadata: { annotations: { 'autoscaling.knative.dev/metric': 'concurrency' } },
    spec: { stableWindow: 120e9, panicWindow: 12e9, scrapeTarget: `${REVISION}-private` },
  });
  expect(plan.status).toMatchObject({ metricsServiceName: `${REVISION}-private`, serviceName: REVISION, desiredScale: -1 });
});

test('with unlimited burst capacity nothing is to be scraped', () => {
  const plan = planOf({ annotations: { 'autoscaling.knative.dev/target-burst-capacity': '-1' } });
  expect(child(plan, 'Metric')).toMatchObject({ spec: { scrapeTarget: '' } });
});

test('enough ready pods make it ready', () => {
  const plan = planOf({ active: 'Unknown', ready: 1 });
  expect(conditionsOf(plan)).toEqual({
    Active: ['True', '', ''],
    Ready: ['True', '', ''],
    SKSReady: ['True', '', ''],
    ScaleTargetInitialized: ['True', '', ''],
  });
  expect(plan.patch).toEqual([]);
});

test('the scale goes through the scale subresource of the Deployment', () => {
  const plan = planOf({ active: 'True', ready: 1, answer: { desired: 7, excessBurstCapacity: -3 } });
  expect(plan.patch).toEqual([
    {
      type: expect.objectContaining({ kind: 'Deployment' }),
      namespace: NAMESPACE,
      name: `${REVISION}-deployment`,
      subresource: 'scale',
      patch: { json: [{ op: 'add', path: '/spec/replicas', value: 7 }] },
      // Requests wait for more pods; for fewer nobody does.
      urgent: true,
    },
  ]);
  expect(plan.status).toMatchObject({ desiredScale: 7, actualScale: 1 });
});

test('zero is put only in place of what was seen', () => {
  const plan = planOf({ active: 'False', activeFor: 60, ready: 1, answer: { desired: 0, excessBurstCapacity: 0 } });
  expect(plan.patch).toEqual([expect.objectContaining({ resourceVersion: '7' })]);
  expect(plan.patch![0]).not.toHaveProperty('urgent');
  expect(plan.status.annotations).toEqual({ [ZERO_GENERATION]: '1' });
});

test.each<[string, Situation, string, number]>([
  ['a burst that fits', { ready: 10, answer: { desired: 10, excessBurstCapacity: 5 } }, 'Serve', 13],
  ['a burst that does not', { ready: 3, answer: { desired: 3, excessBurstCapacity: -1 } }, 'Proxy', 6],
  ['nothing wanted', { ready: 1, answer: { desired: 0, excessBurstCapacity: 5 }, activeFor: 90 }, 'Proxy', 4],
  ['nothing known of an inactive revision', { active: 'False', answer: undefined }, 'Proxy', 3],
])('the mode and the gateways for %s', (_, situation, mode, numActivators) => {
  const plan = planOf({ active: 'True', ...situation });
  expect(child(plan, 'ServerlessService')).toMatchObject({ spec: { mode, numActivators } });
});

test('a ServerlessService that is not ready keeps it from being ready', () => {
  const conditions = [{ type: 'Ready', status: 'Unknown', message: 'K8s Service is not ready' }];
  const sks = sksOf({ status: { ...sksOf().status, conditions } });
  const plan = planOf({ active: 'True', ready: 1, sks });
  expect(conditionsOf(plan)).toMatchObject({
    SKSReady: ['Unknown', 'NotReady', 'K8s Service is not ready'],
    Ready: ['Unknown', 'NotReady', 'K8s Service is not ready'],
  });
});

test('after a restart the last known scale is kept', () => {
  expect(planOf({ active: 'True', ready: 4, status: { desiredScale: 4 } }).status.desiredScale).toBe(4);
});

test.each([
  ['ServerlessService', { sks: sksOf({ metadata: { name: REVISION, namespace: NAMESPACE, uid: 'x' } }) }],
  [
    'Metric',
    {
      metric: stored<Metric>({
        apiVersion: 'x/v1',
        kind: 'Metric',
        metadata: { name: REVISION },
        spec: { stableWindow: 1, panicWindow: 1, scrapeTarget: '' },
      }),
    },
  ],
])('somebody else’s %s is left alone', (kind, situation) => {
  const plan = planOf({ active: 'True', ...situation });
  expect(plan.apply ?? []).toEqual([]);
  expect(conditionsOf(plan).Active).toEqual([
    'False',
    'NotOwned',
    `There is an existing ${kind} "${REVISION}" that we do not own.`,
  ]);
});

describe('a scale that went up from zero', () => {
  const zeroed = { annotations: { [ZERO_GENERATION]: '3' } };
  const idle: ScaleAnswer = { desired: 0, excessBurstCapacity: -211 };
  const before = { active: 'False', activeFor: 600, answer: idle, status: zeroed } as const;

  test('is an activation, and what was asked for zero is forgotten', () => {
    const plan = planOf({ ...before, replicas: 1, generation: 5 });
    expect(plan.patch).toEqual([]);
    expect(conditionsOf(plan).Active).toEqual(['Unknown', 'Queued', expect.any(String)]);
    expect(plan.status.annotations).toBeUndefined();
    expect(plan.requeueAfter).toBeGreaterThan(0);
  });

  test('is one before anything is known of the load', () => {
    expect(conditionsOf(planOf({ ...before, answer: undefined, replicas: 1, generation: 5 })).Active![0]).toBe('Unknown');
  });

  test('is not: what is seen is the generation that zero was asked of', () => {
    expect(scaleOf(planOf({ ...before, replicas: 1, generation: 3 }))).toEqual([0]);
  });

  test('is not: there are no pods, only a new template', () => {
    const plan = planOf({ ...before, replicas: 0, generation: 8 });
    expect(conditionsOf(plan).Active![0]).toBe('False');
    expect(plan.status.annotations).toEqual({ [ZERO_GENERATION]: '8' });
  });

  test('is followed by the decision as soon as there is one', () => {
    const plan = planOf({ ...before, replicas: 1, generation: 5, answer: { desired: 2, excessBurstCapacity: -211 } });
    expect(scaleOf(plan)).toEqual([2]);
    expect(conditionsOf(plan).Active![0]).toBe('Unknown');
  });
});

test('the same situation gives the same plan, and its status no reason for another', () => {
  const first = planOf({ active: 'Unknown', activeFor: 10, ready: 1 });
  const again = planOf({ status: first.status, ready: 1 });
  expect(again.status).toEqual(first.status);
});

test('a class that is somebody else’s is left alone', () => {
  const annotations = { 'autoscaling.knative.dev/class': 'keda.example.com' };
  const pa = stored(podAutoscalerOf(annotations));
  expect(reconciler.plan(pa, observing([]), CONFIG, NOW)).toEqual({});
  expect(reconciler.reads(pa, CONFIG)).toEqual([]);
});
