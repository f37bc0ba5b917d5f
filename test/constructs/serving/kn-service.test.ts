import { ApiObject, App, Chart, JsonPatch, Lazy, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import { KnService, type KnServiceProps, RevisionName, RevisionRef, TrafficSplit } from '../../../constructs';
import { kitchenSink } from './kitchen-sink';
import { synthErrors, synthesized, warningsOf } from './synth';

const container = (chart: Chart) => synthesized(chart).spec.template.spec.containers[0]!;
const template = (chart: Chart) => synthesized(chart).spec.template;

test('a service with an image alone synthesizes to just that', () => {
  const chart = Testing.chart();
  new KnService(chart, 'hello', { name: 'hello', image: 'hello:1' });
  expect(Testing.synth(chart)).toEqual([
    {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'hello' },
      spec: { template: { spec: { containers: [{ image: 'hello:1' }] } } },
    },
  ]);
});

test('every prop at once synthesizes to this manifest', () => {
  expect(`\n${App.of(kitchenSink()).synthYaml()}`).toMatchSnapshot();
});

describe('names and addresses', () => {
  test('without a name the object is named by its chart, as every cdk8s object', () => {
    const chart = Testing.chart();
    const service = new KnService(chart, 'hello', { image: 'hello:1' });
    expect(service.name).toMatch(/^test-hello-[0-9a-f]{8}$/);
    expect(synthesized(chart).metadata.name).toBe(service.name);
    expect(
      new KnService(new Chart(Testing.app(), 'plain', { disableResourceNameHashes: true }), 'hi', { image: 'app' }).name,
    ).toBe('plain-hi');
  });

  test('metadata.name counts, and name wins over it', () => {
    const chart = Testing.chart();
    expect(new KnService(chart, 'a', { image: 'app', metadata: { name: 'one' } }).name).toBe('one');
    expect(new KnService(chart, 'b', { image: 'app', metadata: { name: 'one' }, name: 'two' }).name).toBe('two');
  });

  test('the address inside the cluster follows from name and namespace, of the construct or of the chart', () => {
    const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
    const cart = new KnService(chart, 'cart', { name: 'cart', image: 'app' });
    const other = new KnService(chart, 'other', { metadata: { name: 'cart', namespace: 'other' }, image: 'app' });
    const bare = new KnService(Testing.chart(), 'bare', { name: 'cart', image: 'app' });
    expect([cart.host, cart.address]).toEqual(['cart.shop.svc.cluster.local', 'http://cart.shop.svc.cluster.local']);
    expect(other.host).toBe('cart.other.svc.cluster.local');
    expect(bare.host).toBe('cart.default.svc.cluster.local');
    expect(bare.namespace).toBeUndefined();
  });

  test('a service that exists elsewhere has name, namespace and address, and synthesizes nothing', () => {
    const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
    const cart = KnService.fromServiceName(chart, 'cart', 'cart');
    const far = KnService.fromServiceName(chart, 'far', 'far', { namespace: 'elsewhere' });
    expect([cart.address, far.address]).toEqual(['http://cart.shop.svc.cluster.local', 'http://far.elsewhere.svc.cluster.local']);
    expect([cart.kind, cart.apiVersion]).toEqual(['Service', 'serving.knative.dev/v1']);
    expect(KnService.isKnService(cart)).toBe(false);
    expect(Testing.synth(chart)).toEqual([]);
  });

  test('a KnService of another copy of the package is recognised', () => {
    const chart = Testing.chart();
    const service = new KnService(chart, 'a', { image: 'app' });
    const foreign = Object.defineProperty({}, Symbol.for('knative-constructs.KnService'), { value: true });
    for (const x of [service, foreign]) {
      expect(KnService.isKnService(x)).toBe(true);
      expect(x instanceof KnService).toBe(true);
    }
    for (const x of [undefined, null, 'x', {}, new Construct(chart, 'plain')]) expect(KnService.isKnService(x)).toBe(false);
  });
});

describe('mutators', () => {
  test('what is added after construction is synthesized, and later values win', () => {
    const chart = Testing.chart();
    new KnService(chart, 'a', { name: 'a', image: 'app', env: { A: '1', B: '2' } })
      .addEnv('B', '3')
      .addEnv('C', { secret: 'keys', key: 'c', optional: true })
      .addEnvFrom({ configMap: 'settings' })
      .addVolume({ mountPath: '/data', secret: 'keys' })
      .addImagePullSecret('registry')
      .addLabel('tier', 'front')
      .addAnnotation('owner', 'me')
      .addTemplateLabel('app', 'a')
      .addTemplateAnnotation('note', 'yes')
      .splitTraffic(TrafficSplit.weighted({ 'a-00001': 80, latest: 20 }));
    expect(synthesized(chart)).toEqual({
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'a', labels: { tier: 'front' }, annotations: { owner: 'me' } },
      spec: {
        template: {
          metadata: { labels: { app: 'a' }, annotations: { note: 'yes' } },
          spec: {
            containers: [
              {
                image: 'app',
                env: [
                  { name: 'A', value: '1' },
                  { name: 'B', value: '3' },
                  { name: 'C', valueFrom: { secretKeyRef: { name: 'keys', key: 'c', optional: true } } },
                ],
                envFrom: [{ configMapRef: { name: 'settings' } }],
                volumeMounts: [{ name: 'data', mountPath: '/data' }],
              },
            ],
            imagePullSecrets: [{ name: 'registry' }],
            volumes: [{ name: 'data', secret: { secretName: 'keys' } }],
          },
        },
        traffic: [
          { revisionName: 'a-00001', percent: 80 },
          { latestRevision: true, percent: 20 },
        ],
      },
    });
  });

  test('getters return copies: changing them changes nothing', () => {
    const chart = Testing.chart();
    const service = new KnService(chart, 'a', { image: 'app', env: { A: '1' }, volumes: [{ mountPath: '/a', secret: 's' }] });
    (service.env as Record<string, string>).B = '2';
    (service.volumes as unknown[]).push({ mountPath: '/b', secret: 's' });
    (service.sidecars as unknown[]).push({ image: 'other' });
    (service.traffic as unknown[]).push({ percent: 100 });
    expect(container(chart).env).toEqual([{ name: 'A', value: '1' }]);
    expect([service.volumes.length, service.sidecars.length, service.traffic.length]).toEqual([1, 0, 0]);
  });

  test('the props that were given are not changed', () => {
    const props = Object.freeze({ image: 'app', env: Object.freeze({ A: '1' }), volumes: Object.freeze([]) });
    new KnService(Testing.chart(), 'a', props).addEnv('B', '2').addVolume({ mountPath: '/b', emptyDir: {} });
    expect(props.env).toEqual({ A: '1' });
  });
});

describe('escape hatches', () => {
  test('a JSON patch wins over the props, with fields that nobody knows too', () => {
    const chart = Testing.chart();
    const service = new KnService(chart, 'a', { name: 'a', image: 'app', concurrency: { hardLimit: 5 } });
    ApiObject.of(service).addJsonPatch(
      JsonPatch.replace('/spec/template/spec/containerConcurrency', 7),
      JsonPatch.add('/spec/template/spec/shinyNewField', { deep: [1, 2] }),
    );
    warningsOf(() => expect(template(chart).spec).toMatchObject({ containerConcurrency: 7, shinyNewField: { deep: [1, 2] } }));
  });

  test('a merge patch comes after JSON patches, merges objects, replaces lists and removes what is null', () => {
    const chart = Testing.chart();
    const service = new KnService(chart, 'a', {
      name: 'a',
      image: 'app',
      env: { A: '1' },
      timeouts: { request: '10s', idle: '5s' },
    });
    service.mergePatch({
      spec: { template: { spec: { timeoutSeconds: 20, idleTimeoutSeconds: null, containers: [{ image: 'other' }] } } },
    });
    ApiObject.of(service).addJsonPatch(JsonPatch.replace('/spec/template/spec/timeoutSeconds', 15));
    expect(template(chart).spec).toEqual({ containers: [{ image: 'other' }], timeoutSeconds: 20 });
  });

  test('Lazy values work in a merge patch and in props', () => {
    const chart = Testing.chart();
    let image = 'early';
    const service = new KnService(chart, 'a', { name: 'a', image: Lazy.any({ produce: () => image }) });
    service.mergePatch({ metadata: { labels: { made: Lazy.any({ produce: () => `by-${image}` }) } } });
    image = 'late';
    const object = synthesized(chart);
    expect(object.spec.template.spec.containers[0]!.image).toBe('late');
    expect(object.metadata.labels).toEqual({ made: 'by-late' });
  });

  test('the object is the child named Resource, a plain ApiObject', () => {
    const service = new KnService(Testing.chart(), 'a', { name: 'a', image: 'app' });
    expect(service.node.defaultChild).toBe(ApiObject.of(service));
    expect(ApiObject.of(service).node.id).toBe('Resource');
  });

  test('a patched field that Knative does not allow is warned of once, and can be silenced', () => {
    const run = (silence: 'unknown-field'[]) =>
      warningsOf(() => {
        const chart = Testing.chart();
        new KnService(chart, 'a', { name: 'a', image: 'app', silence }).mergePatch({
          spec: { template: { spec: { shiny: 1 } } },
        });
        expect(synthErrors(chart)).toEqual([]);
        expect(synthErrors(chart)).toEqual([]);
      });
    expect(run([])).toEqual([
      expect.stringMatching(/^\[test\/a\] KNC1101 spec\.template\.spec\.shiny: unknown field .*silence: 'unknown-field'/),
    ]);
    expect(run(['unknown-field'])).toEqual([]);
  });
});

test('beside sidecars the serving container’s port is written out, unless one was given to any container', () => {
  const ports = (port?: number, sidecarPort?: number) => {
    const chart = Testing.chart();
    new KnService(chart, 'a', { name: 'a', image: 'app', port, sidecars: [{ image: 'other', port: sidecarPort }] });
    return template(chart).spec.containers.map((one) => one.ports?.[0]?.containerPort);
  };
  expect(ports()).toEqual([8080, undefined]);
  expect(ports(9000)).toEqual([9000, undefined]);
  expect(ports(undefined, 9000)).toEqual([undefined, 9000]);
});

test('whether pods have the sidecar that keeps limits is said only where it was', () => {
  const annotations = (queueSidecar?: KnServiceProps['queueSidecar']) => {
    const chart = Testing.chart();
    new KnService(chart, 'a', { name: 'a', image: 'app', ...(queueSidecar === undefined ? {} : { queueSidecar }) });
    return template(chart).metadata?.annotations;
  };
  const key = (name: string) => `queue.sidecar.serving.knative.dev/${name}`;
  expect(annotations()).toBeUndefined();
  expect(annotations(true)).toEqual({ [key('enabled')]: 'true' });
  expect(annotations(false)).toEqual({ [key('enabled')]: 'false' });
  expect(annotations({ requests: { cpu: '50m' }, limits: { memory: '128Mi' } })).toEqual({
    ...{ [key('enabled')]: 'true', [key('cpu-resource-request')]: '50m', [key('memory-resource-limit')]: '128Mi' },
  });
});

describe('local', () => {
  test('what runs in place of the image is metadata of the construct, and not in the YAML', () => {
    const chart = Testing.chart();
    const service = new KnService(chart, 'a', { name: 'a', image: 'app', local: { command: ['node', 'a.js'], cwd: 'src' } });
    service.addContainer({ image: 'other', local: { command: ['node', 'b.js'] } });
    const data = service.node.metadata.filter(({ type }) => type === 'knative-constructs:local').map((entry) => entry.data);
    expect(data).toEqual([
      { image: 'app', command: ['node', 'a.js'], cwd: 'src' },
      { image: 'other', command: ['node', 'b.js'] },
    ]);
    expect(JSON.stringify(Testing.synth(chart))).not.toContain('node');
  });
});

describe('revision names', () => {
  const named = (props: Partial<ConstructorParameters<typeof KnService>[2]>, patch?: object) => {
    const service = new KnService(Testing.chart(), 'a', { name: 'a', image: 'app', ...props });
    if (patch) service.mergePatch(patch);
    return service.revisionName;
  };

  test.each([
    ['nothing', undefined, undefined],
    ['generated()', RevisionName.generated(), undefined],
    ['given()', RevisionName.given('a-blue'), 'a-blue'],
    ['suffix()', RevisionName.suffix('green'), 'a-green'],
  ])('%s', (_what, revision, expected) => {
    expect(named({ revision })).toBe(expected);
  });

  test('a content hash depends on the template and nothing else, patches included', () => {
    const revision = RevisionName.byContentHash();
    const name = named({ revision });
    expect(name).toMatch(/^a-[0-9a-f]{10}$/);
    expect(named({ revision })).toBe(name);
    expect(named({ revision, visibility: 'cluster-local', traffic: [{ percent: 100 }], local: { command: ['x'] } })).toBe(name);
    const others = [
      named({ revision, image: 'other' }),
      named({ revision, env: { A: '1' } }),
      named({ revision, scale: { min: 1 } }),
      named({ revision, template: { labels: { a: 'b' } } }),
      named({ revision }, { spec: { template: { spec: { timeoutSeconds: 9 } } } }),
    ];
    expect(new Set([name, ...others]).size).toBe(6);
  });

  test('a split that refers to the service’s own content hash names what is synthesized, patches included', () => {
    const chart = Testing.chart();
    const service = new KnService(chart, 'a', { name: 'a', image: 'app', revision: RevisionName.byContentHash() });
    service.splitTraffic([{ revision: RevisionRef.byContentHash() }]);
    service.mergePatch({ spec: { template: { spec: { timeoutSeconds: 9 } } } });
    const { spec } = synthesized(chart);
    expect(spec.traffic).toEqual([{ revisionName: spec.template.metadata!.name, percent: 100 }]);
    expect(service.revisionName).toBe(spec.template.metadata!.name);
  });

  test('an earlier version kept in code names the revision that it made', () => {
    const before = { image: 'shop:1', env: { GREETING: 'hi' } };
    const old = new KnService(Testing.chart(), 'shop', { ...before, name: 'shop', revision: RevisionName.byContentHash() });
    const chart = Testing.chart();
    new KnService(chart, 'shop', {
      ...before,
      image: 'shop:2',
      name: 'shop',
      revision: RevisionName.byContentHash(),
      traffic: TrafficSplit.canary({ stable: RevisionRef.byContentHash(before), percent: 10 }),
    });
    expect(synthesized(chart).spec.traffic).toEqual([
      { revisionName: old.revisionName, percent: 90 },
      { latestRevision: true, percent: 10 },
    ]);
  });
});

test('the same app synthesizes to the same YAML, whatever the order of keys', () => {
  const yaml = (flip: boolean) => {
    const app = new App();
    const env = flip ? { annotations: { b: '2', a: '1' } } : { annotations: { a: '1', b: '2' } };
    const service = new KnService(new Chart(app, 'c'), 's', { name: 's', image: 'app', template: env });
    service.mergePatch(flip ? { spec: { z: {}, a: {} } } : { spec: { a: {}, z: {} } });
    let text = '';
    warningsOf(() => {
      text = app.synthYaml() as string;
    });
    return text;
  };
  expect(yaml(true)).toBe(yaml(false));
  expect(yaml(true)).toBe(yaml(true));
});
