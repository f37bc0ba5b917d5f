import { formatFieldErrors } from '../../../lib/base';
import { type PlatformOptions, platformErrors } from '../../../lib/platform';

const errors = (options: object) => formatFieldErrors(platformErrors(options as PlatformOptions));
const remedies = (options: object) => platformErrors(options as PlatformOptions).map(({ remedy }) => remedy);

test('options that say everything are fine', () => {
  expect(
    errors({
      ...{
        profile: 'ha',
        parts: ['serving', 'eventing'],
        domain: 'example.com',
        labels: { team: 'a' },
        metricsFrom: ['monitoring'],
      },
      image: { reference: `registry.example.com/knc@sha256:${'0'.repeat(64)}`, pullPolicy: 'Always', pullSecrets: ['pull'] },
      exposure: { gateway: { name: 'public', namespace: 'infra' }, hostnames: ['*.example.com'] },
      events: { storage: '10Gi', storageClass: 'fast' },
      replicas: { controller: 3, gateway: 3, gatewayMax: 20 },
      resources: { gateway: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } } },
      pullSecrets: false,
      networkPolicies: false,
      queueSidecar: true,
      settings: {
        autoscaler: { stableWindow: '90s', enableScaleToZero: false, scaleDownDelay: { toMilliseconds: () => 5000 } },
        defaults: { revisionTimeoutSeconds: 60, revisionRequests: { cpu: '50m', ephemeralStorage: '1Gi' } },
        deployment: {
          ...{ registriesSkippingTagResolving: ['a', 'b'], runtimeClassNames: { gvisor: { tier: 'x' } } },
          ...{ queueSidecarImage: 'mirror.example.com/knc:1', queueSidecarLimits: { memory: '128Mi' } },
        },
        domains: { 'internal.example.com': { app: 'internal' } },
        features: { podSpecAffinity: 'Enabled', securePodDefaults: 'AllowRootBounded' },
        gc: { retainSinceCreateTime: 'disabled', maxNonActiveRevisions: 'disabled' },
        network: { defaultExternalScheme: 'https', rolloutDurationSeconds: 30 },
        eventingFeatures: { authenticationOidc: true, defaultAuthorizationMode: 'deny-all', requestReplyDefaultTimeout: 'PT10S' },
        brokerDefaults: { clusterDefault: { brokerClass: 'MTChannelBasedBroker', delivery: { retry: 3 } } },
        channelDefaults: { clusterDefault: { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel' } },
        pingDataMaxSize: 1024,
        sugar: { namespaceSelector: { matchLabels: { team: 'shop' } } },
        raw: { serving: { 'config-deployment': { 'queue-sidecar-cpu-request': '10m' } } },
      },
    }),
  ).toBe('');
});

test.each<[string, object, string]>([
  ['a field that there is not', { profil: 'ha' }, 'there is no "profil"'],
  [
    'a setting that there is not',
    { settings: { autoscaler: { stableWindw: '6s' } } },
    'there is no "stableWindw": settings.autoscaler.stableWindw',
  ],
  ['another profile', { profile: 'large' }, 'invalid value: large: profile'],
  ['eventing without serving', { parts: ['eventing'] }, 'events reach their receivers through the gateway of serving: parts'],
  ['a part that there is not', { parts: ['serving', 'events'] }, 'invalid value: events: parts[1]'],
  ['parts that are no list', { parts: 'serving' }, 'invalid value: serving: parts'],
  ['a volume of no events', { parts: ['serving'], events: { storage: '1Gi' } }, 'this platform has no eventing: events'],
  [
    'settings of no events',
    { parts: ['serving'], settings: { eventingFeatures: {}, raw: { eventing: {} } } },
    'this platform has no eventing: settings.eventingFeatures',
  ],
  ['an image that moves', { image: 'example.com/knc:latest' }, '"example.com/knc:latest" is another image tomorrow: image'],
  [
    'an image without a tag',
    { image: { reference: 'example.com/knc' } },
    '"example.com/knc" is another image tomorrow: image.reference',
  ],
  ['what is no image', { image: 'Example COM' }, 'not an image: "Example COM": image'],
  ['another way in', { exposure: 'ingress' }, 'invalid value: ingress: exposure'],
  ['what is no port', { exposure: { nodePort: 0 } }, 'invalid value: 0: exposure.nodePort'],
  ['replicas of one pod', { replicas: { gateway: 3 } }, 'profile "small" has one pod: replicas'],
  ['less than one replica', { profile: 'ha', replicas: { controller: 0 } }, 'invalid value: 0: replicas.controller'],
  [
    'most below least',
    { profile: 'ha', replicas: { gateway: 5, gatewayMax: 3 } },
    'gatewayMax is 3, and less than 5 gateways: replicas.gatewayMax',
  ],
  [
    'certificates for a sidecar that has none',
    { settings: { raw: { serving: { 'config-deployment': { 'queue-sidecar-rootca': 'x' } } } } },
    'the sidecar here has no certificates and no tokens: settings.raw.serving.config-deployment.queue-sidecar-rootca',
  ],
  ['what is no amount', { events: { storage: 'much' } }, 'invalid value: much: events.storage'],
  [
    'resources of a pod that there is not',
    { resources: { gateway: {} } },
    'there is no such pod with these options: resources.gateway',
  ],
  [
    'a label of its own',
    { labels: { 'app.kubernetes.io/name': 'x' } },
    'the platform sets this label itself: labels.app.kubernetes.io/name',
  ],
  [
    'a value that Knative refuses',
    { settings: { autoscaler: { stableWindow: '2s' } } },
    'stable-window = 2s, must be in [6s; 1h0m0s] range: settings (ConfigMap config-autoscaler of knative-serving)',
  ],
  [
    'a feature that there is not',
    { settings: { features: { podSpecAfinity: 'Enabled' } } },
    'nothing reads "podSpecAfinity": settings.features.podSpecAfinity',
  ],
  [
    'what is no flag',
    { settings: { features: { podSpecAffinity: 'on' } } },
    'invalid value: on: settings.features.podSpecAffinity',
  ],
  [
    'a ConfigMap that nothing reads',
    { settings: { raw: { serving: { 'config-foo': { a: 'b' } } } } },
    'nothing reads "config-foo": settings.raw.serving.config-foo',
  ],
  [
    'what eventing cannot do here',
    { settings: { raw: { eventing: { 'config-features': { 'kreference-group': 'enabled' } } } } },
    'kreference-group is "enabled": references name their kind by apiVersion here, set it to disabled: settings (ConfigMap config-features of knative-eventing)',
  ],
])('%s is refused by name', (_, options, message) => expect(errors(options)).toContain(message));

test('TLS that is not as the gateway has it is refused with what to do', () => {
  expect(remedies({ certificate: 'x' })[0]).toContain('`tls: {}` serves HTTPS');
  const raw = { serving: { 'config-network': { 'external-domain-tls': 'Enabled' } } };
  expect(errors({ settings: { raw } })).toContain(
    'certificates are not ordered here: settings.raw.serving.config-network.external-domain-tls',
  );
});

test('what was probably meant is said', () => {
  expect(remedies({ profil: 'ha' })).toEqual(['Did you mean "profile"?']);
});
