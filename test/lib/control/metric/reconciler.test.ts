import type { Metric, Stored } from '../../../../lib/api';
import { defaultServingConfig } from '../../../../lib/api';
import { metricReconciler } from '../../../../lib/control/metric';
import type { Observed } from '../../../../lib/control/reconciler';

test('a Metric is ready as soon as it is seen, and stays as it is', () => {
  const metric = {
    apiVersion: 'autoscaling.internal.knative.dev/v1alpha1',
    kind: 'Metric',
    metadata: { name: 'a', namespace: 'b', uid: 'c', resourceVersion: '1', creationTimestamp: '', generation: 2 },
    spec: { stableWindow: 60e9, panicWindow: 6e9, scrapeTarget: '' },
  } as Stored<Metric>;
  const first = metricReconciler.plan(metric, {} as Observed, defaultServingConfig, 0);
  expect(first).toEqual({
    status: {
      observedGeneration: 2,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '1970-01-01T00:00:00Z' }],
    },
  });
  const seen = { ...metric, status: first.status } as Stored<Metric>;
  expect(metricReconciler.plan(seen, {} as Observed, defaultServingConfig, 5000)).toEqual(first);
});
