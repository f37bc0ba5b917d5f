import { type Channel, ChannelType, childName, type ResourceType, type Stored } from '../../../api';
import type { Observed } from '../../reconciler';
import type { ChannelObject } from '../channel-kind';
import { type MadePolicy, policyLike } from '../flow';
import { policiesFor } from '../policies';

/** What marks the policies that are made for the channel that events are really in. */
export const backingLabels = ({ group, version, kind }: ResourceType, name: string) => ({
  'messaging.knative.dev/channel-group': group,
  'messaging.knative.dev/channel-version': version,
  'messaging.knative.dev/channel-kind': kind,
  'messaging.knative.dev/channel-name': name,
});

/** Who may send to a Channel may send to the one behind it: that is where its address leads. */
export function backingPolicies(
  channel: Stored<Channel>,
  type: ResourceType<ChannelObject>,
  backing: Stored<ChannelObject>,
  observed: Observed,
): readonly MadePolicy[] {
  const { apiVersion, kind, metadata } = backing;
  return policiesFor(ChannelType, channel, observed).map((policy) =>
    policyLike(
      policy,
      { name: childName(`${policy.metadata.name}-`, metadata.name), to: { apiVersion, kind, name: metadata.name } },
      [[type, backing]],
    ),
  );
}
