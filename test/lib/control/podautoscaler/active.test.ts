import type { Condition, Pod } from '../../../../lib/api';
import { markActive, podAutoscalerConditions } from '../../../../lib/control/podautoscaler/active';
import { countPods, noPods } from '../../../../lib/control/podautoscaler/pod-counts';
import { scalingOptions } from '../../../../lib/control/podautoscaler/scaling-options';
import { configWith, podAutoscalerOf, START } from './fixtures';

type State = 'activating' | 'active' | 'inactive';
const statusOf: Record<State, Condition['status']> = { activating: 'Unknown', active: 'True', inactive: 'False' };

test.each<[want: number, ready: number, min: number, before: State, after: State, reason: string]>([
  [0, 3, 2, 'active', 'inactive', 'NoTraffic'],
  [0, 0, 1, 'activating', 'inactive', 'TimedOut'],
  [0, 0, 1, 'inactive', 'inactive', 'NoTraffic'],
  [5, 1, 2, 'inactive', 'activating', 'Queued'],
  [5, 1, 2, 'active', 'activating', 'Queued'],
  [5, 2, 2, 'activating', 'active', ''],
  [5, 2, 2, 'inactive', 'active', ''],
  [-1, 1, 2, 'inactive', 'inactive', 'NoTraffic'],
  [-1, 1, 2, 'activating', 'activating', 'Queued'],
  [-1, 1, 2, 'active', 'activating', 'Queued'],
  [-1, 2, 2, 'inactive', 'inactive', ''],
  [-1, 2, 2, 'activating', 'active', ''],
  [-1, 2, 2, 'active', 'active', ''],
  [-1, 0, 0, 'activating', 'inactive', 'NoTraffic'],
  [-1, 1, 0, 'active', 'inactive', 'NoTraffic'],
])('wanted %d, ready %d of at least %d: %s becomes %s', (want, ready, min, before, after, reason) => {
  const active: Condition = { type: 'Active', status: statusOf[before] };
  const conditions = podAutoscalerConditions.manage([active], START);
  const scale = { 'autoscaling.knative.dev/min-scale': `${min}`, 'autoscaling.knative.dev/initial-scale': `${min}` };
  const options = scalingOptions(podAutoscalerOf(scale), configWith({ allowZeroInitialScale: true }));
  const marked = markActive(conditions, want, { ...noPods, ready }, options, '');
  expect(marked.get('Active')).toMatchObject({ status: statusOf[after], ...(reason ? { reason } : {}) });
});

test.each([
  ['enough pods and a Service', 2, 'svc', 'True'],
  ['too few pods', 1, 'svc', 'Unknown'],
  ['no Service yet', 2, '', 'Unknown'],
])('with %s the target is initialized or not', (_, ready, serviceName, status) => {
  const options = scalingOptions(podAutoscalerOf({ 'autoscaling.knative.dev/initial-scale': '2' }), configWith({}));
  const marked = markActive(podAutoscalerConditions.manage([], START), 2, { ...noPods, ready }, options, serviceName);
  expect(marked.get('ScaleTargetInitialized')?.status).toBe(status);
});

test('pods are counted by what they can do', () => {
  const pod = (phase: string, ready?: 'True' | 'False', deletionTimestamp?: string) =>
    ({
      metadata: { ...(deletionTimestamp ? { deletionTimestamp } : {}) },
      status: { phase, conditions: ready ? [{ type: 'Ready', status: ready }] : [] },
    }) as unknown as Pod;
  const pods = [
    pod('Pending'),
    pod('Running', 'True'),
    pod('Running', 'True'),
    pod('Running', 'False'),
    pod('Running'),
    pod('Running', 'True', 'now'),
    pod('Failed'),
    pod('Succeeded', 'True'),
    { metadata: {} } as unknown as Pod,
  ];
  expect(countPods(pods)).toEqual({ ready: 2, notReady: 4, pending: 1, terminating: 1 });
});
