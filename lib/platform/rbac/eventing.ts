import {
  BrokerType,
  EventPolicyType,
  EventTransformType,
  EventTypeType,
  INSTALLATION,
  InMemoryChannelType,
  JobSinkType,
  RequestReplyType,
  SubscriptionType,
  TriggerType,
} from '../../api';
import { linkGrants, settingsGrants } from './gateway';
import { FOLLOW, type Grant, over } from './grant';
import type { RbacNeeds } from './needs';

const { servingNamespace, eventingNamespace, requestReplyKeys } = INSTALLATION;
const followed = [
  ...[BrokerType, TriggerType, InMemoryChannelType, SubscriptionType, EventPolicyType, EventTypeType, EventTransformType],
  ...[RequestReplyType, JobSinkType],
];

const core = (resources: readonly string[], verbs: Grant['verbs'], why: string): Grant => ({ group: '', resources, verbs, why });

/** What senders that prove who they are need: tokens of their service accounts, in Secrets for pods that mount them. */
const oidcGrants: readonly Grant[] = [
  core(['serviceaccounts/token'], ['create'], 'events are sent as the service account of a source, trigger or subscription'),
  core(['secrets'], ['get', ...FOLLOW, 'create', 'patch', 'delete'], 'tokens for the pods of SinkBindings and ContainerSources'),
  { group: 'authentication.k8s.io', resources: ['tokenreviews'], verbs: ['create'], why: 'who has sent an event' },
];

/** What brokers, channels and their deliveries need. */
export const eventingGrants = ({ oidc, apart = false }: RbacNeeds): readonly Grant[] => [
  ...over(followed, FOLLOW, 'what is served and delivered'),
  ...over([EventTypeType], ['create'], 'types of events are noted where the feature eventtype-auto-create is on'),
  core(['services'], FOLLOW, 'sinks that are ExternalNames'),
  { group: 'batch', resources: ['jobs'], verbs: ['get', ...FOLLOW, 'create'], why: 'a JobSink starts one for each event' },
  core(['secrets'], ['create'], 'the event of a Job of a JobSink'),
  {
    ...core(['secrets'], ['get', ...FOLLOW, 'patch'], 'the keys by which replies are known to be replies'),
    names: [requestReplyKeys],
    namespace: eventingNamespace,
  },
  ...settingsGrants([servingNamespace, eventingNamespace]),
  ...linkGrants({ apart }),
  ...(oidc ? oidcGrants : []),
];
