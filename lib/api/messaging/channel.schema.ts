import { ChannelTemplateSpec, channelableSpec, channelableStatus, kindWithoutSpec } from '../eventing/duck.schema';
import { define } from '../schema/builders.schema';
import { KReference } from '../schema/k-reference.schema';
import { status } from '../schema/meta.schema';

const ChannelSpec = define(
  'ChannelSpec',
  'The kind of channel behind it, and how events are delivered.',
  { channelTemplate: ChannelTemplateSpec, ...channelableSpec },
  {
    rules: [
      {
        rule: '!has(self.channelTemplate) || !has(oldSelf.channelTemplate) || self.channelTemplate.kind == oldSelf.channelTemplate.kind && self.channelTemplate.apiVersion == oldSelf.channelTemplate.apiVersion',
        message: 'Immutable fields changed (-old +new): channelTemplate',
      },
    ],
  },
);

export const Channel = kindWithoutSpec(
  'messaging.knative.dev/v1',
  'Channel',
  'A channel of the kind that the installation provides: events that are sent to it go to all of its subscriptions.',
  ChannelSpec,
  status('ChannelStatus', 'What is known of a channel.', { ...channelableStatus, channel: KReference }),
);
