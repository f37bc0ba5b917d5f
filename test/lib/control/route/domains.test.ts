import { defaultServingConfig, type ServingConfig } from '../../../../lib/api';
import { DomainError, expandedHosts, hostnameOf, hostOf } from '../../../../lib/control/route/domains';
import { route } from '../support/objects';

function config(
  network: Partial<ServingConfig['network']>,
  domains: Record<string, Record<string, string>> = { 'example.com': {} },
) {
  return {
    ...defaultServingConfig,
    network: { ...defaultServingConfig.network, ...network },
    domain: {
      ...defaultServingConfig.domain,
      domains: Object.fromEntries(Object.entries(domains).map(([domain, selector]) => [domain, { selector, type: '' }])),
    },
  };
}

describe('hostOf', () => {
  const labelled = route([], { metadata: { labels: { app: 'prod' }, annotations: { sub: 'x' } } });
  it.each<[string, Partial<ServingConfig['network']>, string, 'ExternalIP' | 'ClusterLocal', string]>([
    ['by the default template', {}, '', 'ExternalIP', 'hello.default.example.com'],
    ['of a tag', {}, 'blue', 'ExternalIP', 'blue-hello.default.example.com'],
    ['inside the cluster', {}, '', 'ClusterLocal', 'hello.default.svc.cluster.local'],
    [
      'by a template of the installation',
      { domainTemplate: '{{.Name}}-{{.Namespace}}.{{.Domain}}' },
      '',
      'ExternalIP',
      'hello-default.example.com',
    ],
    [
      'inside the cluster whatever the template',
      { domainTemplate: '{{.Name}}.{{.Domain}}' },
      '',
      'ClusterLocal',
      'hello.default.svc.cluster.local',
    ],
    [
      'by annotation and label',
      { domainTemplate: '{{index .Annotations "sub"}}.{{.Labels.app}}.{{.Domain}}' },
      '',
      'ExternalIP',
      'x.prod.example.com',
    ],
    ['by a tag template', { tagTemplate: '{{.Name}}-{{.Tag}}' }, 'blue', 'ExternalIP', 'hello-blue.default.example.com'],
  ])('%s', (_, network, tag, visibility, host) => {
    expect(hostOf(labelled, tag, visibility, config(network))).toBe(host);
  });

  it('takes the domain whose selector fits the labels best', () => {
    const domains = { 'example.com': {}, 'prod.com': { app: 'prod' }, 'a-prod.com': { app: 'prod' } };
    expect(hostOf(labelled, '', 'ExternalIP', config({}, domains))).toBe('hello.default.a-prod.com');
    expect(hostOf(route(), '', 'ExternalIP', config({}, domains))).toBe('hello.default.example.com');
  });

  it.each<[string, Partial<ServingConfig['network']>, RegExp]>([
    [
      'capital letters',
      { domainTemplate: 'A.{{.Domain}}' },
      /^domain name error: invalid domain name "A.example.com": url: Invalid value: "A.example.com": a lowercase RFC 1123/,
    ],
    ['a single segment', { domainTemplate: 'x' }, /should be a domain with at least two segments separated by dots$/],
    ['a long segment', { domainTemplate: `${'x'.repeat(64)}.{{.Domain}}` }, /must be no more than 63 characters$/],
    [
      'an unknown field',
      { domainTemplate: '{{.Nobody}}.{{.Domain}}' },
      /^domain name error: error executing the DomainTemplate: /,
    ],
  ])('refuses %s', (_, network, message) => {
    expect(() => hostOf(route(), '', 'ExternalIP', config(network))).toThrow(DomainError);
    expect(() => hostOf(route(), '', 'ExternalIP', config(network))).toThrow(message);
  });

  it('refuses a tag template that cannot be applied', () => {
    expect(() => hostnameOf('hello', 'blue', config({ tagTemplate: '{{.Nobody}}' }))).toThrow(/TagTemplate/);
  });
});

describe('expandedHosts', () => {
  it.each([
    ['hello.default.svc.cluster.local', ['hello.default', 'hello.default.svc', 'hello.default.svc.cluster.local']],
    ['hello.example.com', ['hello.example.com']],
    ['hello.123.svc.cluster.local', ['hello.123.svc', 'hello.123.svc.cluster.local']],
  ])('%s', (host, expected) => {
    expect(expandedHosts(host, 'cluster.local')).toEqual(expected);
  });
});
