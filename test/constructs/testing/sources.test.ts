import { ApiObject, Chart, Testing } from 'cdk8s';
import { ApiServerSource, Broker, ContainerSource, KnService, SinkBinding } from 'knative-constructs';
import { Testbed, type TestbedOptions } from 'knative-constructs/testing';
import type { Container, Deployment, KubeObject } from '../../../lib/api';

const beds: Testbed[] = [];
afterEach(async () => {
  for (const bed of beds.splice(0)) await bed.stop();
});

async function start(chart: Chart, options?: TestbedOptions): Promise<Testbed> {
  const bed = await Testbed.start(chart, options);
  beds.push(bed);
  return bed;
}

const BROKER_URL = 'http://broker-ingress.knative-eventing.svc.cluster.local/default/orders';
const chartOf = (build: (chart: Chart) => void): Chart => {
  const chart = new Chart(Testing.app(), 'shop');
  build(chart);
  return chart;
};
const broker = (chart: Chart) => new Broker(chart, 'orders', { name: 'orders' });

function deployment(chart: Chart, name: string, labels: Record<string, string> = {}): ApiObject {
  return new ApiObject(chart, name, {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, labels } },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: `example.com/${name}` }] } },
    },
  });
}

const configMap = (chart: Chart, name: string, labels: Record<string, string> = {}) =>
  new ApiObject(chart, `map-${name}`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data: { a: '1' } });

const envOf = (object: KubeObject | undefined): NonNullable<Container['env']> =>
  (object as Deployment).spec.template.spec.containers[0]?.env ?? [];

describe('a SinkBinding', () => {
  test('tells a Deployment where to send, and takes it back when it goes', async () => {
    const bound = chartOf((chart) => {
      const sink = broker(chart);
      const subject = deployment(chart, 'heart');
      new SinkBinding(chart, 'bind', { name: 'bind', subject, sink, extensions: { team: 'red' } });
    });
    const bed = await start(bound);
    const wanted = [
      { name: 'K_SINK', value: BROKER_URL },
      { name: 'K_CE_OVERRIDES', value: '{"extensions":{"team":"red"}}' },
    ];
    expect(envOf(await bed.get('apps/v1', 'Deployment', 'heart'))).toEqual(wanted);
    const before = await bed.get('apps/v1', 'Deployment', 'heart');
    // Applied once more it stays as it is.
    await bed.apply(bound);
    expect((await bed.get('apps/v1', 'Deployment', 'heart'))!.metadata.generation).toBe(before!.metadata.generation);
    await bed.apply(
      chartOf((chart) => {
        broker(chart);
        deployment(chart, 'heart');
      }),
    );
    await bed.advance('1s');
    expect(envOf(await bed.get('apps/v1', 'Deployment', 'heart'))).toEqual([]);
    expect(await bed.get('sources.knative.dev/v1', 'SinkBinding', 'bind')).toBeUndefined();
  });

  test('tells services by their labels with their next revision', async () => {
    const bed = await start(
      chartOf((chart) => {
        const sink = broker(chart);
        new KnService(chart, 'a', { name: 'a', image: 'example.com/aa', metadata: { labels: { sends: 'yes' } } });
        new KnService(chart, 'b', { name: 'b', image: 'example.com/bb' });
        const subject = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', selector: { matchLabels: { sends: 'yes' } } };
        new SinkBinding(chart, 'bind', { name: 'bind', subject, sink });
      }),
    );
    const env = async (name: string) =>
      envOf(await bed.get('serving.knative.dev/v1', 'Service', name)).map((variable) => variable.name);
    expect(await env('a')).toEqual(['K_SINK', 'K_CE_OVERRIDES']);
    expect(await env('b')).toEqual([]);
  });
});

test('a ContainerSource runs its container with the address of its sink from the start', async () => {
  const bed = await start(
    chartOf((chart) => {
      new ContainerSource(chart, 'hearts', {
        ...{ name: 'hearts', image: 'example.com/hearts', env: { POD: 'x' }, sink: broker(chart) },
        extensions: { team: 'red' },
      });
    }),
  );
  const running = (await bed.get('apps/v1', 'Deployment', 'hearts-deployment')) as Deployment;
  expect(running.metadata.generation).toBe(1);
  expect(running.metadata.labels).toEqual({
    'sources.knative.dev/source': 'container-source-controller',
    'sources.knative.dev/containerSource': 'hearts',
  });
  expect(envOf(running)).toEqual([
    { name: 'POD', value: 'x' },
    { name: 'K_SINK', value: BROKER_URL },
    { name: 'K_CE_OVERRIDES', value: '{"extensions":{"team":"red"}}' },
  ]);
  const source = await bed.get('sources.knative.dev/v1', 'ContainerSource', 'hearts');
  expect(source!.status).toMatchObject({ sinkUri: BROKER_URL });
});

describe('an ApiServerSource', () => {
  interface Got {
    readonly type: string;
    readonly attributes: Readonly<Record<string, string | null>>;
    readonly data: unknown;
  }

  function watching(props: Partial<ConstructorParameters<typeof ApiServerSource>[2]>) {
    const got: Got[] = [];
    const build = (more: (chart: Chart) => void = () => {}) =>
      chartOf((chart) => {
        const sink = new KnService(chart, 'seen', { name: 'seen', image: 'example.com/seen' });
        const resources = [{ apiVersion: 'v1', kind: 'ConfigMap' }];
        new ApiServerSource(chart, 'source', { name: 'source', resources, ...props, sink });
        more(chart);
      });
    const stub = Testbed.stub('seen', async (request) => {
      const names = ['subject', 'source', 'kind', 'apiversion', 'name', 'namespace', 'team'];
      const attributes = Object.fromEntries(names.map((name) => [name, request.headers.get(`ce-${name}`)]));
      got.push({ type: request.headers.get('ce-type') ?? '', attributes, data: await request.json() });
      return new Response(null, { status: 202 });
    });
    return { got, build, stub };
  }

  test('tells of what is made, changed and deleted, by reference, in order; not of what was there before', async () => {
    const { got, build, stub } = watching({ extensions: { team: 'red' } });
    const bed = await start(
      build((chart) => configMap(chart, 'old')),
      { stubs: [stub] },
    );
    await bed.apply(build((chart) => configMap(chart, 'new')));
    await bed.apply(build((chart) => configMap(chart, 'new', { changed: 'yes' })));
    await bed.advance('10s');
    expect(got.map(({ type, attributes }) => `${type} ${attributes['name']}`)).toEqual([
      'dev.knative.apiserver.ref.add new',
      'dev.knative.apiserver.ref.delete old',
      'dev.knative.apiserver.ref.update new',
    ]);
    expect(got[0]).toMatchObject({
      attributes: {
        ...{ subject: '/apis/v1/namespaces/default/configmaps/new', source: 'https://kubernetes.default.svc' },
        ...{ kind: 'ConfigMap', apiversion: 'v1', name: 'new', namespace: 'default', team: 'red' },
      },
      data: { apiVersion: 'v1', kind: 'ConfigMap', name: 'new', namespace: 'default' },
    });
  });

  test('tells the whole object in mode Resource, and only of those that are selected', async () => {
    const { got, build, stub } = watching({
      mode: 'Resource',
      resources: [
        { apiVersion: 'v1', kind: 'ConfigMap', selector: { matchExpressions: [{ key: 'watch', operator: 'Exists' }] } },
      ],
    });
    const bed = await start(build(), { stubs: [stub] });
    await bed.apply(
      build((chart) => {
        configMap(chart, 'one', { watch: '' });
        configMap(chart, 'two');
      }),
    );
    await bed.advance('10s');
    expect(got).toMatchObject([
      { type: 'dev.knative.apiserver.resource.add', data: { metadata: { name: 'one' }, data: { a: '1' } } },
    ]);
  });

  test('watches the namespaces that it selects, those that come later among them', async () => {
    const { got, build, stub } = watching({ namespaces: { matchLabels: { team: 'red' } } });
    const namespace = (chart: Chart, name: string, team: string) =>
      new ApiObject(chart, name, { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { team } } });
    const map = (chart: Chart, inNamespace: string) =>
      new ApiObject(chart, `map-${inNamespace}`, {
        ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'map', namespace: inNamespace }, data: {} },
      });
    const both = (chart: Chart) => {
      namespace(chart, 'a', 'red');
      namespace(chart, 'b', 'blue');
    };
    const bed = await start(build(both), { stubs: [stub] });
    expect((await bed.get('sources.knative.dev/v1', 'ApiServerSource', 'source'))!.status).toMatchObject({ namespaces: ['a'] });
    const three = (chart: Chart) => {
      both(chart);
      namespace(chart, 'c', 'red');
    };
    await bed.apply(build(three));
    await bed.apply(
      build((chart) => {
        three(chart);
        for (const name of ['a', 'b', 'c']) map(chart, name);
      }),
    );
    await bed.advance('10s');
    expect(got.map(({ attributes }) => attributes['namespace']).sort()).toEqual(['a', 'c']);
    expect((await bed.get('sources.knative.dev/v1', 'ApiServerSource', 'source'))!.status).toMatchObject({
      namespaces: ['a', 'c'],
    });
  });

  test('says by name that a kind is not served', async () => {
    const { build } = watching({ resources: [{ apiVersion: 'apps/v1', kind: 'StatefulSet' }] });
    await expect(Testbed.start(build())).rejects.toThrow(
      'ApiServerSource source is not ready: WatchFailed: no kind StatefulSet in version apps/v1 is served here',
    );
  });
});
