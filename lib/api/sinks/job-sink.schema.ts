import { addressStatus, policiesStatus } from '../eventing/duck.schema';
import { define, opaque, str } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';

const JobSinkSpec = define(
  'JobSinkSpec',
  'The Job that is made for every event.',
  {
    job: opaque(
      'The Job (batch/v1); its containers find the event in the file `event` of the folder that the environment variable K_EVENT_PATH names.',
    ),
  },
  { rules: [{ rule: 'has(self.job)', message: 'expected exactly one, got neither: job' }] },
);

const JobSinkJobStatus = define('JobSinkJobStatus', 'What is known of the Jobs.', {
  selector: str('Selects the Jobs that were made.'),
});

export const JobSink = kind(
  'sinks.knative.dev/v1alpha1',
  'JobSink',
  'An address that makes a Job for every event, once for each source and id.',
  JobSinkSpec,
  status('JobSinkStatus', 'What is known of a sink.', { ...addressStatus, ...policiesStatus, job: JobSinkJobStatus }),
);
