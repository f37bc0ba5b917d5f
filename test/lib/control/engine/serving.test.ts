import fc from 'fast-check';
import {
  ConfigurationType,
  DeploymentType,
  type Ingress,
  IngressType,
  K8sServiceType,
  type KubeObject,
  PodAutoscalerType,
  RevisionType,
  RouteType,
  type Service,
  ServiceType,
} from '../../../../lib/api';
import { ControlWorld, LOCAL_CONFIG } from '../support/control-world';
import { service, summary, template } from '../support/objects';

const IMAGES = [
  'example.com/one:v1',
  'example.com/two:v2',
  'kind.local/three',
  'example.com/four@sha256:0000000000000000000000000000000000000000000000000000000000000000',
];
const traffic = (list: Service['spec']['traffic']) => ({ spec: { traffic: list } });
const image = (name: string, revision?: string) => ({ spec: { template: template(name, revision) } });

/** `revision=percent` of the public host of a route. */
async function splitOf(world: ControlWorld, name = 'hello'): Promise<string[]> {
  const { spec } = await world.get<Ingress>(IngressType, name);
  const rule = spec.rules!.find(({ hosts }) => hosts![0] === `${name}.default.example.com`)!;
  return rule.http!.paths[0]!.splits.map(({ serviceName, percent }) => `${serviceName}=${percent}`);
}

async function statusOf(world: ControlWorld, name = 'hello') {
  return (await world.get<Service>(ServiceType, name)).status!;
}

describe('a Service', () => {
  it('becomes ready with all its children', async () => {
    const world = await new ControlWorld().start();
    await world.create(ServiceType, service());
    const status = await statusOf(world);
    expect(summary(status)).toEqual({ ConfigurationsReady: 'True', Ready: 'True', RoutesReady: 'True' });
    expect(status).toMatchObject({
      latestCreatedRevisionName: 'hello-00001',
      latestReadyRevisionName: 'hello-00001',
      url: 'http://hello.default.example.com',
      address: { url: 'http://hello.default.svc.cluster.local' },
      traffic: [{ revisionName: 'hello-00001', percent: 100, latestRevision: true }],
      observedGeneration: 1,
    });
    expect((await world.get(RevisionType, 'hello-00001')).metadata).toMatchObject({
      labels: { 'serving.knative.dev/routingState': 'active' },
      annotations: { 'serving.knative.dev/routes': 'hello' },
    });
    expect((await world.get(K8sServiceType, 'hello')).spec).toMatchObject({
      externalName: 'knc-gateway.knative-serving.svc.cluster.local',
    });
    expect((await world.events()).sort()).toEqual([
      'ConfigurationReady: Configuration becomes ready',
      'Created: Created Configuration "hello"',
      'Created: Created Ingress "hello"',
      'Created: Created Revision "hello-00001"',
      'Created: Created Route "hello"',
      'Created: Created placeholder service "hello"',
      'LatestReadyUpdate: LatestReadyRevisionName updated to "hello-00001"',
      'RevisionReady: Revision becomes ready upon all resources being ready',
    ]);
  });

  it('moves to a new revision, and puts the old one in reserve', async () => {
    const world = await new ControlWorld().start();
    await world.create(ServiceType, service());
    await world.patch(ServiceType, 'hello', image('example.com/next:v2'));
    expect(await splitOf(world)).toEqual(['hello-00002=100']);
    expect(summary(await statusOf(world)).Ready).toBe('True');
    const old = await world.get(RevisionType, 'hello-00001');
    expect(old.metadata.labels?.['serving.knative.dev/routingState']).toBe('reserve');
    expect((await world.get(PodAutoscalerType, 'hello-00001')).spec).toMatchObject({ reachability: 'Unreachable' });
    expect((await world.get(PodAutoscalerType, 'hello-00002')).spec).toMatchObject({ reachability: 'Reachable' });
  });

  it('goes back to a revision by its name, and refuses a name that stands for something else', async () => {
    const world = await new ControlWorld().start();
    await world.create(ServiceType, service('hello', { spec: { template: template('example.com/one:v1', 'hello-a') } }));
    await world.patch(ServiceType, 'hello', image('example.com/two:v1', 'hello-b'));
    await world.patch(ServiceType, 'hello', image('example.com/one:v1', 'hello-a'));
    expect(await splitOf(world)).toEqual(['hello-a=100']);
    expect((await world.list(RevisionType)).map(({ metadata }) => metadata.name).sort()).toEqual(['hello-a', 'hello-b']);
    await world.patch(ServiceType, 'hello', image('example.com/c:v1', 'hello-b'));
    const conditions = summary(await statusOf(world));
    expect(conditions.RoutesReady).toMatch(/^False\/RevisionNameTaken/);
    expect(conditions.ConfigurationsReady).toMatch(/^False\/RevisionFailed: .*"hello-b" already exists/);
    expect(await splitOf(world)).toEqual(['hello-a=100']);
  });

  it('splits between revisions, and keeps the last good split when a target does not exist', async () => {
    const world = await new ControlWorld().start();
    await world.create(ServiceType, service());
    await world.patch(ServiceType, 'hello', image('example.com/next:v2'));
    await world.patch(
      ServiceType,
      'hello',
      traffic([
        { revisionName: 'hello-00001', percent: 70, tag: 'old' },
        { latestRevision: true, percent: 30 },
      ]),
    );
    expect(await splitOf(world)).toEqual(['hello-00001=70', 'hello-00002=30']);
    expect(summary(await statusOf(world)).Ready).toBe('True');
    await world.patch(ServiceType, 'hello', traffic([{ revisionName: 'hello-00009', percent: 100 }]));
    expect(await splitOf(world)).toEqual(['hello-00001=70', 'hello-00002=30']);
    expect(summary(await statusOf(world)).Ready).toBe(
      'False/RevisionMissing: Revision "hello-00009" referenced in traffic not found.',
    );
  });

  it('rolls out gradually in the time that it asks for', async () => {
    const world = await new ControlWorld().start();
    await world.create(
      ServiceType,
      service('hello', { metadata: { annotations: { 'serving.knative.dev/rollout-duration': '100s' } } }),
    );
    await world.patch(ServiceType, 'hello', image('example.com/next:v2'));
    expect(await splitOf(world)).toEqual(['hello-00001=99', 'hello-00002=1']);
    expect(summary(await statusOf(world)).RoutesReady).toMatch(/^Unknown\/RolloutInProgress/);
    await world.clock.advance(50_000);
    expect(await splitOf(world)).toEqual(['hello-00001=49', 'hello-00002=51']);
    expect((await statusOf(world)).traffic).toMatchObject([{ percent: 49 }, { percent: 51 }]);
    await world.clock.advance(50_000);
    expect(await splitOf(world)).toEqual(['hello-00002=100']);
    expect(summary(await statusOf(world)).Ready).toBe('True');
    world.writes.length = 0;
    await world.clock.advance(24 * 3600_000);
    expect(world.writes).toEqual([]);
  });

  it('keeps no more idle revisions than it may, by the clock', async () => {
    const gc = {
      ...LOCAL_CONFIG.gc,
      minNonActiveRevisions: 1,
      retainSinceCreateTime: 3600_000,
      retainSinceLastActiveTime: 3600_000,
    };
    const world = await new ControlWorld({ config: { ...LOCAL_CONFIG, gc } }).start();
    await world.create(ServiceType, service());
    for (const name of IMAGES.slice(0, 3)) {
      await world.patch(ServiceType, 'hello', image(name));
      await world.clock.advance(60_000);
    }
    const names = async () => (await world.list(RevisionType)).map(({ metadata }) => metadata.name).sort();
    expect(await names()).toHaveLength(4);
    await world.clock.advance(2 * 3600_000);
    expect(await names()).toEqual(['hello-00003', 'hello-00004']);
  });

  it('passes on what the API server says against a child', async () => {
    const world = await new ControlWorld().start();
    world.counting.refuse = (verb, type) =>
      verb === 'create' && type === RevisionType ? new Error('exceeded quota') : undefined;
    await world.create(ServiceType, service());
    expect(summary(await statusOf(world)).ConfigurationsReady).toBe(
      'False/RevisionFailed: Revision creation failed with message: exceeded quota.',
    );
    world.counting.refuse = undefined;
    await world.clock.advance(60_000);
    expect(summary(await statusOf(world)).Ready).toBe('True');
  });

  it('takes everything with it when it is deleted', async () => {
    const world = await new ControlWorld().start();
    await world.create(ServiceType, service());
    await world.memory.delete(ServiceType, 'default', 'hello');
    await world.settle();
    for (const type of [
      ServiceType,
      ConfigurationType,
      RevisionType,
      RouteType,
      IngressType,
      DeploymentType,
      PodAutoscalerType,
      K8sServiceType,
    ]) {
      expect(await world.list(type as typeof ServiceType)).toEqual([]);
    }
  });

  it('waits for the gateway, and says which older route has its host', async () => {
    const world = await new ControlWorld({
      config: { ...LOCAL_CONFIG, network: { ...LOCAL_CONFIG.network, domainTemplate: '{{.Name}}.{{.Domain}}' } },
    }).start();
    await world.create(ServiceType, service());
    await world.clock.advance(60_000);
    await world.create(ServiceType, service('hello', { metadata: { namespace: 'other' } }));
    const second = await world.get<Service>(ServiceType, 'hello', 'other');
    expect(summary(second.status).Ready).toBe(
      'False/HostConflict: Host "hello.example.com" is claimed by the older Ingress "default/hello".',
    );
    await world.memory.delete(ServiceType, 'default', 'hello');
    await world.settle();
    expect(summary((await world.get<Service>(ServiceType, 'hello', 'other')).status).Ready).toBe('True');
  });
});

describe('whatever is done to Services', () => {
  const name = fc.constantFrom('a', 'b');
  const change = fc.oneof(
    fc.record({ do: fc.constant('image' as const), name, image: fc.constantFrom(...IMAGES) }),
    fc.record({
      do: fc.constant('split' as const),
      name,
      percent: fc.integer({ min: 0, max: 100 }),
      tag: fc.constantFrom('x', 'y'),
    }),
    fc.record({ do: fc.constant('label' as const), name, value: fc.constantFrom('1', '2', null) }),
    fc.record({ do: fc.constant('local' as const), name, value: fc.constantFrom('cluster-local', null) }),
    fc.record({ do: fc.constant('delete' as const), name }),
    fc.record({ do: fc.constant('vandalise' as const), name }),
    fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 100 }) }),
  );

  type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

  async function carryOut(world: ControlWorld, c: Change): Promise<void> {
    if (c.do === 'wait') return world.clock.advance(c.seconds * 1000);
    const exists = await world.memory.get(ServiceType, 'default', c.name);
    if (c.do === 'delete') {
      if (exists) await world.memory.delete(ServiceType, 'default', c.name);
      return;
    }
    if (!exists) return void (await world.memory.create(ServiceType, withoutServerFields(service(c.name))));
    const merge = (patch: object, type: typeof ServiceType | typeof IngressType = ServiceType) =>
      world.memory.patch(type as typeof ServiceType, 'default', c.name, 'merge', patch);
    if (c.do === 'image') await merge(image(c.image));
    if (c.do === 'label') await merge({ metadata: { labels: { team: c.value }, annotations: { note: c.value } } });
    if (c.do === 'local') await merge({ metadata: { labels: { 'networking.knative.dev/visibility': c.value } } });
    if (c.do === 'vandalise' && (await world.memory.get(IngressType, 'default', c.name)))
      await merge({ spec: { rules: [] } }, IngressType);
    if (c.do === 'split') {
      const first = { revisionName: `${c.name}-00001`, percent: c.percent, tag: c.tag };
      await merge(traffic([first, { latestRevision: true, percent: 100 - c.percent }]));
    }
  }

  function withoutServerFields<T extends KubeObject>(object: T): T {
    const { uid: _u, resourceVersion: _r, generation: _g, creationTimestamp: _c, ...metadata } = object.metadata;
    return { ...object, metadata };
  }

  it('everything ends as planned, and planning everything once more writes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(change, fc.boolean()), { minLength: 1, maxLength: 12 }), async (changes) => {
        const world = await new ControlWorld().start();
        for (const [one, settle] of changes) {
          await carryOut(world, one);
          if (settle) await world.settle();
        }
        // The clock goes on for those that were refused and back off.
        await world.clock.advance(3600_000);
        world.writes.length = 0;
        world.engine.setConfig({ ...LOCAL_CONFIG });
        await world.settle();
        expect(world.writes).toEqual([]);
        for (const { status } of await world.list(ServiceType)) expect(summary(status).Ready).toBe('True');
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it('a hundred of them become ready, and one more change costs as much as it would alone', async () => {
    const world = await new ControlWorld().start();
    for (let i = 0; i < 100; i++) await world.memory.create(ServiceType, withoutServerFields(service(`s${i}`)));
    await world.settle();
    const ready = (await world.list(ServiceType)).filter(({ status }) => summary(status).Ready === 'True');
    expect(ready).toHaveLength(100);
    world.writes.length = 0;
    await world.patch(ServiceType, 's7', image('example.com/next:v2'));
    expect(new Set(world.writes.map((write) => write.split(' ')[2]!.replace(/-.*/, '')))).toEqual(new Set(['s7']));
    expect(world.writes.length).toBeLessThan(40);
  }, 60_000);
});
