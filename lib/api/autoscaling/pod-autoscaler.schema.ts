import { choice, define, int32, int64, notEmpty, str } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';
import { objectReference } from '../schema/object-reference.schema';

const ScaleTargetReference = objectReference('ScaleTargetReference', 'An object of the same namespace that has a scale.');

const PodAutoscalerSpec = define(
  'PodAutoscalerSpec',
  'What is to be scaled.',
  {
    containerConcurrency: int64('Requests that one pod may work on at a time; 0: no limit.', {
      rules: [{ rule: 'self >= 0', message: 'expected a value of at least 0' }],
    }),
    scaleTargetRef: ScaleTargetReference,
    reachability: str('Whether a route leads to the target; empty: not known.', { tsType: "'' | 'Reachable' | 'Unreachable'" }),
    protocolType: choice(['http1', 'h2c'], 'Protocol that the target speaks.', { rules: notEmpty }),
  },
  { required: ['scaleTargetRef', 'protocolType'] },
);

export const PodAutoscaler = kind(
  'autoscaling.internal.knative.dev/v1alpha1',
  'PodAutoscaler',
  'Asks for a revision to be scaled by the class that its annotation names.',
  PodAutoscalerSpec,
  status(
    'PodAutoscalerStatus',
    'What is known of the scaling.',
    {
      serviceName: str('The Service that leads to the revision.'),
      metricsServiceName: str('The Service that leads to metrics of the revision.'),
      desiredScale: int32('Pods that there should be.'),
      actualScale: int32('Pods that are ready.'),
    },
    { required: ['serviceName', 'metricsServiceName'] },
  ),
);
