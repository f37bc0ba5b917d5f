import { ApiServerSourceType, EventType, INSTALLATION, PingSourceType, SecretType, servedTypes } from '../../api';
import { linkGrants, settingsGrants } from './gateway';
import { FOLLOW, type Grant, over } from './grant';
import type { RbacNeeds } from './needs';

const watched = servedTypes.filter((type) => type !== SecretType && type !== EventType);

/** What sources need. An ApiServerSource watches these kinds, and only where its own service account may; Secrets never. */
export const sourceGrants = ({ oidc, apart = false }: RbacNeeds): readonly Grant[] => [
  ...over([PingSourceType, ApiServerSourceType], FOLLOW, 'what is to be sent'),
  ...over([EventType, ...watched], FOLLOW, 'what ApiServerSources tell of'),
  ...settingsGrants([INSTALLATION.servingNamespace, INSTALLATION.eventingNamespace]),
  ...linkGrants({ apart }),
  ...(oidc
    ? [
        { group: '', resources: ['serviceaccounts'], verbs: ['get'], why: 'a token is issued for the one that exists' } as const,
        {
          group: '',
          resources: ['serviceaccounts/token'],
          verbs: ['create'],
          why: 'events are sent as the account of a source',
        } as const,
      ]
    : []),
];
