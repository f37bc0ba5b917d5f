import { choice, define, int32, notEmpty, str } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';
import { objectReference } from '../schema/object-reference.schema';

const BackendReference = objectReference('BackendReference', 'An object of the same namespace whose pods serve.');

const ServerlessServiceSpec = define(
  'ServerlessServiceSpec',
  'Which pods, and whether requests reach them directly.',
  {
    mode: choice(['Serve', 'Proxy'], 'Serve: requests may go to pods directly; Proxy: through activators.', { rules: notEmpty }),
    objectRef: BackendReference,
    protocolType: choice(['http1', 'h2c'], 'Protocol that the pods speak.', { rules: notEmpty }),
    numActivators: int32('Activators assigned to the revision; 0: all of them.', {
      rules: [{ rule: 'self >= 0', message: 'invalid value' }],
    }),
  },
  { required: ['objectRef', 'protocolType'], rules: [{ rule: 'has(self.mode)', message: 'missing field(s): mode' }] },
);

export const ServerlessService = kind(
  'networking.internal.knative.dev/v1alpha1',
  'ServerlessService',
  'The Services of a revision: one that always answers, one with its pods alone.',
  ServerlessServiceSpec,
  status('ServerlessServiceStatus', 'What is known of the Services.', {
    serviceName: str('The Service that always answers.'),
    privateServiceName: str('The Service with the pods of the revision.'),
  }),
);
