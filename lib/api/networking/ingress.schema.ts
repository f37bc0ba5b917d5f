import {
  bool,
  choice,
  define,
  int32,
  intOrString,
  list,
  map,
  notEmpty,
  str,
  stringMap,
  strings,
} from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';

const notNone = [{ rule: 'size(self) > 0', message: 'missing field(s)' }];

const IngressTLS = define(
  'IngressTLS',
  'A certificate and the hosts that it is for.',
  {
    hosts: strings('Hosts of the certificate.', { maxItems: 100 }),
    secretName: str('Secret with the certificate.', { rules: notEmpty }),
    secretNamespace: str('Namespace of the Secret.', { rules: notEmpty }),
  },
  {
    rules: [
      { rule: 'has(self.secretName) && has(self.secretNamespace)', message: 'missing field(s): secretName, secretNamespace' },
    ],
  },
);

const IngressBackendSplit = define(
  'IngressBackendSplit',
  'A Service and its share of the requests.',
  {
    serviceNamespace: str('Namespace of the Service; the one of the Ingress.', { maxLength: 253, rules: notEmpty }),
    serviceName: str('Name of the Service.', { maxLength: 253, rules: notEmpty }),
    servicePort: intOrString('Port of the Service, by number or name.'),
    percent: int32('Share of the requests, 0 to 100. A single split may leave it out: all of them.', {
      minimum: 0,
      maximum: 100,
    }),
    appendHeaders: stringMap('Headers set on requests that go this way.'),
  },
  { required: ['serviceNamespace', 'serviceName', 'servicePort'] },
);

const HeaderMatch = define('HeaderMatch', 'What a header must be.', { exact: str('This text.') }, { required: ['exact'] });

const HTTPIngressPath = define(
  'HTTPIngressPath',
  'Requests with a path and headers, and where they go.',
  {
    path: str('Prefix of the path, whole segments; the longest that fits wins. Empty: every path.'),
    rewriteHost: str('The Host that the backend sees.'),
    headers: map(HeaderMatch, 'Headers that the request must have.', { tsType: 'Readonly<Record<string, HeaderMatch>>' }),
    splits: list(IngressBackendSplit, 'Who gets the requests; percents sum to 100.', { maxItems: 101, rules: notNone }),
    appendHeaders: stringMap('Headers set on requests that go this way.'),
  },
  { required: ['splits'] },
);

const HTTPIngressRuleValue = define(
  'HTTPIngressRuleValue',
  'Paths of the hosts.',
  { paths: list(HTTPIngressPath, 'The paths.', { maxItems: 128, rules: notNone }) },
  { required: ['paths'] },
);

const IngressRule = define(
  'IngressRule',
  'Hosts, who may reach them, and where their requests go.',
  {
    hosts: strings('Host names.', { maxItems: 200 }),
    visibility: str('ExternalIP: from everywhere; ClusterLocal: from inside the cluster. Default: ExternalIP.', {
      tsType: "'ExternalIP' | 'ClusterLocal'",
    }),
    http: HTTPIngressRuleValue,
  },
  { rules: [{ rule: 'has(self.http)', message: 'missing field(s): http' }] },
);

const IngressSpec = define(
  'IngressSpec',
  'Hosts and where their requests go.',
  {
    tls: list(IngressTLS, 'Certificates.', { maxItems: 200 }),
    rules: list(IngressRule, 'The rules.', { maxItems: 300, rules: notNone }),
    httpOption: choice(['Enabled', 'Redirected'], 'Whether plain HTTP is served or sent to HTTPS.'),
  },
  { rules: [{ rule: 'has(self.rules)', message: 'missing field(s): rules' }] },
);

const LoadBalancerIngressStatus = define('LoadBalancerIngressStatus', 'One way to the front door: exactly one of these.', {
  ip: str('An address.'),
  domain: str('A host name.'),
  domainInternal: str('A host name inside the cluster.'),
  meshOnly: bool('Only through a service mesh.'),
});

const LoadBalancerStatus = define('LoadBalancerStatus', 'Ways to the front door.', {
  ingress: list(LoadBalancerIngressStatus, 'The ways.'),
});

export const Ingress = kind(
  'networking.internal.knative.dev/v1alpha1',
  'Ingress',
  'What the front door is programmed with.',
  IngressSpec,
  status('IngressStatus', 'What is known of the programming.', {
    publicLoadBalancer: LoadBalancerStatus,
    privateLoadBalancer: LoadBalancerStatus,
  }),
);
