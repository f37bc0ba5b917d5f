import type { Destination } from '../../../../lib/api';
import { destinationReads, resolveDestination } from '../../../../lib/control/eventing/destination';
import { observe } from '../support/observe';
import { config, k8sService, object } from './support/objects';

const broker = (status: object) => object('eventing.knative.dev/v1', 'Broker', 'orders', { status });
const knService = object('serving.knative.dev/v1', 'Service', 'hello', {
  status: { address: { url: 'http://hello.default.svc.cluster.local' } },
});
const ref = (kind: string, name: string, apiVersion: string, more = {}) => ({
  ref: { apiVersion, kind, name, namespace: 'default', ...more },
});
const orders = (more = {}) => ref('Broker', 'orders', 'eventing.knative.dev/v1', more);
const AT = 'http://broker-ingress.knative-eventing.svc.cluster.local/default/orders';
const TEXT = (address = '') =>
  `Kind = Broker, Namespace = default, Name = orders, APIVersion = eventing.knative.dev/v1, Group = , Address = ${address}`;
const addresses = [
  { name: 'https', url: 'https://a.example/x', CACerts: 'pem', audience: 'theirs' },
  { name: 'http', url: 'http://b.example' },
];

const resolve = (destination: Destination, ...objects: ReturnType<typeof broker>[]) =>
  resolveDestination(destination, observe({ objects }), config);

describe('a destination', () => {
  it.each<[string, Destination, ReturnType<typeof broker>[], unknown]>([
    [
      'a Knative Service by its address',
      ref('Service', 'hello', 'serving.knative.dev/v1'),
      [knService],
      { url: 'http://hello.default.svc.cluster.local' },
    ],
    ['a broker by its address', orders(), [broker({ address: { name: 'http', url: AT } })], { url: AT }],
    [
      'a Service of Kubernetes by its name',
      ref('Service', 'sink', 'v1'),
      [k8sService('sink')],
      { url: 'http://sink.default.svc.cluster.local' },
    ],
    [
      'one with certificates over TLS',
      { ...ref('Service', 'sink', 'v1'), CACerts: 'own' },
      [k8sService('sink')],
      { url: 'https://sink.default.svc.cluster.local', CACerts: 'own' },
    ],
    [
      'a path relative to what is named',
      { ...ref('Service', 'sink', 'v1'), uri: '/events?x=1' },
      [k8sService('sink')],
      { url: 'http://sink.default.svc.cluster.local/events?x=1' },
    ],
    ['a URI by itself', { uri: 'https://example.com/in', audience: 'me' }, [], { url: 'https://example.com/in', audience: 'me' }],
    [
      'the first of several addresses',
      orders(),
      [broker({ address: { url: AT }, addresses })],
      { url: 'https://a.example/x', CACerts: 'pem', audience: 'theirs' },
    ],
    ['the address of a name', orders({ address: 'http' }), [broker({ addresses })], { url: 'http://b.example' }],
    [
      'its own audience and certificates first',
      { ...orders(), CACerts: 'own', audience: 'mine' },
      [broker({ addresses })],
      { url: 'https://a.example/x', CACerts: 'own', audience: 'mine' },
    ],
  ])('leads to %s', (_what, destination, objects, target) => {
    expect(resolve(destination, ...objects)).toEqual(target);
  });

  it.each<[string, Destination, ReturnType<typeof broker>[], string]>([
    [
      'an object that is not there',
      orders(),
      [],
      'failed to get object default/orders: brokers.eventing.knative.dev "orders" not found',
    ],
    [
      'a Service that is not there',
      ref('Service', 'sink', 'v1'),
      [],
      'failed to get object default/sink: services "sink" not found',
    ],
    ['an object without an address yet', orders(), [broker({})], `address not set for ${TEXT()}`],
    ['one whose address is empty', orders(), [broker({ address: {} })], `URL missing in address of ${TEXT()}`],
    [
      'a name that no address has',
      orders({ address: 'grpc' }),
      [broker({ addresses })],
      `address with name "grpc" not found for ${TEXT('grpc')}`,
    ],
    ['an address without a URL', orders(), [broker({ address: { name: 'http' } })], `URL missing in address of ${TEXT()}`],
    ['an address without a host', orders(), [broker({ address: { url: '/x' } })], `hostname missing in address of ${TEXT()}`],
    [
      'a kind that has no address',
      ref('Pod', 'x', 'v1'),
      [],
      'failed to get lister for v1, Kind=Pod: no objects of this kind that have an address are served here',
    ],
    [
      'an absolute URI beside a reference',
      { ...ref('Service', 'sink', 'v1'), uri: 'http://x' },
      [k8sService('sink')],
      'absolute URI is not allowed when Ref or [apiVersion, kind, name] exists',
    ],
    ['a relative URI alone', { uri: '/x' }, [], 'URI is not absolute (both scheme and host should be non-empty): "/x"'],
    ['nothing', {}, [], 'destination missing Ref and URI, expected at least one'],
  ])('says why it does not lead to %s', (_what, destination, objects, message) => {
    expect(() => resolve(destination, ...objects)).toThrow(message);
  });

  it('is read by the object that it names, if any', () => {
    expect(destinationReads(orders(), undefined, { uri: 'http://x' }, ref('Pod', 'x', 'v1'))).toEqual([
      { type: expect.objectContaining({ kind: 'Broker' }), namespace: 'default', name: 'orders' },
    ]);
  });
});
