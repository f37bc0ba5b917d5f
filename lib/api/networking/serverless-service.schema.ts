import { choice, define, forbidden, int32, str } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';

const BackendReference = define(
  'BackendReference',
  'An object of the same namespace whose pods serve.',
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

const ServerlessServiceSpec = define(
  'ServerlessServiceSpec',
  'Which pods, and whether requests reach them directly.',
  {
    mode: choice(['Serve', 'Proxy'], 'Serve: requests may go to pods directly; Proxy: through activators.'),
    objectRef: BackendReference,
    protocolType: choice(['http1', 'h2c'], 'Protocol that the pods speak.'),
    numActivators: int32('Activators assigned to the revision; 0: all of them.'),
  },
  { required: ['objectRef', 'protocolType'] },
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
