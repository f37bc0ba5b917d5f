import { localUrl, reachable } from '../../../../lib/cli/dev/reachable';
import { World } from '../../../../lib/cli/why/world';

const GATEWAY = 'http://127.0.0.1:8080';

test.each([
  ['hello.default.127.0.0.1.sslip.io', 'http://hello.default.localhost:8080'],
  ['canary-hello.default.127.0.0.1.sslip.io', 'http://canary-hello.default.localhost:8080'],
  ['hello.example.com', GATEWAY],
  ['hello.default.svc.cluster.local', GATEWAY],
])('%s is reached at %s', (host, url) => {
  expect(localUrl(host, GATEWAY)).toBe(url);
});

test.each([
  ['shop.example.com', 'http://shop.example.com.localhost:8080'],
  ['shop.localhost', 'http://shop.localhost:8080'],
])('the domain %s is reached at %s', (name, url) => {
  const object = {
    apiVersion: 'serving.knative.dev/v1beta1',
    kind: 'DomainMapping',
    metadata: { name, namespace: 'default' },
    status: { url: `http://${name}` },
  };
  expect(reachable(object, GATEWAY)).toEqual({
    ...{ kind: 'DomainMapping', name, namespace: 'default', url, host: name, internal: false, tags: {} },
  });
});

test('port 80 is not written', () => {
  expect(localUrl('hello.default.127.0.0.1.sslip.io', 'http://127.0.0.1:80')).toBe('http://hello.default.localhost');
});

test('a service is reached by its URL and those of its tags', () => {
  const object = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'hello', namespace: 'default' },
    status: {
      url: 'http://hello.default.127.0.0.1.sslip.io',
      traffic: [{ percent: 100 }, { tag: 'next', url: 'http://next-hello.default.127.0.0.1.sslip.io' }],
    },
  };
  expect(reachable(object, GATEWAY)).toEqual({
    kind: 'Service',
    internal: false,
    name: 'hello',
    namespace: 'default',
    url: 'http://hello.default.localhost:8080',
    host: 'hello.default.127.0.0.1.sslip.io',
    tags: { next: 'next-hello.default.127.0.0.1.sslip.io' },
  });
  expect(reachable({ ...object, kind: 'Configuration' }, GATEWAY)).toBeUndefined();
});

test('a service that is visible inside the cluster alone has the URL by which other services call it', () => {
  const object = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'back', namespace: 'default' },
    status: { url: 'http://back.default.svc.cluster.local' },
  };
  expect(reachable(object, GATEWAY)).toMatchObject({ internal: true, url: 'http://back.default.svc.cluster.local' });
});

test('a broker is reached by a path, and names those who get its events', () => {
  const metadata = { name: 'orders', namespace: 'default' };
  const broker = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata };
  const trigger = (name: string, of: string) => ({
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Trigger',
    metadata: { name, namespace: 'default' },
    spec: { broker: of },
    status: { subscriberUri: `http://${name}` },
  });
  const world = new World([trigger('a', 'orders'), trigger('b', 'other')], 0);
  expect(reachable(broker, 'http://127.0.0.1:8080', world)).toMatchObject({
    url: 'http://broker-ingress.knative-eventing.localhost:8080/default/orders',
    triggers: { a: 'http://a' },
  });
});

test.each([
  [
    'JobSink',
    'http://job-sink.knative-eventing.svc.cluster.local/default/report',
    'http://job-sink.knative-eventing.localhost:8080/default/report',
  ],
  ['EventTransform', 'http://report-jsonata.default.svc.cluster.local', 'http://report-jsonata.default.localhost:8080'],
  [
    'RequestReply',
    'http://request-reply.knative-eventing.svc.cluster.local/default/report',
    'http://request-reply.knative-eventing.localhost:8080/default/report',
  ],
])('a %s takes events under the name that it has inside the cluster', (kind, inside, url) => {
  const metadata = { name: 'report', namespace: 'default' };
  const object = { apiVersion: 'x/v1', kind, metadata, status: { address: { url: inside } } };
  expect(reachable(object, 'http://127.0.0.1:8080')).toMatchObject({ kind, url, takesEvents: true });
  expect(reachable({ ...object, status: {} }, 'http://127.0.0.1:8080')).toBeUndefined();
});

test('a source tells where it sends and when; one that has no sink yet is not told of', () => {
  const source = (kind: string, spec: object, status: object) => ({
    ...{ apiVersion: 'sources.knative.dev/v1', kind, metadata: { name: 'tick', namespace: 'default' } },
    ...{ spec, status },
  });
  const url = 'http://hello.default.svc.cluster.local';
  const gateway = 'http://127.0.0.1:8080';
  expect(reachable(source('PingSource', { schedule: '* * * * *' }, { sinkUri: url }), gateway)).toMatchObject({
    ...{ kind: 'PingSource', url, sends: { schedule: '* * * * *' } },
  });
  expect(reachable(source('SinkBinding', {}, { sinkUri: url }), gateway)).toMatchObject({ url, sends: {} });
  expect(reachable(source('SinkBinding', {}, {}), gateway)).toBeUndefined();
});

test('channels and flows are reached by the names that the gateway has for them', () => {
  const status = { address: { url: 'http://tasks-kn-channel.default.svc.cluster.local' } };
  const channel = {
    ...{ apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', metadata: { name: 'tasks', namespace: 'default' }, status },
  };
  expect(reachable(channel, 'http://127.0.0.1:8080')).toMatchObject({
    ...{ takesEvents: true, url: 'http://tasks-kn-channel.default.localhost:8080' },
  });
});
