import { define, int64, str } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';

const MetricSpec = define(
  'MetricSpec',
  'What is measured, and over how long.',
  {
    stableWindow: int64('Length of the window in quiet times, in nanoseconds.'),
    panicWindow: int64('Length of the window in a rush, in nanoseconds.'),
    scrapeTarget: str('The Service whose pods are asked.'),
  },
  { required: ['stableWindow', 'panicWindow', 'scrapeTarget'] },
);

export const Metric = kind(
  'autoscaling.internal.knative.dev/v1alpha1',
  'Metric',
  'Asks for the load of a revision to be measured.',
  MetricSpec,
  status('MetricStatus', 'What is known of the measuring.', {}),
);
