import { CANNOT_START, labels, PodType } from '../../../lib/api';
import { World } from './world';

const HOST = 'r.default.example.com';

/** A revision at zero whose pods wait, for good or not. */
async function setUp(): Promise<World> {
  const world = new World({ explain: true });
  await world.revision('r');
  await world.ingress('r', HOST, { r: 100 });
  await world.gateway.start();
  return world;
}

/** Says of a pod that it cannot start, or no longer. */
async function say(world: World, name: string, cannotStart: boolean): Promise<void> {
  const pod = (await world.cluster.get(PodType, 'default', name))!;
  const obstacle = { type: CANNOT_START, status: 'True' as const, reason: 'InvalidImageName', message: 'no such name' };
  const conditions = [{ type: 'Ready', status: 'False' as const }, ...(cannotStart ? [obstacle] : [])];
  await world.cluster.updateStatus(PodType, { ...pod, status: { phase: 'Pending', conditions } });
  await world.virtual.settle();
}

/** A pod that has no address yet. Returns its name. */
async function unstarted(world: World, name: string): Promise<string> {
  const own = { [labels.revision]: 'r', [labels.revisionUID]: 'r' };
  await world.cluster.create(PodType, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: own },
    spec: { containers: [{ name: 'user-container', image: 'x' }] },
  });
  return name;
}

test('requests that wait for a pod that cannot start are refused together, and later ones at once', async () => {
  const world = await setUp();
  const waiting = [world.fetch(HOST), world.fetch(HOST)];
  await world.virtual.settle();
  await say(world, await unstarted(world, 'a'), true);
  const answers = [...(await Promise.all(waiting)), await world.fetch(HOST)];
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
  expect(await answers[2]!.text()).toMatch(
    /^no healthy upstream: revision default\/r cannot start\n {2}InvalidImageName: no such name\n {2}fix: .*\n {2}see docs\/errors.md#knc3101\n$/,
  );
  await world.gateway.stop();
});

test('as long as one pod may still start, requests wait for it', async () => {
  const world = await setUp();
  const answer = world.fetch(HOST);
  await say(world, await unstarted(world, 'a'), false);
  await say(world, await unstarted(world, 'b'), true);
  await world.pod('r', () => new Response('well'));
  await world.virtual.advance(100);
  expect(await (await answer).text()).toBe('well');
  await world.gateway.stop();
});

test('requests wait again once the pod may start, and when it is gone another one is asked for', async () => {
  const world = await setUp();
  const name = await unstarted(world, 'a');
  await say(world, name, true);
  expect((await world.fetch(HOST)).status).toBe(503);
  expect(await world.replicas('r')).toBe(0);
  await say(world, name, false);
  const answer = world.fetch(HOST);
  await world.virtual.settle();
  await world.deletePod(name, 0);
  await world.virtual.settle();
  expect(await world.replicas('r')).toBe(1);
  await world.pod('r', () => new Response('well'));
  await world.virtual.advance(100);
  expect((await answer).status).toBe(200);
  await world.gateway.stop();
});
