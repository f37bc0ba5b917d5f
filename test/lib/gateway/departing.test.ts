import { DELETION_COST, LEAST_COST, PodType } from '../../../lib/api';
import { World } from './world';

const HOST = 'r.default.example.com';

test('a pod that is chosen to go gets no more requests, ends those that it has, and is used again if it may stay', async () => {
  const world = new World();
  await world.revision('r');
  await world.ingress('r', HOST, { r: 100 });
  let answer = (_: Response): void => {};
  const held = new Promise<Response>((resolve) => {
    answer = resolve;
  });
  let calls = 0;
  let inside = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    inside = resolve;
  });
  const going = await world.pod('r', () => {
    inside();
    return calls++ === 0 ? held : new Response('going');
  });
  await world.gateway.start();
  const first = world.fetch(HOST);
  await arrived;
  await world.pod('r', () => new Response('staying'));
  const mark = (cost: string | null) =>
    world.cluster.patch(PodType, 'default', going, 'merge', { metadata: { annotations: { [DELETION_COST]: cost } } });
  const bodies = async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.fetch(HOST)));
    return new Set(await Promise.all(answers.map((one) => one.text())));
  };
  await mark(LEAST_COST);
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate); // the request inside keeps the clock from settling
  expect(await bodies()).toEqual(new Set(['staying']));
  answer(new Response('in the end'));
  expect(await (await first).text()).toBe('in the end');
  await mark(null);
  await world.virtual.settle();
  expect(await bodies()).toEqual(new Set(['staying', 'going']));
  await world.gateway.stop();
});
