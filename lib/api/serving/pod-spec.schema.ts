import { bool, define, forbidden, int32, int64, list, opaque, str, stringMap, strings } from '../schema/builders.schema';
import { Container } from './container.schema';
import { PodSecurityContext } from './security-context.schema';
import { Volume } from './volume.schema';

const LocalObjectReference = define(
  'LocalObjectReference',
  'A name in the same namespace.',
  { name: str('The name.') },
  { required: ['name'], atomic: true },
);

const HostAlias = define(
  'HostAlias',
  'A line of /etc/hosts.',
  { ip: str('The address.'), hostnames: strings('Names of the address.', { listType: 'atomic' }) },
  { required: ['ip'] },
);

const Toleration = define('Toleration', 'A taint of nodes that the pod tolerates.', {
  key: str('Key of the taint; empty for all.'),
  operator: str('Exists or Equal. Default: Equal.'),
  value: str('Value of the taint.'),
  effect: str('NoSchedule, PreferNoSchedule or NoExecute; empty for all.'),
  tolerationSeconds: int64('For how many seconds NoExecute is tolerated.'),
});

const TopologySpreadConstraint = define(
  'TopologySpreadConstraint',
  'How pods are spread over zones, nodes, …',
  {
    maxSkew: int32('By how many pods two places may differ.'),
    topologyKey: str('The node label that names the place.'),
    whenUnsatisfiable: str('DoNotSchedule or ScheduleAnyway.'),
    labelSelector: opaque('The pods that count.'),
    minDomains: int32('How many places there must be.'),
    nodeAffinityPolicy: str('Honor or Ignore.'),
    nodeTaintsPolicy: str('Honor or Ignore.'),
    matchLabelKeys: strings('Labels of the pod that narrow the selector.', { listType: 'atomic' }),
  },
  { required: ['maxSkew', 'topologyKey', 'whenUnsatisfiable'] },
);

const PodDNSConfig = define('PodDNSConfig', 'Settings of /etc/resolv.conf.', {
  nameservers: strings('Addresses of name servers.', { listType: 'atomic' }),
  searches: strings('Search domains.', { listType: 'atomic' }),
  options: list(
    define('PodDNSConfigOption', 'One resolver option.', { name: str('Its name.'), value: str('Its value.') }),
    'Resolver options.',
    { listType: 'atomic' },
  ),
});

/** The part of a Kubernetes PodSpec that Knative knows, with every other field declared as forbidden. */
export const PodSpec = define(
  'RevisionPodSpec',
  'What Knative takes of a Kubernetes PodSpec.',
  {
    containers: list(Container, 'The containers; exactly one of them serves.', { maxItems: 20 }),
    initContainers: list(
      Container,
      'Run to their end before the containers start. Needs the feature `kubernetes.podspec-init-containers`.',
      {
        maxItems: 20,
      },
    ),
    volumes: list(Volume, 'Volumes that containers mount.', { listType: 'map', listMapKeys: ['name'], maxItems: 64 }),
    serviceAccountName: str('The service account that the pod runs as. Default: `default`.', {
      maxLength: 253,
      rules: [
        {
          rule: "self == '' || self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
          messageExpression: "'invalid value: ' + self",
          message: 'invalid value',
        },
      ],
    }),
    imagePullSecrets: list(LocalObjectReference, 'Secrets for pulling the images.', { listType: 'map', listMapKeys: ['name'] }),
    enableServiceLinks: bool('Whether Services of the namespace become environment variables. Default: false.'),
    automountServiceAccountToken: bool('Only `false` is allowed.', {
      rules: [{ rule: '!self', message: 'must not set the field(s)' }],
    }),
    affinity: opaque('Where the pod may run. Needs the feature `kubernetes.podspec-affinity`.'),
    topologySpreadConstraints: list(
      TopologySpreadConstraint,
      'Needs the feature `kubernetes.podspec-topologyspreadconstraints`.',
    ),
    hostAliases: list(HostAlias, 'Needs the feature `kubernetes.podspec-hostaliases`.'),
    nodeSelector: stringMap('Labels that the node must have. Needs the feature `kubernetes.podspec-nodeselector`.', {
      atomic: true,
    }),
    tolerations: list(Toleration, 'Needs the feature `kubernetes.podspec-tolerations`.'),
    runtimeClassName: str('Needs the feature `kubernetes.podspec-runtimeclassname`.'),
    securityContext: PodSecurityContext,
    shareProcessNamespace: bool('Needs the feature `kubernetes.podspec-shareprocessnamespace`.'),
    hostIPC: bool('Needs the feature `kubernetes.podspec-hostipc`.'),
    hostPID: bool('Needs the feature `kubernetes.podspec-hostpid`.'),
    hostNetwork: bool('Needs the feature `kubernetes.podspec-hostnetwork`.'),
    priorityClassName: str('Needs the feature `kubernetes.podspec-priorityclassname`.'),
    schedulerName: str('Needs the feature `kubernetes.podspec-schedulername`.'),
    dnsPolicy: str('Needs the feature `kubernetes.podspec-dnspolicy`.'),
    dnsConfig: PodDNSConfig,
  },
  {
    required: ['containers'],
    forbidden: {
      restartPolicy: forbidden.string,
      terminationGracePeriodSeconds: forbidden.integerP,
      activeDeadlineSeconds: forbidden.integerP,
      serviceAccount: forbidden.string,
      nodeName: forbidden.string,
      hostname: forbidden.string,
      subdomain: forbidden.string,
      setHostnameAsFQDN: forbidden.booleanP,
      hostnameOverride: forbidden.stringP,
      hostUsers: forbidden.booleanP,
      priority: forbidden.integerP,
      preemptionPolicy: forbidden.stringP,
      readinessGates: forbidden.list,
      schedulingGates: forbidden.list,
      ephemeralContainers: forbidden.list,
      overhead: forbidden.object,
      os: forbidden.object,
      resources: forbidden.object,
      resourceClaims: forbidden.list,
    },
  },
);
