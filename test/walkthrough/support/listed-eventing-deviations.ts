import { at, type Reason } from './listed-deviations';

const BROKER = 'kubectl get broker example-broker -o yaml';
const POLICIES = 'status.conditions.EventPoliciesReady.';

/** As `listedDeviations`, of the Eventing half. */
export const listedEventingDeviations: readonly Reason[] = [
  {
    because: 'a broker has no channel of its own',
    values: at(
      BROKER,
      ['status.annotations["knative.dev/channelAPIVersion"]', 'messaging.knative.dev/v1', undefined],
      [
        'status.annotations["knative.dev/channelAddress"]',
        'http://example-broker-kne-trigger-kn-channel.default.svc.cluster.local',
        undefined,
      ],
      ['status.annotations["knative.dev/channelKind"]', 'InMemoryChannel', undefined],
      ['status.annotations["knative.dev/channelName"]', 'example-broker-kne-trigger', undefined],
    ),
  },
  {
    because:
      'Knative has gone on since 1.2: addresses have names, policies are a condition, no dead letter sink is nothing to note',
    values: at(
      BROKER,
      ['status.address.name', undefined, 'http'],
      [`${POLICIES}lastTransitionTime`, undefined, 'TIME'],
      [`${POLICIES}message`, undefined, 'Feature "authentication-oidc" must be enabled to support Authorization'],
      [`${POLICIES}reason`, undefined, 'OIDCDisabled'],
      [`${POLICIES}status`, undefined, 'True'],
      [`${POLICIES}type`, undefined, 'EventPoliciesReady'],
      ['status.conditions.DeadLetterSinkResolved.severity', 'Info', undefined],
    ),
  },
  {
    because: 'generations are printed, which the walkthrough leaves out of what it prints of the broker',
    values: at(BROKER, ['metadata.generation', undefined, 1]),
  },
  {
    because: 'the media type of the data is told once, as the attribute datacontenttype',
    values: at('the event of the page', ['attributes.mediaType', 'application/json', undefined]),
  },
];
