import { sourceSpec, sourceStatus } from '../eventing/duck.schema';
import { define, opaque } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';

const ContainerSourceSpec = define(
  'ContainerSourceSpec',
  'The pod that sends events, and where it sends them.',
  { ...sourceSpec, template: opaque('The pod; it finds the address of the sink in the environment variable K_SINK.') },
  { required: ['sink', 'template'] },
);

export const ContainerSource = kind(
  'sources.knative.dev/v1',
  'ContainerSource',
  'A container of your own that sends events.',
  ContainerSourceSpec,
  status('ContainerSourceStatus', 'What is known of a source.', sourceStatus),
);
