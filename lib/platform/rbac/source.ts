import { ApiServerSourceType, INSTALLATION, K8sServiceType, PingSourceType } from '../../api';
import { linkGrants, settingsGrants } from './gateway';
import { FOLLOW, type Grant, over } from './grant';
import type { RbacNeeds } from './needs';

/**
 * What sources need. Of what an ApiServerSource tells they may read nothing themselves: they look as the service account that it names,
 * with a token of it, and so does what they send where senders prove who they are.
 */
export const sourceGrants = ({ apart = false }: RbacNeeds): readonly Grant[] => [
  ...over([PingSourceType, ApiServerSourceType], FOLLOW, 'what is to be sent'),
  ...over([K8sServiceType], FOLLOW, 'sinks that are ExternalNames'),
  {
    ...{ group: '', resources: ['serviceaccounts/token'], verbs: ['create'] },
    why: 'an ApiServerSource looks, and events are sent, as the service account of the source',
  },
  ...settingsGrants([INSTALLATION.servingNamespace, INSTALLATION.eventingNamespace]),
  ...linkGrants({ apart }),
];
