import { LabelSelector, sourceSpec, sourceStatus } from '../eventing/duck.schema';
import { define, exactlyOne, notEmpty, str } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';

const SubjectReference = define(
  'SubjectReference',
  'What has pods: one object by its name, or several by their labels.',
  {
    apiVersion: str('API version of the subject.', { maxLength: 317, rules: notEmpty }),
    kind: str('Kind of the subject.', { maxLength: 63, rules: notEmpty }),
    name: str('Name of the subject. Not together with selector.', { maxLength: 63 }),
    namespace: str('Namespace of the subject: that of the binding.', { maxLength: 63 }),
    selector: LabelSelector,
  },
  {
    rules: [
      { rule: 'has(self.apiVersion) && has(self.kind)', message: 'missing field(s): apiVersion, kind' },
      ...exactlyOne('name', 'selector'),
    ],
  },
);

const SinkBindingSpec = define(
  'SinkBindingSpec',
  'Who is told which address.',
  { ...sourceSpec, subject: SubjectReference },
  { required: ['sink', 'subject'] },
);

export const SinkBinding = kind(
  'sources.knative.dev/v1',
  'SinkBinding',
  'Tells the containers of anything that has pods where to send events, in the environment variable K_SINK.',
  SinkBindingSpec,
  status('SinkBindingStatus', 'What is known of a binding.', {
    ...sourceStatus,
    oidcTokenSecretName: str('Secret with the token that is sent along.'),
  }),
);
