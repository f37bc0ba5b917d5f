import { ADMISSION_GROUP, INSTALLATION, JobType, NamespaceType, SinkBindingType } from '../../api';
import { settingsGrants } from './gateway';
import { FOLLOW, type Grant, over } from './grant';
import type { RbacNeeds } from './needs';

/** What is to be told of events: SinkBindings are followed, the Job of a pod and the namespace of what is bound are read. */
const eventingGrants: readonly Grant[] = [
  ...over([SinkBindingType], FOLLOW, 'what is to be told where to send events'),
  ...over([JobType], ['get'], 'which Job a pod is of'),
  ...over([NamespaceType], ['get'], 'whether a namespace keeps what is in it from being bound'),
];

/**
 * What the webhook needs: it answers and writes nothing but its own certificates, by name, in a Secret that is there from the start. A
 * right to make Secrets would be one to have the token of every account of the namespace.
 */
export const webhookGrants = ({ eventing }: Pick<RbacNeeds, 'eventing'>): readonly Grant[] => [
  ...(eventing ? eventingGrants : []),
  {
    ...{ group: '', resources: ['secrets'], verbs: ['get', ...FOLLOW, 'update'], names: [INSTALLATION.webhookCertificates] },
    ...{ namespace: INSTALLATION.servingNamespace, why: 'its certificates, which all of its pods share' },
  },
  {
    ...{ group: ADMISSION_GROUP, resources: ['mutatingwebhookconfigurations'], verbs: ['get', ...FOLLOW, 'update'] },
    ...{ names: [INSTALLATION.webhook], why: 'API servers are told there whom to trust' },
  },
  ...settingsGrants([INSTALLATION.servingNamespace, INSTALLATION.eventingNamespace]),
];
