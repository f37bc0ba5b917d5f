import type { Ingress, IngressRule, Stored } from '../../../lib/api';
import { seededRandom } from '../../../lib/base';
import type { Visibility } from '../../../lib/gateway';
import { RouteTable } from '../../../lib/gateway/route-table';
import { toSplits } from './world';

const path = (service: string, more: object = {}) => ({ splits: toSplits({ [service]: 100 }), ...more });

function ingress(name: string, rules: readonly IngressRule[], metadata: object = {}, spec: object = {}): Stored<Ingress> {
  return {
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'Ingress',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    spec: { rules, ...spec },
  };
}

const serviceAt = (table: RouteTable, host: string, at: string, headers: string[] = [], visibility: Visibility = 'external') =>
  table.match(host, at, headers, visibility)?.split.choose(seededRandom(1))?.service;

describe('the route table', () => {
  test('takes the longest path that is a prefix, and at equal length the one that asks for more headers', () => {
    const table = new RouteTable();
    table.set(
      ingress('paths', [
        {
          hosts: ['a.example.com'],
          http: {
            paths: [
              path('root'),
              path('foo', { path: '/foo' }),
              path('bar', { path: '/foo/bar' }),
              path('tagged', { headers: { 'Knative-Serving-Tag': { exact: 'blue' } } }),
              path('foo-tagged', { path: '/foo', headers: { 'Knative-Serving-Tag': { exact: 'blue' } } }),
            ],
          },
        },
      ]),
    );
    const tag = ['knative-serving-tag', 'blue'];
    expect(serviceAt(table, 'a.example.com', '/')).toBe('root');
    expect(serviceAt(table, 'a.example.com', '/', tag)).toBe('tagged');
    expect(serviceAt(table, 'a.example.com', '/', ['knative-serving-tag', 'green'])).toBe('root');
    expect(serviceAt(table, 'a.example.com', '/foo')).toBe('foo');
    expect(serviceAt(table, 'a.example.com', '/foo', tag)).toBe('foo-tagged');
    expect(serviceAt(table, 'a.example.com', '/foo/bar/baz', tag)).toBe('bar');
    expect(serviceAt(table, 'b.example.com', '/')).toBeUndefined();
  });

  test('serves cluster-local rules on the internal listener only, public rules on both', () => {
    const table = new RouteTable();
    table.set(
      ingress('both', [
        { hosts: ['x.default.svc'], visibility: 'ClusterLocal', http: { paths: [path('local')] } },
        { hosts: ['x.default.example.com'], visibility: 'ExternalIP', http: { paths: [path('public')] } },
      ]),
    );
    expect(serviceAt(table, 'x.default.svc', '/')).toBeUndefined();
    expect(serviceAt(table, 'x.default.svc', '/', [], 'internal')).toBe('local');
    expect(serviceAt(table, 'x.default.example.com', '/')).toBe('public');
    expect(serviceAt(table, 'x.default.example.com', '/', [], 'internal')).toBe('public');
    expect(table.hosts('external')).toEqual(['x.default.example.com', 'x.default.localhost']);
  });

  test('gives localhost names to public hosts of the namespace alone', () => {
    const table = new RouteTable();
    const rule = (host: string, visibility: IngressRule['visibility']) => ({
      hosts: [host],
      visibility,
      http: { paths: [path('s')] },
    });
    table.set(
      ingress('names', [
        rule('Tag-Hello.default.example.com', 'ExternalIP'),
        rule('www.example.org', 'ExternalIP'),
        rule('hello.default.svc.cluster.local', 'ClusterLocal'),
      ]),
    );
    expect(table.hosts('internal').filter((host) => host.endsWith('.localhost'))).toEqual(['tag-hello.default.localhost']);
  });

  test('gives every mapped domain a localhost name of its own', () => {
    const table = new RouteTable();
    const mapped = (host: string) => ({
      hosts: [host],
      http: { paths: [path('s', { rewriteHost: 's.default.svc.cluster.local' })] },
    });
    table.set(ingress('names', ['shop.example.com', 'hello.default.example.com', 'shop.localhost'].map(mapped)));
    expect(table.hosts('external')).toEqual([
      'hello.default.example.com',
      'hello.default.example.com.localhost',
      'shop.example.com',
      'shop.example.com.localhost',
      'shop.localhost',
    ]);
  });

  test('leaves a host to the older of two Ingresses, by name if they are of one second, and to the other once it is gone', () => {
    const rules = (service: string) => [{ hosts: ['h.example.com'], http: { paths: [path(service)] } }];
    const table = new RouteTable();
    table.set(ingress('b', rules('b')));
    table.set(ingress('young', rules('young'), { creationTimestamp: '2026-01-02T00:00:00Z' }));
    table.set(ingress('a', rules('a')));
    expect(serviceAt(table, 'h.example.com', '/')).toBe('a');
    expect(table.conflicts('default/young')).toEqual([{ host: 'h.example.com', heldBy: 'default/a' }]);
    expect(table.conflicts('default/a')).toEqual([]);
    expect(table.rivals('default/a').sort()).toEqual(['default/b', 'default/young']);
    table.delete('default/a');
    expect(serviceAt(table, 'h.example.com', '/')).toBe('b');
    table.delete('default/b');
    table.delete('default/young');
    expect(table.hosts('internal')).toEqual([]);
  });

  test('forgets hosts that a new generation no longer names, and takes a status alone for no change', () => {
    const rules = (host: string) => [{ hosts: [host], http: { paths: [path('s')] } }];
    const table = new RouteTable();
    expect(table.set(ingress('i', rules('one.example.com')))).toBe(true);
    const before = table.programmed('default/i');
    expect(table.set(ingress('i', rules('one.example.com'), { resourceVersion: '2' }))).toBe(false);
    expect(table.programmed('default/i')).toBe(before);
    expect(table.set(ingress('i', rules('two.example.com'), { generation: 2 }))).toBe(true);
    expect(table.hosts('external')).toEqual(['two.example.com']);
    expect(table.programmed('default/i')).toMatchObject({ generation: 2 });
    expect(table.programmed('default/i')?.hash).not.toBe(before?.hash);
  });

  test('redirects public rules only', () => {
    const table = new RouteTable();
    table.set(
      ingress(
        'r',
        [
          { hosts: ['x.default.svc'], visibility: 'ClusterLocal', http: { paths: [path('s')] } },
          { hosts: ['x.example.com'], http: { paths: [path('s')] } },
        ],
        {},
        { httpOption: 'Redirected' },
      ),
    );
    expect(table.match('x.example.com', '/', [], 'external')?.redirect).toBe(true);
    expect(table.match('x.default.svc', '/', [], 'internal')?.redirect).toBe(false);
  });

  test('a change of one Ingress among 5,000 leaves the routes of the others as they are', () => {
    const table = new RouteTable();
    const rules = (i: number, service: string) => [{ hosts: [`s${i}.default.example.com`], http: { paths: [path(service)] } }];
    for (let i = 0; i < 5000; i++) table.set(ingress(`s${i}`, rules(i, 'first')));
    const other = table.match('s1.default.example.com', '/', [], 'external');
    table.set(ingress('s0', rules(0, 'second'), { generation: 2 }));
    expect(serviceAt(table, 's0.default.example.com', '/')).toBe('second');
    expect(table.match('s1.default.example.com', '/', [], 'external')).toBe(other);
  });
});
