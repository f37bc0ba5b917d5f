import { type Container, type Event, EventType, PodType } from '../../../../lib/api';
import { StartError } from '../../../../lib/local/pods';
import { makePod, ScriptedRuntime, virtualWorld } from './support';

async function setUp(container: Partial<Container> = {}, prepare: (scripted: ScriptedRuntime) => void = () => {}) {
  const scripted = new ScriptedRuntime();
  prepare(scripted);
  const world = virtualWorld(() => ({ runtimes: [scripted] }));
  await world.runtime.start();
  await world.cluster.create(PodType, makePod([{ name: 'app', image: 'acme/app', ...container }]));
  await world.clock.settle();
  /** What has been told so far, in order, as `kubectl describe pod` shows it. */
  const told = async () => {
    const { items } = await world.cluster.list<Event>(EventType);
    for (const { involvedObject, source } of items) {
      expect([involvedObject.kind, involvedObject.name, source?.component]).toEqual(['Pod', 'p', 'kubelet']);
    }
    const order = (event: Event) => BigInt(`0x${event.metadata.name?.split('.').at(-1)}`);
    return [...items]
      .sort((a, b) => (order(a) < order(b) ? -1 : 1))
      .map(({ type, reason, message, count }) => `${type} ${reason}: ${message}${count === 1 ? '' : ` (${count})`}`);
  };
  return { ...world, scripted, told };
}

test('a container that starts and is stopped with its pod', async () => {
  const { told, cluster, clock } = await setUp();
  await cluster.delete(PodType, 'default', 'p');
  await clock.settle();
  expect(await told()).toEqual(['Normal Started: Started container app', 'Normal Killing: Stopping container app']);
});

test('a container that crashes, each time it starts and each time it has to wait', async () => {
  const { told, scripted, clock, pod } = await setUp();
  for (let i = 0; i < 3; i++) {
    scripted.last('app').exit(1);
    await clock.advance(i === 1 ? 10_000 : 0);
  }
  const uid = (await pod())?.metadata.uid;
  expect(await told()).toEqual([
    'Normal Started: Started container app (3)',
    `Warning BackOff: Back-off restarting failed container app in pod p_default(${uid}) (2)`,
  ]);
});

test('an image that cannot be had, and a back-off', async () => {
  const { told, clock } = await setUp({}, (scripted) => {
    scripted.beforeStart = () => {
      throw new StartError('ErrImagePull', 'unknown image');
    };
  });
  await clock.advance(10_000);
  expect(await told()).toEqual([
    'Warning Failed: Failed to pull image "acme/app": unknown image',
    'Normal BackOff: Back-off pulling image "acme/app"',
  ]);
});

test.each([
  ['CreateContainerConfigError', 'Failed'],
  ['StartError', 'Failed'],
  ['InvalidImageName', 'InspectFailed'],
] as const)('a container that cannot start for %s', async (failure, reason) => {
  const { told } = await setUp({}, (scripted) => {
    scripted.beforeStart = () => {
      throw new StartError(failure, 'so it is');
    };
  });
  expect((await told())[0]).toMatch(new RegExp(`^Warning ${reason}: Error: so it is`));
});

test('probes that fail, and what follows from it', async () => {
  const probe = { exec: { command: ['ok'] }, periodSeconds: 5, failureThreshold: 2 };
  const { told, clock } = await setUp({ livenessProbe: probe }, (scripted) => {
    scripted.probe = () => 1;
  });
  await clock.advance(5000);
  expect(await told()).toEqual([
    'Normal Started: Started container app (2)',
    'Warning Unhealthy: Liveness probe failed: command ["ok"] exited with 1 (3)',
    'Normal Killing: Container app failed liveness probe, will be restarted',
  ]);
});

test('nothing when the runtime stops: the pod stays as it is', async () => {
  const { told, runtime } = await setUp();
  await runtime.stop();
  expect(await told()).toEqual(['Normal Started: Started container app']);
});
