import { define, str } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';
import { RevisionTemplateSpec } from './revision.schema';

export const ConfigurationSpec = define(
  'ConfigurationSpec',
  'The latest wanted state of code and settings.',
  { template: RevisionTemplateSpec },
  { required: ['template'] },
);

export const configurationStatusFields = {
  latestReadyRevisionName: str('The newest revision that became ready.'),
  latestCreatedRevisionName: str('The newest revision; it need not be ready yet.'),
};

export const Configuration = kind(
  'serving.knative.dev/v1',
  'Configuration',
  'The floating head of revisions: each change of its template makes a new one.',
  ConfigurationSpec,
  status('ConfigurationStatus', 'What is known of a configuration.', configurationStatusFields),
);
