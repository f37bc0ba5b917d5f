import { ApiObject, App, Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { DomainMapping, type DomainMappingProps, KnService, TrafficSplit } from '../../../constructs';
import type { DomainMapping as DomainMappingObject } from '../../../constructs/model';
import { synthErrors, synthesized, warningsOf } from './synth';

const DOMAIN = 'shop.example.com';
const chartOf = (namespace?: string) => new Chart(Testing.app(), 'test', namespace === undefined ? {} : { namespace });
const hello = (chart: Chart, namespace?: string) =>
  new KnService(chart, 'hello', { name: 'hello', image: 'app', ...(namespace && { metadata: { namespace } }) });
const mapped = (chart: Chart) => synthesized<DomainMappingObject>(chart, 'DomainMapping');

/** The lines with which a mapping is refused, without construct path and code. */
function refused(props: object): string[] {
  const chart = chartOf();
  new DomainMapping(chart, 'shop', { domain: DOMAIN, to: hello(chart), ...props } as DomainMappingProps);
  return synthErrors(chart).map((line) => line.replace('[test/shop] KNC1001 ', ''));
}

describe('a mapped domain', () => {
  test('is a DomainMapping of that name which refers to the service, and says nothing else', () => {
    const chart = chartOf();
    const mapping = new DomainMapping(chart, 'shop', { domain: DOMAIN, to: hello(chart) });
    expect(mapped(chart)).toEqual({
      apiVersion: 'serving.knative.dev/v1beta1',
      kind: 'DomainMapping',
      metadata: { name: DOMAIN },
      spec: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello' } },
    });
    expect([mapping.name, mapping.domain, mapping.host, mapping.address]).toEqual([DOMAIN, DOMAIN, DOMAIN, `http://${DOMAIN}`]);
  });

  test('may be added to a service or a split, whose namespace it shares', () => {
    const chart = chartOf('shop');
    const service = hello(chart, 'front');
    const split = new TrafficSplit(chart, 'both', { name: 'both', targets: [{ service, percent: 100 }] });
    expect(service.addDomain(DOMAIN)).toBeInstanceOf(DomainMapping);
    split.addDomain('both.example.com', { http: 'redirected' });
    expect((Testing.synth(chart) as DomainMappingObject[]).filter(({ kind }) => kind === 'DomainMapping')).toMatchObject([
      { metadata: { name: DOMAIN, namespace: 'front' }, spec: { ref: { kind: 'Service', name: 'hello' } } },
      {
        metadata: { name: 'both.example.com', annotations: { 'networking.knative.dev/http-protocol': 'redirected' } },
        spec: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Route', name: 'both' } },
      },
    ]);
  });

  test('names a certificate, labels and annotations', () => {
    const chart = chartOf();
    const tlsSecret = new kplus.Secret(chart, 'tls', { metadata: { name: 'shop-tls' } });
    const metadata = { labels: { team: 'a' }, annotations: { note: 'x' } };
    const mapping = new DomainMapping(chart, 'shop', { domain: DOMAIN, to: 'hello', tlsSecret, metadata });
    expect(mapped(chart)).toMatchObject({ metadata, spec: { tls: { secretName: 'shop-tls' } } });
    expect(mapping.address).toBe(`https://${DOMAIN}`);
  });

  test.each<[string, (chart: Chart) => DomainMappingProps['to'], object]>([
    ['a name', () => 'hello', { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello' }],
    [
      'a service that exists already',
      (chart) => KnService.fromServiceName(chart, 'there', 'there'),
      { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'there' },
    ],
    [
      'a Service of cdk8s-plus',
      (chart) => new kplus.Service(chart, 'plain', { metadata: { name: 'plain' }, ports: [{ port: 80 }] }),
      { apiVersion: 'v1', kind: 'Service', name: 'plain' },
    ],
    [
      'any object',
      (chart) => new ApiObject(chart, 'other', { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'other' } }),
      { apiVersion: 'example.com/v1', kind: 'Thing', name: 'other' },
    ],
  ])('may lead to %s', (_, to, ref) => {
    const chart = chartOf();
    new DomainMapping(chart, 'shop', { domain: DOMAIN, to: to(chart) });
    expect(mapped(chart).spec.ref).toEqual(ref);
  });

  test('is claimed for its namespace where that is asked for', () => {
    const chart = chartOf('shop');
    hello(chart).addDomain(DOMAIN, { claim: true });
    expect(synthesized<object>(chart, 'ClusterDomainClaim')).toEqual({
      apiVersion: 'networking.internal.knative.dev/v1alpha1',
      kind: 'ClusterDomainClaim',
      metadata: { name: DOMAIN },
      spec: { namespace: 'shop' },
    });
    expect(refused({ claim: true })).toEqual([
      'metadata.namespace: a claim names the namespace that may map the domain, and none is known — Give the mapping, or its chart, a namespace.',
    ]);
  });
});

describe('a mapping is refused at synthesis', () => {
  test.each<[string, object, RegExp]>([
    [
      'for a name that is no domain',
      { domain: 'shop' },
      /^metadata\.name: invalid name "shop": name: .*two segments.* — Use a domain such as/,
    ],
    ['for capital letters', { domain: 'Shop.example.com' }, /^metadata\.name: invalid name "Shop\.example\.com"/],
    ['without a domain', { domain: undefined }, /^metadata\.name: invalid name/],
    ['without a target', { to: undefined }, /^spec\.ref\.name: missing field\(s\)/],
    [
      'for a name inside the cluster',
      { domain: 'shop.svc.cluster.local' },
      /must not be a subdomain of cluster local domain "cluster\.local"/,
    ],
    [
      'for a target in another namespace',
      { to: { name: 'hello', namespace: 'other' }, metadata: { namespace: 'shop' } },
      /^spec\.ref\.namespace: mismatched namespaces/,
    ],
    ['for a prop that it has not', { tls: 'x' }, /^tls: unknown prop "tls"/],
    [
      'for an answer to plain HTTP that there is not',
      { http: 'maybe' },
      /^http: invalid value: maybe — Say 'enabled' or 'redirected'\./,
    ],
  ])('%s', (_, props, expected) => {
    expect(refused(props)).toEqual([expect.stringMatching(expected)]);
  });

  test('if its chart maps the domain twice, whatever the namespaces', () => {
    const chart = chartOf();
    hello(chart, 'one').addDomain(DOMAIN);
    new DomainMapping(chart, 'again', { domain: DOMAIN, to: 'other', metadata: { namespace: 'two' } });
    expect(synthErrors(chart)).toEqual([
      `[test/hello/domain-${DOMAIN}] KNC1001 metadata.name: the domain "${DOMAIN}" is mapped by test/again too — A domain leads to one place: keep one of the mappings.`,
      `[test/again] KNC1001 metadata.name: the domain "${DOMAIN}" is mapped by test/hello/domain-${DOMAIN} too — A domain leads to one place: keep one of the mappings.`,
    ]);
  });

  test('but only warned of if another chart maps it, which may be for another cluster', () => {
    const warn = (silence: DomainMappingProps['silence']) => {
      const app = new App();
      for (const id of ['eu', 'us']) {
        new DomainMapping(new Chart(app, id), 'shop', { domain: DOMAIN, to: 'hello', ...(silence && { silence }) });
      }
      return warningsOf(() => app.synthYaml());
    };
    expect(warn(undefined)).toEqual([
      expect.stringMatching(/^\[eu\/shop\] KNC1101 .* is mapped by us\/shop too .*\(silence: 'duplicate-domain'\)$/),
      expect.stringMatching(/^\[us\/shop\] KNC1101 .* is mapped by eu\/shop too/),
    ]);
    expect(warn(['duplicate-domain'])).toEqual([]);
  });
});
