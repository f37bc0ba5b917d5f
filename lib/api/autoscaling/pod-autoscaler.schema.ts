import { choice, define, forbidden, int32, int64, str } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';

const ScaleTargetReference = define(
  'ScaleTargetReference',
  'An object of the same namespace that has a scale.',
  {
    apiVersion: str('API version of the object.', { maxLength: 253 }),
    kind: str('Kind of the object.', { maxLength: 63 }),
    name: str('Name of the object.', { maxLength: 63 }),
  },
  {
    atomic: true,
    forbidden: {
      namespace: forbidden.string,
      uid: forbidden.string,
      resourceVersion: forbidden.string,
      fieldPath: forbidden.string,
    },
  },
);

const PodAutoscalerSpec = define(
  'PodAutoscalerSpec',
  'What is to be scaled.',
  {
    containerConcurrency: int64('Requests that one pod may work on at a time; 0: no limit.'),
    scaleTargetRef: ScaleTargetReference,
    reachability: str('Whether a route leads to the target; empty: not known.', { tsType: "'' | 'Reachable' | 'Unreachable'" }),
    protocolType: choice(['http1', 'h2c'], 'Protocol that the target speaks.'),
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
