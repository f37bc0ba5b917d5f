import { ConfigMapType } from '../../../../lib/api';
import { CONFIG_MAPS, configMap, type ReadEvent, TestServer } from './support';

let server: TestServer;
beforeEach(async () => {
  server = await TestServer.start({}, { history: 50 });
});
afterEach(() => server.close());

const create = (name: string, data = {}) => server.cluster.create(ConfigMapType, configMap(name, data));
const told = (events: readonly ReadEvent[]) => events.map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`.trim());
const version = async (): Promise<string> => (await server.cluster.list(ConfigMapType)).resourceVersion;

test('a watch tells what exists, then every change in order', async () => {
  await create('a');
  const watch = await server.watch(`${CONFIG_MAPS}?watch=true`);
  expect(told(await watch.take(1))).toEqual(['ADDED a']);
  await create('b');
  await server.cluster.patch(ConfigMapType, 'default', 'a', 'merge', { data: { x: '1' } });
  await server.cluster.delete(ConfigMapType, 'default', 'b');
  expect(told(await watch.take(3))).toEqual(['ADDED b', 'MODIFIED a', 'DELETED b']);
  watch.close();
});

test('a watch from a version misses nothing since then', async () => {
  await create('a');
  const from = await version();
  await create('b');
  const watch = await server.watch(`${CONFIG_MAPS}?watch=1&resourceVersion=${from}`);
  await create('c');
  expect(told(await watch.take(2))).toEqual(['ADDED b', 'ADDED c']);
  watch.close();
});

test('one object is watched by its path, and a selection by its selectors', async () => {
  await create('a');
  const one = await server.watch(`${CONFIG_MAPS}/b?watch=true`);
  const some = await server.watch(`${CONFIG_MAPS}?watch=true&fieldSelector=metadata.name%3Db`);
  await create('b');
  expect(told(await one.take(1))).toEqual(['ADDED b']);
  expect(told(await some.take(1))).toEqual(['ADDED b']);
  one.close();
  some.close();
});

test('a streamed list ends its beginning with a bookmark that says so', async () => {
  await create('a');
  const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
  const watch = await server.watch(`${CONFIG_MAPS}?${query}`);
  const [added, bookmark] = await watch.take(2);
  expect(told([added!, bookmark!])).toEqual(['ADDED a', 'BOOKMARK']);
  expect(bookmark!.object).toEqual({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: {
      resourceVersion: await version(),
      creationTimestamp: null,
      annotations: { 'k8s.io/initial-events-end': 'true' },
    },
  });
  await create('b');
  expect(told(await watch.take(1))).toEqual(['ADDED b']);
  watch.close();
});

test('a watch without its beginning tells changes alone', async () => {
  await create('a');
  const watch = await server.watch(`${CONFIG_MAPS}?watch=true&sendInitialEvents=false&resourceVersionMatch=NotOlderThan`);
  await create('b');
  expect(told(await watch.take(1))).toEqual(['ADDED b']);
  watch.close();
});

test('a version that is forgotten is told by an error event', async () => {
  await create('a');
  const from = await version();
  for (let i = 0; i < 60; i++) await server.cluster.patch(ConfigMapType, 'default', 'a', 'merge', { data: { x: String(i) } });
  const watch = await server.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${from}`);
  const [error, end] = [await watch.next(), await watch.next()];
  expect([error, end]).toMatchObject([
    {
      type: 'ERROR',
      object: { kind: 'Status', code: 410, reason: 'Expired', message: expect.stringContaining('too old resource version') },
    },
    undefined,
  ]);
});

test('what is wrong with the question is a plain refusal', async () => {
  const refused = async (query: string) => (await server.send(`${CONFIG_MAPS}?watch=true&${query}`)).json.reason;
  expect(await refused('fieldSelector=spec.x%3D1')).toBe('BadRequest');
  expect(await refused('resourceVersion=x')).toBe('Invalid');
  expect(await refused('sendInitialEvents=true')).toBe('Invalid');
  expect(await refused('resourceVersionMatch=NotOlderThan')).toBe('Invalid');
  expect(await refused('sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=999999')).toBe('Timeout');
});

test('a watch ends when its time is over, and when the server closes', async () => {
  const short = await server.watch(`${CONFIG_MAPS}?watch=true&timeoutSeconds=1`);
  expect(await short.next()).toBeUndefined();
  const long = await server.watch(`${CONFIG_MAPS}?watch=true`);
  // In order: a connection that is cut would be an error.
  const end = long.next();
  await server.server.close();
  expect(await end).toBeUndefined();
});

test('a watch that may last for years does not end at once, and many at a time are nothing to warn of', async () => {
  const warnings: unknown[] = [];
  const warned = (warning: unknown) => warnings.push(warning);
  process.on('warning', warned);
  const all = Array.from({ length: 15 }, () => server.watch(`${CONFIG_MAPS}?watch=true&timeoutSeconds=99999999999`));
  const watches = await Promise.all(all);
  await create('a');
  for (const watch of watches) expect(told(await watch.take(1))).toEqual(['ADDED a']);
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
  process.off('warning', warned);
  for (const watch of watches) watch.close();
});

test('a watch of tables tells the columns once', async () => {
  await create('a');
  await create('b');
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  const response = await server.open(`${CONFIG_MAPS}?watch=true`, { headers: { accept } });
  let text = '';
  for await (const chunk of response) {
    text += chunk;
    if (text.split('\n').length > 2) break;
  }
  const [first, second] = text.split('\n').map((line) => (line ? JSON.parse(line) : undefined));
  expect(first).toMatchObject({ type: 'ADDED', object: { kind: 'Table', columnDefinitions: [{ name: 'Name' }, {}, {}] } });
  expect(second).toMatchObject({
    type: 'ADDED',
    object: { kind: 'Table', columnDefinitions: null, rows: [{ cells: ['b', 0, expect.anything()] }] },
  });
});

test('a reader sees every one of 10,000 changes once and in order', async () => {
  await create('a');
  const watch = await server.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${await version()}`);
  const reading = watch.take(10_000);
  for (let i = 0; i < 10_000; i++) await server.cluster.patch(ConfigMapType, 'default', 'a', 'merge', { data: { x: String(i) } });
  const events = await reading;
  expect(events.map(({ object }) => Number((object['data'] as { x: string }).x))).toEqual(
    Array.from({ length: 10_000 }, (_, i) => i),
  );
  watch.close();
});
