import { Secret } from '@pulumi/kubernetes/core/v1/secret';
import * as pulumi from '@pulumi/pulumi';
import { Duration, Size, Testing } from 'cdk8s';
import { KnService as Construct, TrafficSplit as SplitConstruct } from '../../../constructs';
import type { Service } from '../../../constructs/model';
import { DomainMapping, KnService, RevisionName, RevisionRef, TrafficSplit } from '../../../constructs/pulumi';
import { mockPulumi, promiseOf, type Registered, STATUS } from './mocks';

const registered = mockPulumi();
beforeEach(() => {
  registered.length = 0;
});

/** The one Kubernetes resource of that name, once the component has made it. */
async function made(component: KnService | TrafficSplit | DomainMapping): Promise<Registered> {
  const urn = await promiseOf(component.resource.urn);
  const found = registered.filter(({ name }) => urn.endsWith(`::${name}`));
  expect(found).toHaveLength(1);
  return found[0]!;
}

const specOf = async (component: KnService | TrafficSplit) => (await made(component)).inputs.spec as Service['spec'];

describe('KnService', () => {
  test('registers a component with its token and one child, parented and named after it', async () => {
    const hello = new KnService('hello', { image: 'app:1' });
    const child = await made(hello);
    expect(registered.map(({ type, name }) => [type, name])).toEqual([
      ['knative-constructs:serving:KnService', 'hello'],
      ['kubernetes:serving.knative.dev/v1:Service', 'hello-service'],
    ]);
    const urn = await promiseOf(hello.resource.urn);
    expect(urn).toContain('knative-constructs:serving:KnService$kubernetes:serving.knative.dev/v1:Service::hello-service');
    expect(child.inputs).toEqual({
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'hello', annotations: { 'pulumi.com/waitFor': 'condition=Ready' } },
      spec: { template: { spec: { containers: [{ image: 'app:1' }] } } },
    });
  });

  test('has the URL, the revisions, the name and the namespace as outputs', async () => {
    const hello = new KnService('hello', {
      image: 'app:1',
      metadata: { namespace: 'shop' },
      revision: RevisionName.byContentHash(),
    });
    const outputs = pulumi.all([hello.url, hello.latestReadyRevisionName, hello.name, hello.namespace, hello.revisionName]);
    expect(await promiseOf(outputs)).toEqual([
      STATUS.url,
      'hello-00003',
      'hello',
      'shop',
      expect.stringMatching(/^hello-[0-9a-f]{10}$/),
    ]);
  });

  test('accepts inputs at every depth', async () => {
    const hello = new KnService('hello', {
      name: pulumi.output('greeter'),
      image: Promise.resolve('app:2'),
      env: pulumi.output({ A: pulumi.output('1') }),
      args: [pulumi.output('--verbose'), '--fast'],
      scale: { max: pulumi.output(5) },
      traffic: pulumi.output([{ percent: 100, tag: pulumi.output('now') }]),
    });
    expect((await made(hello)).inputs.metadata).toMatchObject({ name: 'greeter' });
    expect(await specOf(hello)).toEqual({
      template: {
        metadata: { annotations: { 'autoscaling.knative.dev/max-scale': '5' } },
        spec: { containers: [{ image: 'app:2', args: ['--verbose', '--fast'], env: [{ name: 'A', value: '1' }] }] },
      },
      traffic: [{ latestRevision: true, percent: 100, tag: 'now' }],
    });
  });

  test('makes the same spec as the cdk8s construct from the same props', async () => {
    const props = {
      image: 'app:1',
      env: { A: { configMap: 'settings', key: 'a' } },
      volumes: [{ mountPath: '/etc/keys', secret: 'keys' }],
      scale: { min: 1, window: Duration.seconds(30) },
      resources: { limits: { memory: Size.mebibytes(64) } },
      timeouts: { request: Duration.minutes(1) },
      revision: RevisionName.byContentHash(),
      traffic: TrafficSplit.canary({ stable: RevisionRef.byContentHash({ image: 'app:0' }), percent: 10, tag: 'next' }),
    };
    const chart = Testing.chart();
    new Construct(chart, 'hello', {
      ...props,
      name: 'hello',
      traffic: SplitConstruct.canary({ stable: RevisionRef.byContentHash({ image: 'app:0' }), percent: 10, tag: 'next' }),
    });
    expect(await specOf(new KnService('hello', props))).toEqual(Testing.synth(chart)[0].spec);
  });

  test('reads names of other resources from their metadata', async () => {
    const secret = new Secret('keys', { metadata: { name: 'keys-1a2b' } });
    const hello = new KnService('hello', { image: 'app:1', env: { KEY: { secret, key: 'key' } }, envFrom: [secret] });
    expect((await specOf(hello)).template.spec.containers[0]).toMatchObject({
      env: [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys-1a2b', key: 'key' } } }],
      envFrom: [{ secretRef: { name: 'keys-1a2b' } }],
    });
  });

  test.each<[string, ConstructorParameters<typeof KnService>[1]['await'], Record<string, string>]>([
    ['nothing when told so', false, { 'pulumi.com/skipAwait': 'true' }],
    ['as long as told', { timeoutSeconds: 60 }, { 'pulumi.com/waitFor': 'condition=Ready', 'pulumi.com/timeoutSeconds': '60' }],
    [
      'other conditions',
      { conditions: ['RoutesReady', 'jsonpath={.status.url}'] },
      { 'pulumi.com/waitFor': '["condition=RoutesReady","jsonpath={.status.url}"]' },
    ],
  ])('waits for %s', async (_what, wait, annotations) => {
    const child = await made(new KnService('hello', { image: 'app:1', await: wait }));
    expect((child.inputs.metadata as { annotations: object }).annotations).toEqual(annotations);
  });

  test('annotations of the user win over those by which Pulumi waits', async () => {
    const child = await made(
      new KnService('hello', { image: 'app:1', metadata: { annotations: { 'pulumi.com/waitFor': 'condition=RoutesReady' } } }),
    );
    expect(child.inputs.metadata).toMatchObject({ annotations: { 'pulumi.com/waitFor': 'condition=RoutesReady' } });
  });
});

describe('validation', () => {
  test('plain values are refused at once, with every error', () => {
    expect(() => new KnService('hello', { image: '', concurrency: { hardLimit: -1 } })).toThrow(
      /hello:\n {2}KNC1001 .*containerConcurrency: expected 0 <= -1 <= 1000\n {2}KNC1001 .*image: missing field/,
    );
  });

  test('what is plain is refused at once even where other arguments are not known yet', () => {
    const later = pulumi.output('app:1');
    expect(() => new KnService('hello', { image: later, scale: { min: 3, max: 2 } })).toThrow(
      /max-scale=2 is less than min-scale=3/,
    );
    expect(() => new KnService('hello', { image: later, traffic: [{ percent: 60 }, { percent: 60, tag: 'x' }] })).toThrow(
      /want 100/,
    );
  });

  test('a name that is not known yet is no reason to refuse names made from it', async () => {
    const hello = new KnService('hello', { name: pulumi.output('shop'), image: 'app:1', traffic: [{ revision: 'shop-00001' }] });
    expect((await specOf(hello)).traffic).toEqual([{ revisionName: 'shop-00001', percent: 100 }]);
  });

  test('what is not known yet is no reason to refuse', async () => {
    const hello = new KnService('hello', {
      image: pulumi.output('app:1'),
      traffic: [{ percent: pulumi.output(40) }, { revision: 'hello-00001', percent: 60 }],
    });
    expect((await specOf(hello)).traffic).toHaveLength(2);
  });
});

describe('transform', () => {
  test('a function changes arguments and options, and wins over everything, revision hashes included', async () => {
    const seen: string[] = [];
    const plain = new KnService('plain', { name: 'hello', image: 'app:1', revision: RevisionName.byContentHash() });
    const hello = new KnService('hello', {
      image: 'app:1',
      revision: RevisionName.byContentHash(),
      transform: {
        service: (args, opts, name) => {
          seen.push(name);
          args.spec = pulumi.output(args.spec).apply((spec) => {
            const { template } = spec as unknown as Service['spec'];
            return { template: { ...template, spec: { ...template.spec, timeoutSeconds: 9 } } };
          });
          opts.protect = true;
        },
      },
    });
    const spec = await specOf(hello);
    expect(seen).toEqual(['hello-service']);
    expect(spec.template.spec.timeoutSeconds).toBe(9);
    expect(spec.template.metadata!.name).toBe(await promiseOf(hello.revisionName));
    expect(spec.template.metadata!.name).not.toBe(await promiseOf(plain.revisionName));
  });

  test('an object replaces arguments, and mends what the props got wrong', async () => {
    const spec = { template: { spec: { containers: [{ image: 'other:1' }] } } };
    expect(await specOf(new KnService('hello', { image: '', transform: { service: { spec } } }))).toEqual(spec);
  });

  test('a field that Knative does not know is let through with a warning, unless silenced', async () => {
    const warn = jest.spyOn(pulumi.log, 'warn').mockResolvedValue(undefined);
    const shiny = { spec: { template: { spec: { containers: [{ image: 'app:1' }], shiny: 1 } } } };
    try {
      const hello = new KnService('hello', { image: 'app:1', transform: { service: shiny } });
      expect((await specOf(hello)).template.spec).toMatchObject({ shiny: 1 });
      expect(warn.mock.calls.map(([text]) => text)).toEqual([expect.stringMatching(/KNC1101 spec\.template\.spec\.shiny/)]);
      warn.mockClear();
      await made(new KnService('quiet', { image: 'app:1', transform: { service: shiny }, silence: ['unknown-field'] }));
      expect(warn).not.toHaveBeenCalled();
    } finally {
      warn.mockRestore();
    }
  });
});

describe('TrafficSplit', () => {
  test('splits over components in one line, and waits for it', async () => {
    const stable = new KnService('stable', { image: 'app:1', revision: RevisionName.byContentHash() });
    const next = new KnService('next', { image: 'app:2' });
    const shop = new TrafficSplit('shop', { targets: TrafficSplit.canary({ stable, next, percent: 10, tag: 'next' }) });
    const child = await made(shop);
    expect(child.type).toBe('kubernetes:serving.knative.dev/v1:Route');
    expect(child.name).toBe('shop-route');
    expect(child.inputs.metadata).toEqual({ name: 'shop', annotations: { 'pulumi.com/waitFor': 'condition=Ready' } });
    expect(child.inputs.spec).toEqual({
      traffic: [
        { configurationName: 'stable', latestRevision: true, percent: 90 },
        { configurationName: 'next', latestRevision: true, percent: 10, tag: 'next' },
      ],
    });
    expect(await promiseOf(shop.url)).toBe(STATUS.url);
  });

  test('names the revision that a component makes', async () => {
    const stable = new KnService('stable', { image: 'app:1', revision: RevisionName.byContentHash() });
    const shop = new TrafficSplit('shop', {
      targets: [{ service: stable, revision: RevisionRef.byContentHash(), percent: 100 }],
    });
    expect((await specOf(shop)).traffic).toEqual([{ revisionName: await promiseOf(stable.revisionName), percent: 100 }]);
  });

  test('the other makers of targets take outputs too', async () => {
    const blueGreen = TrafficSplit.blueGreen({ blue: pulumi.output('hello-00001'), green: RevisionRef.latest(), live: 'blue' });
    const hello = new KnService('hello', { image: 'app:1', traffic: blueGreen });
    expect((await specOf(hello)).traffic).toEqual([
      { revisionName: 'hello-00001', percent: 100, tag: 'blue' },
      { latestRevision: true, percent: 0, tag: 'green' },
    ]);
    const weighted = TrafficSplit.weighted({ 'hi-00001': pulumi.output(75), latest: 25 });
    expect((await specOf(new KnService('hi', { image: 'app:1', traffic: weighted }))).traffic).toEqual([
      { revisionName: 'hi-00001', percent: 75 },
      { latestRevision: true, percent: 25 },
    ]);
  });

  test('a sum that is not 100 is refused at once', () => {
    expect(
      () =>
        new TrafficSplit('shop', {
          targets: [
            { service: 'a', percent: 30 },
            { service: 'b', percent: 30 },
          ],
        }),
    ).toThrow(/shop:\n {2}KNC1001 spec\.traffic: Traffic targets sum to 60, want 100/);
  });

  test('the Route can be transformed', async () => {
    const shop = new TrafficSplit('shop', {
      targets: [{ service: 'a' }],
      transform: { route: { metadata: { name: 'other' } } },
    });
    expect((await made(shop)).inputs.metadata).toEqual({ name: 'other' });
  });
});

describe('DomainMapping', () => {
  const byType = (type: string) => registered.filter((one) => one.type.endsWith(`:${type}`));

  test('is named by its domain, leads to a component, and is waited for', async () => {
    const hello = new KnService('hello', { image: 'app:1' });
    const shop = new DomainMapping('shop.example.com', { to: hello });
    const child = await made(shop);
    expect([child.type, child.name]).toEqual([
      'kubernetes:serving.knative.dev/v1beta1:DomainMapping',
      'shop.example.com-domainmapping',
    ]);
    expect(child.inputs.metadata).toEqual({ name: 'shop.example.com', annotations: { 'pulumi.com/waitFor': 'condition=Ready' } });
    expect(child.inputs.spec).toEqual({ ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello' } });
    expect(await promiseOf(shop.url)).toBe(STATUS.url);
    expect([shop.claim, byType('ClusterDomainClaim')]).toEqual([undefined, []]);
  });

  test('takes outputs, and claims the domain', async () => {
    const shop = new DomainMapping('shop', {
      domain: pulumi.output('shop.example.com'),
      to: 'hello',
      tlsSecret: pulumi.output('shop-tls'),
      metadata: { namespace: pulumi.output('shop') },
      claim: true,
    });
    expect((await made(shop)).inputs).toMatchObject({
      metadata: { name: 'shop.example.com', namespace: 'shop' },
      spec: { ref: { name: 'hello' }, tls: { secretName: 'shop-tls' } },
    });
    await promiseOf(shop.claim!.urn);
    expect(byType('ClusterDomainClaim').map(({ name, inputs }) => [name, inputs.metadata, inputs.spec])).toEqual([
      ['shop-claim', { name: 'shop.example.com' }, { namespace: 'shop' }],
    ]);
  });

  test('of what is no domain is refused at once', () => {
    expect(() => new DomainMapping('shop', { to: 'hello' })).toThrow(/shop:\n {2}KNC1001 metadata\.name: invalid name "shop"/);
  });
});
