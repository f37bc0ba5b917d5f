import { ConditionSet, type Metric, MetricType, type ServingConfig } from '../../api';
import type { Reconciler } from '../reconciler';
import { beginConditions, finishStatus } from '../status';

const metricConditions = new ConditionSet('Ready', []);

/**
 * Marks Metrics ready. Upstream's may fail, because it asks pods for their load; our gateways are always in the path and
 * report by themselves, so there is nothing that could not be reached.
 */
export const metricReconciler: Reconciler<Metric, ServingConfig> = {
  name: 'metric-controller',
  type: MetricType,
  watches: [],
  reads: () => [],
  plan(metric, _observed, _config, now) {
    const conditions = beginConditions(metric, metricConditions, now).markTrue('Ready');
    return { status: finishStatus(metric, conditions, {}) };
  },
};
