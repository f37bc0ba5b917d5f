import {
  ConfigMapType,
  conditionOf,
  DeploymentType,
  type KResourceStatus,
  type KubeObject,
  type Pod,
  PodType,
  RevisionType,
  RouteType,
  ServiceType,
  type Stored,
} from '../../lib/api';
import { type FunctionHandler, MemoryStore } from '../../lib/local';
import { VirtualSystem } from './support/virtual-system';

function service(name: string, annotations: Record<string, string> = {}): KubeObject {
  const template = { metadata: { annotations }, spec: { containers: [{ image: 'example.com/app' }] } };
  return { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec: { template } };
}

const DOWN_MS = 600_000;

let store: MemoryStore;
let system: VirtualSystem;
let now: number | undefined;
let runs = 0;

const handler: FunctionHandler = async (_, { revision }) => new Response(revision);

async function start(): Promise<void> {
  system = await VirtualSystem.start({ store, handler, seed: ++runs, ...(now ? { now } : {}) });
}

/** What a `kill -9` leaves at this moment: what is written afterwards is not in it. Ten minutes pass. */
async function kill(): Promise<void> {
  const left = new MemoryStore();
  left.write([...store.range()].map(([key, value]) => ({ key, value })));
  await system.stop();
  store = left;
  now = system.clock.now() + DOWN_MS;
}

beforeEach(async () => {
  store = new MemoryStore();
  now = undefined;
  await start();
});

afterEach(() => system.stop());

const get = <T extends KubeObject>(type: Parameters<typeof system.system.cluster.get<T>>[0], name: string) =>
  system.drive(system.system.cluster.get(type, 'default', name));

const ready = (object: KubeObject | undefined) =>
  conditionOf((object?.status as KResourceStatus | undefined)?.conditions, 'Ready')?.status;

async function pods(revision: string): Promise<readonly Stored<Pod>[]> {
  return system.drive(system.pods(revision));
}

/** Everything that Ready of services, routes and revisions is from now on. */
function readiness(): string[] {
  const seen: string[] = [];
  for (const type of [ServiceType, RouteType, RevisionType]) {
    system.system.cluster.watch<KubeObject>(type, {}, (event) => {
      if (event.type === 'ADDED' || event.type === 'MODIFIED') seen.push(`${type.kind} ${ready(event.object)}`);
    });
  }
  return seen;
}

async function answer(name: string): Promise<string> {
  return (await system.drive(system.fetch(name))).text();
}

test('a service at zero is ready at once, stays at zero, and wakes for a request', async () => {
  await system.apply(service('idle'));
  await system.clock.advance(120_000);
  expect(await pods('idle-00001')).toEqual([]);
  const before = await Promise.all([get(ServiceType, 'idle'), get(RevisionType, 'idle-00001')]);

  await kill();
  await start();
  const seen = readiness();
  expect(ready(await get(ServiceType, 'idle'))).toBe('True');
  await system.clock.advance(300_000);
  expect(new Set(seen)).toEqual(new Set(['Service True', 'Route True', 'Revision True']));
  expect((await get(DeploymentType, 'idle-00001-deployment'))!.spec.replicas).toBe(0);
  expect(await pods('idle-00001')).toEqual([]);
  const after = await Promise.all([get(ServiceType, 'idle'), get(RevisionType, 'idle-00001')]);
  expect(after.map((object) => object!.metadata.uid)).toEqual(before.map((object) => object!.metadata.uid));
  expect(after[0]).toEqual(before[0]);

  expect(await answer('idle')).toBe('idle-00001');
});

test('a pod that ran is started again, as the same one, and its service never fails', async () => {
  await system.apply(service('busy', { 'autoscaling.knative.dev/min-scale': '2' }));
  await system.clock.advance(60_000);
  const before = await pods('busy-00001');
  expect(before).toHaveLength(2);

  await kill();
  await start();
  const seen = readiness();
  await system.clock.advance(60_000);
  const after = await pods('busy-00001');
  expect(after.map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));
  for (const [i, { status }] of after.entries()) {
    const { restartCount, lastState, ready: isReady } = status!.containerStatuses![0]!;
    expect([isReady, restartCount]).toEqual([true, 1]);
    expect(lastState?.terminated).toMatchObject({ exitCode: 255, reason: 'Unknown' });
    expect(status!.startTime).toBe(before[i]!.status!.startTime);
  }
  expect(seen.filter((text) => text.endsWith('False'))).toEqual([]);
  expect(ready(await get(ServiceType, 'busy'))).toBe('True');
  expect(await answer('busy')).toBe('busy-00001');

  await kill();
  await start();
  await system.clock.advance(60_000);
  const again = await pods('busy-00001');
  expect(again.map(({ status }) => status!.containerStatuses![0]!.restartCount)).toEqual([2, 2]);
});

test('a pod that ran for requests goes to zero after its window, not before', async () => {
  await system.apply(service('once'));
  expect(await answer('once')).toBe('once-00001');
  await kill();
  await start();
  await system.clock.advance(30_000);
  expect(await pods('once-00001')).toHaveLength(1);
  await system.clock.advance(90_000);
  expect(await pods('once-00001')).toEqual([]);
});

test('a pod that was being deleted is gone, and what a person made stays', async () => {
  await system.apply(service('gone', { 'autoscaling.knative.dev/min-scale': '1' }));
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mine', namespace: 'default' }, data: { a: 'b' } };
  const mine = await system.drive(system.system.cluster.create(ConfigMapType, config));
  await system.drive(system.system.cluster.delete(ServiceType, 'default', 'gone'));
  await kill();
  await start();
  await system.clock.advance(60_000);
  expect((await system.drive(system.system.cluster.list(PodType))).items).toEqual([]);
  expect(await get(ConfigMapType, 'mine')).toEqual(mine);
});
