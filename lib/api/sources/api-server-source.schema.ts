import { filters, LabelSelector, sourceSpec, sourceStatus } from '../eventing/duck.schema';
import { choice, define, list, str, strings } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';

const KIND = { maxLength: 63, rules: [{ rule: "self.trim() != ''", message: 'missing field(s): kind' }] };

const APIVersionKind = define(
  'APIVersionKind',
  'A kind.',
  { apiVersion: str('API version of the kind.'), kind: str('The kind.', KIND) },
  { required: ['kind'] },
);

const APIVersionKindSelector = define(
  'APIVersionKindSelector',
  'Objects of a kind, by their labels.',
  { apiVersion: str('API version of the kind.'), kind: str('The kind.', KIND), selector: LabelSelector },
  { required: ['kind'] },
);

const ApiServerSourceSpec = define(
  'ApiServerSourceSpec',
  'Which objects are watched, and what is told of them.',
  {
    ...sourceSpec,
    resources: list(APIVersionKindSelector, 'The objects.', {
      maxItems: 100,
      rules: [{ rule: 'size(self) > 0', message: 'missing field(s): resources' }],
    }),
    owner: APIVersionKind,
    mode: choice(['Reference', 'Resource'], 'Whether events hold a reference to the object or all of it. Default: Reference.'),
    serviceAccountName: str('As whom the objects are watched. Default: default.'),
    namespaceSelector: LabelSelector,
    filters: filters('Filters that must all match. Needs the feature new-apiserversource-filters.'),
  },
  { required: ['sink', 'resources'] },
);

export const ApiServerSource = kind(
  'sources.knative.dev/v1',
  'ApiServerSource',
  'Sends an event for every change of objects of the cluster.',
  ApiServerSourceSpec,
  status('ApiServerSourceStatus', 'What is known of a source.', {
    ...sourceStatus,
    namespaces: strings('The namespaces that are watched.'),
  }),
);
