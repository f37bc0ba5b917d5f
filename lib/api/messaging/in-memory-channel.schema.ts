import { channelableSpec, channelableStatus, kindWithoutSpec } from '../eventing/duck.schema';
import { define } from '../schema/builders.schema';
import { status } from '../schema/meta.schema';

const InMemoryChannelSpec = define('InMemoryChannelSpec', 'Who subscribes, and how events are delivered.', channelableSpec);

export const InMemoryChannel = kindWithoutSpec(
  'messaging.knative.dev/v1',
  'InMemoryChannel',
  'A channel that keeps events in memory: what is not delivered when it ends is lost.',
  InMemoryChannelSpec,
  status('InMemoryChannelStatus', 'What is known of a channel.', channelableStatus),
);
