import { controllerRef, JobType, type Pod, PodType, SecretType } from '../../../../lib/api';
import { FunctionRegistry, FunctionRuntime } from '../../../../lib/local/pods';
import { condition, makePod, virtualWorld } from './support';

const IMAGE = 'acme/hello';

async function setUp(pod: Pod = makePod([{ name: 'app', image: IMAGE, ports: [{ containerPort: 8080 }] }])) {
  let registry!: FunctionRegistry;
  const lines: string[] = [];
  const world = virtualWorld(({ clock, executor }) => {
    registry = new FunctionRegistry({ clock, executor });
    return {
      runtimes: [new FunctionRuntime({ clock, executor, registry })],
      onLog: (source, line) => lines.push(`${source.container}: ${line.text}`),
    };
  });
  await world.runtime.start();
  const run = async () => {
    await world.cluster.create(PodType, pod);
    await world.clock.settle();
  };
  const call = async (path = '/') => {
    const ip = (await world.pod())?.status?.podIP ?? '';
    return registry.dispatch(ip, 8080, new Request(`http://hello.default${path}`));
  };
  return { ...world, registry, lines, run, call };
}

test('a function pod is ready at once, at an address of its own with the ports that it declares', async () => {
  const { registry, run, pod, call, cluster, clock } = await setUp();
  registry.register({ image: IMAGE }, () => new Response('hi'));
  await run();
  expect(condition(await pod(), 'Ready')?.status).toBe('True');
  expect((await pod())?.status?.podIP).toBe('fd00::1');
  expect((await pod())?.metadata.annotations).toBeUndefined();
  expect(await (await call()).text()).toBe('hi');
  await cluster.create(PodType, makePod([{ name: 'app', image: IMAGE }], {}, { name: 'q' }));
  await clock.settle();
  expect((await pod('q'))?.status?.podIP).toBe('fd00::2');
  expect(registry.owns('[fd00::2]')).toBe(true);
  expect(registry.owns('127.0.0.1')).toBe(false);
});

test('a function pod takes the time to start that it declares', async () => {
  const { registry, run, pod, clock } = await setUp();
  registry.register({ image: IMAGE }, { handler: () => new Response(), startMs: 700 });
  await run();
  await clock.advance(699);
  expect(condition(await pod(), 'Ready')?.status).toBe('False');
  await clock.advance(1);
  expect(condition(await pod(), 'Ready')?.status).toBe('True');
});

test('a handler gets its pod, its revision, its environment, a log and a clock that virtual time moves', async () => {
  const labels = { 'serving.knative.dev/revision': 'hello-00001', 'serving.knative.dev/service': 'hello' };
  const container = { name: 'app', image: IMAGE, ports: [{ containerPort: 8080 }], env: [{ name: 'A', value: 'port $(PORT)' }] };
  const { registry, run, call, clock, lines, executor } = await setUp(makePod([container], {}, { labels }));
  registry.register({ namespace: 'default', service: 'hello' }, async (request, { revision, pod, env, sleep, log }) => {
    log('called');
    await sleep(60_000);
    return Response.json({ revision, pod, a: env['A'], path: new URL(request.url).pathname });
  });
  await run();
  let answered = false;
  const answer = executor
    .track('caller', () => call('/x'))
    .then((response) => {
      answered = true;
      return response.json();
    });
  await clock.advance(59_999);
  expect(answered).toBe(false);
  await clock.advance(1);
  expect(await answer).toEqual({ revision: 'hello-00001', pod: 'p', a: 'port 8080', path: '/x' });
  expect(lines).toEqual(['app: called']);
});

test('a handler that throws answers 500 and says why in its log', async () => {
  const { registry, run, call, lines } = await setUp();
  registry.register({ image: IMAGE }, () => {
    throw new Error('no database');
  });
  await run();
  expect((await call()).status).toBe(500);
  expect(lines[0]).toContain('no database');
});

test('a crash resets the requests under way, refuses the next ones, and the container starts again', async () => {
  const { registry, run, call, pod, clock } = await setUp();
  registry.register({ image: IMAGE }, (_request, { sleep }) => sleep(1000).then(() => new Response('late')));
  await run();
  const outcome = expect(call()).rejects.toMatchObject({ code: 'ECONNRESET' });
  await clock.settle();
  const uid = (await pod())?.metadata.uid ?? '';
  expect(registry.crash(uid, 3)).toBe(true);
  await outcome;
  await clock.settle();
  expect((await pod())?.status?.containerStatuses?.[0]).toMatchObject({
    restartCount: 1,
    ready: true,
    lastState: { terminated: { exitCode: 3, reason: 'Error' } },
  });
  registry.crash(uid);
  await clock.settle();
  await expect(call()).rejects.toMatchObject({ code: 'ECONNREFUSED', address: 'fd00::1', port: 8080 });
  await clock.advance(10_000);
  const late = call();
  await clock.advance(1000);
  expect(await (await late).text()).toBe('late');
});

test('asked to end, a function finishes what it has begun and takes nothing new', async () => {
  const { registry, run, call, pod, cluster, clock } = await setUp();
  registry.register({ image: IMAGE }, (_request, { sleep }) => sleep(1000).then(() => new Response('done')));
  await run();
  const begun = call();
  await clock.settle();
  await cluster.delete(PodType, 'default', 'p');
  await clock.settle();
  await expect(call()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await clock.advance(1000);
  expect(await (await begun).text()).toBe('done');
  expect(await pod()).toBeUndefined();
});

test('a function is found by image pattern or service, the latest registration first, until it is undone', async () => {
  const { registry } = await setUp();
  const target = { image: 'ghcr.io/acme/hello:v2', namespace: 'a', service: 's', container: 'c' };
  const one = () => new Response('1');
  const two = () => new Response('2');
  expect(registry.find(target)).toBeUndefined();
  registry.register({ image: 'ghcr.io/acme/*' }, one);
  expect(registry.find(target)?.handler).toBe(one);
  const undo = registry.register({ namespace: 'a', service: 's' }, two);
  expect(registry.find(target)?.handler).toBe(two);
  expect(registry.find({ ...target, namespace: 'b' })?.handler).toBe(one);
  undo();
  expect(registry.find(target)?.handler).toBe(one);
});

test('a pod of a Job runs to its end, with the files of its mounts, and fails when its function throws', async () => {
  const volumeMounts = [{ name: 'in', mountPath: '/in' }];
  const container = { name: 'app', image: IMAGE, args: ['--in', '/in/event'], volumeMounts };
  const spec = { restartPolicy: 'Never', volumes: [{ name: 'in', secret: { secretName: 's' } }] };
  const { registry, cluster, lines, clock, pod } = await setUp();
  const data = { event: Buffer.from('hello').toString('base64') };
  await cluster.create(SecretType, { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'default', name: 's' }, data });
  const template = { spec: { ...spec, containers: [container] } };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { namespace: 'default', name: 'j' }, spec: { template } };
  const ownerReferences = [controllerRef(await cluster.create(JobType, job))];
  const handler = () => new Response();
  registry.register({ image: IMAGE }, { handler, run: ({ args, files, log }) => log(`${args[1]}: ${files.get('/in/event')}`) });
  const bad = { namespace: 'default', label: ['app', 'bad'] } as const;
  registry.register(bad, { handler, run: () => Promise.reject(new Error('no')) });
  await cluster.create(PodType, makePod([container], spec, { ownerReferences, name: 'good' }));
  await clock.settle();
  expect((await pod('good'))?.status?.phase).toBe('Succeeded');
  expect(lines).toEqual(['app: /in/event: hello']);
  await cluster.create(PodType, makePod([container], spec, { ownerReferences, name: 'bad', labels: { app: 'bad' } }));
  await clock.settle();
  expect((await pod('bad'))?.status?.phase).toBe('Failed');
  expect(lines[1]).toContain('Error: no');
});
