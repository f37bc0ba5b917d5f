import { allTypes, type KubeObject, PodType, type Service, ServiceType } from '../../../../lib/api';
import { CountingExecutor, KncError, seededRandom, VirtualClock } from '../../../../lib/base';
import { DevSession, type DevSessionOptions } from '../../../../lib/cli/dev/dev-session';
import type { DevSystemListener } from '../../../../lib/cli/dev/dev-system';
import { JsonReporter } from '../../../../lib/cli/dev/json-reporter';
import { applyToCluster } from '../../../../lib/cli/dev/local-dev-system';
import type { LoadedInput } from '../../../../lib/cli/input/loaded-input';
import { MemoryCluster } from '../../../../lib/local';
import { FakeIo } from '../fake-io';
import { pod } from '../why/world-of';

const service = (name: string, image = 'example.com/app'): KubeObject => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name },
  spec: { template: { spec: { containers: [{ image }] } } },
});

const input = (...objects: KubeObject[]): LoadedInput => ({
  objects: objects.map((object) => ({ object, source: `${object.metadata.name}.yaml`, synthesized: false })),
  programs: [],
  imageFile: undefined,
  files: [],
  warnings: [],
});

/** A session over an empty cluster in which nothing happens but what the test does. */
function setup(first: LoadedInput | Error, more: Partial<DevSessionOptions> = {}) {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor);
  const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: allTypes });
  const io = new FakeIo();
  let next: LoadedInput | Error = first;
  let loads = 0;
  let edit: () => void = () => {};
  let listener: DevSystemListener | undefined;
  const stop = jest.fn(async () => {});
  const session = new DevSession({
    clock,
    executor,
    reporter: new JsonReporter(io.stdout),
    loader: {
      load: async () => {
        loads++;
        if (next instanceof Error) throw next;
        return next;
      },
      watched: ['/app'],
      appFolders: [],
    },
    start: async (given) => {
      listener = given;
      return { cluster, gatewayUrl: 'http://127.0.0.1:8080', retryPods: () => {}, stop };
    },
    apply: applyToCluster,
    watch: (onChange) => {
      edit = () => onChange(['app.yaml']);
      return { add: () => {}, close: () => {} };
    },
    namespace: 'default',
    logs: false,
    once: false,
    timeoutMs: 60_000,
    onInterrupt: io.onInterrupt,
    ...more,
  });
  const setReady = async (name: string, status: 'True' | 'False' | 'Unknown', reason?: string) => {
    const stored = (await cluster.get(ServiceType, 'default', name))!;
    const conditions = [{ type: 'Ready', status, ...(reason ? { reason } : {}) }];
    const observedGeneration = stored.metadata.generation ?? 0;
    const url = `http://${name}.default.127.0.0.1.sslip.io`;
    await cluster.updateStatus(ServiceType, { ...stored, status: { observedGeneration, conditions, url } } as Service);
    await clock.advance(100);
  };
  const events = (name: string) => io.events.filter(({ event }) => event === name);
  const replace = async (later: LoadedInput | Error) => {
    next = later;
    edit();
    await clock.advance(100);
  };
  const { promise, ...rest } = { promise: session.run(), stop, cluster, clock, io, setReady, events, replace };
  return { ...rest, outcome: promise, loads: () => loads, listener: () => listener! };
}

test('it applies, waits with the reason, and is ready once everything is: each told once', async () => {
  const { clock, io, events, setReady, outcome } = setup(input(service('a'), service('b')));
  await clock.advance(100);
  expect(io.events.map(({ event }) => event)).toEqual(['applied', 'waiting']);
  expect(events('waiting')[0]!['services']).toEqual([
    { name: 'a', namespace: 'default', why: 'Service a: Reconciling' },
    { name: 'b', namespace: 'default', why: 'Service b: Reconciling' },
  ]);
  await setReady('a', 'True');
  expect(events('ready')).toEqual([]);
  await setReady('b', 'True');
  expect(events('ready')).toMatchObject([
    {
      gateway: 'http://127.0.0.1:8080',
      services: [
        { name: 'a', namespace: 'default', url: 'http://a.default.localhost:8080', host: 'a.default.127.0.0.1.sslip.io' },
        { name: 'b', namespace: 'default', url: 'http://b.default.localhost:8080', host: 'b.default.127.0.0.1.sslip.io' },
      ],
    },
  ]);
  await clock.advance(60_000);
  expect(events('ready')).toHaveLength(1);
  io.interrupt();
  expect(await outcome).toBe(0);
});

test('Ctrl-C before everything is ready is an interruption; the system is stopped and nothing listens on', async () => {
  const { clock, io, stop, outcome } = setup(input(service('a')));
  await clock.advance(100);
  io.interrupt();
  expect(await outcome).toBe(130);
  expect(stop).toHaveBeenCalledTimes(1);
  expect(io.listeners).toBe(0);
  expect(io.events.slice(-2).map(({ event }) => event)).toEqual(['stopping', 'stopped']);
});

test('a second Ctrl-C does not wait for pods', async () => {
  const { clock, io, stop, setReady, outcome } = setup(input(service('a')));
  stop.mockReturnValue(new Promise(() => {}));
  await clock.advance(100);
  await setReady('a', 'True');
  io.interrupt();
  await clock.advance(1000);
  io.interrupt();
  expect(await outcome).toBe(130);
  expect(io.events.at(-1)!['event']).toBe('stopping');
});

test('an edit is applied: what changed, what went, and ready again when the new generation is', async () => {
  const { clock, events, setReady, replace, io, outcome } = setup(input(service('a'), service('b')));
  await clock.advance(100);
  await setReady('a', 'True');
  await setReady('b', 'True');
  await replace(input(service('a', 'example.com/other'), service('c')));
  expect(events('applied').at(-1)!['objects']).toEqual([
    { kind: 'Service', namespace: 'default', name: 'a', change: 'configured' },
    { kind: 'Service', namespace: 'default', name: 'c', change: 'created' },
    { kind: 'Service', namespace: 'default', name: 'b', change: 'pruned' },
  ]);
  expect(events('ready')).toHaveLength(1);
  await setReady('c', 'True');
  await setReady('a', 'True');
  expect(events('ready')).toHaveLength(2);
  io.interrupt();
  await outcome;
});

test('a broken edit is shown and what runs keeps running; mended, it is applied', async () => {
  const { clock, cluster, events, setReady, replace, io, outcome, stop } = setup(input(service('a')));
  await clock.advance(100);
  await setReady('a', 'True');
  await replace(new KncError('KNC1002', 'boom'));
  expect(events('error')).toMatchObject([{ code: 'KNC1002', message: 'boom' }]);
  expect(events('progress').at(-1)).toMatchObject({ text: 'what ran before still runs; waiting for an edit' });
  await replace(input({ ...service('a'), spec: { template: { spec: { containers: [] } } } }));
  expect(events('error').at(-1)).toMatchObject({ code: 'KNC2001' });
  expect(await cluster.get(ServiceType, 'default', 'a')).toBeDefined();
  expect(stop).not.toHaveBeenCalled();
  await replace(input(service('a')));
  expect(events('applied').at(-1)!['objects']).toMatchObject([{ change: 'unchanged' }]);
  io.interrupt();
  expect(await outcome).toBe(0);
});

test('input that is broken from the start waits for the edit that mends it', async () => {
  const { clock, events, replace, setReady, io, outcome } = setup(new KncError('KNC1002', 'boom'));
  await clock.advance(100);
  expect(events('error')).toHaveLength(1);
  expect(events('progress').at(-1)).toMatchObject({ text: 'nothing runs yet; waiting for an edit' });
  await replace(input(service('a')));
  await setReady('a', 'True');
  expect(events('ready')).toHaveLength(1);
  io.interrupt();
  expect(await outcome).toBe(0);
});

test('input that no edit can mend ends it', async () => {
  const loader = {
    load: async () => {
      throw new KncError('KNC4001', 'There is no such file or folder');
    },
    watched: [],
    appFolders: [],
  };
  const { outcome, stop } = setup(input(), { loader });
  await expect(outcome).rejects.toMatchObject({ code: 'KNC4001' });
  expect(stop).toHaveBeenCalledTimes(1);
});

test('edits while one is being loaded lead to one more load, not several at a time', async () => {
  let running = 0;
  let most = 0;
  let loads = 0;
  let edit: () => void = () => {};
  const executor = new CountingExecutor(() => {});
  const clock = new VirtualClock(executor);
  const loader = {
    load: async () => {
      loads++;
      most = Math.max(most, ++running);
      await clock.sleep(1000);
      running--;
      return input(service('a'));
    },
    watched: ['/app'],
    appFolders: [],
  };
  const watch: DevSessionOptions['watch'] = (onChange) => {
    edit = () => onChange(['x']);
    return { add: () => {}, close: () => {} };
  };
  const { io, outcome } = setup(input(), { loader, watch, clock, executor });
  await clock.advance(1500);
  expect(loads).toBe(1);
  edit();
  await clock.advance(100);
  for (let i = 0; i < 5; i++) edit();
  await clock.advance(5000);
  expect([loads, most]).toEqual([3, 1]);
  io.interrupt();
  await clock.advance(0);
  await outcome;
});

describe('a failure', () => {
  const crashed = { state: { terminated: { exitCode: 1 } } };

  test('is shown once, with what the pod printed, while it goes on', async () => {
    const { clock, cluster, events, io, outcome, listener } = setup(input(service('hello')));
    await clock.advance(100);
    listener().onLog({ namespace: 'default', pod: 'p', container: 'user-container', line: 'Error: boom' });
    const made = pod('hello-00001', 'p', {});
    await cluster.create(PodType, { ...made, status: undefined } as never);
    const stored = (await cluster.get(PodType, 'default', 'p'))!;
    await cluster.updateStatus(PodType, { ...stored, status: (pod('hello-00001', 'p', crashed) as typeof stored).status! });
    await clock.advance(100);
    await clock.advance(5000);
    expect(events('error')).toEqual([
      {
        event: 'error',
        code: 'KNC3102',
        message: 'A container ended by itself',
        remedy: expect.any(String),
        details: [
          {
            where: 'Service default/hello',
            messages: [{ text: 'Pod p: Exited: user-container ended with exit code 1\n| Error: boom' }],
          },
        ],
      },
    ]);
    io.interrupt();
    await outcome;
  });

  test('of the service itself is shown with its source', async () => {
    const { clock, events, setReady, io, outcome } = setup(input(service('a')));
    await clock.advance(100);
    await setReady('a', 'False', 'RevisionMissing');
    expect(events('error')).toMatchObject([{ code: 'KNC3104', details: [{ where: 'Service default/a', source: 'a.yaml' }] }]);
    io.interrupt();
    await outcome;
  });
});

describe('--once', () => {
  test('ends with 0 when everything is ready', async () => {
    const { clock, setReady, outcome, stop } = setup(input(service('a')), { once: true });
    await clock.advance(100);
    await setReady('a', 'True');
    expect(await outcome).toBe(0);
    expect(stop).toHaveBeenCalledTimes(1);
  });

  test('ends with 1 and names what is missing when it takes too long', async () => {
    const { clock, events, outcome } = setup(input(service('a')), { once: true, timeoutMs: 5000 });
    await clock.advance(4900);
    expect(events('error')).toEqual([]);
    await clock.advance(200);
    expect(await outcome).toBe(1);
    expect(events('error')).toMatchObject([
      { code: 'KNC4006', message: 'Not everything became ready within 5 s', details: [{ where: 'Service default/a' }] },
    ]);
  });

  test('ends with 1 at once for what only an edit can mend', async () => {
    const { clock, setReady, outcome } = setup(input(service('a')), { once: true });
    await clock.advance(100);
    await setReady('a', 'False', 'RevisionMissing');
    expect(await outcome).toBe(1);
  });

  test('ends with 1 if the input is at fault', async () => {
    const { clock, outcome, events } = setup(new KncError('KNC1002', 'boom'), { once: true });
    await clock.advance(100);
    expect(await outcome).toBe(1);
    expect(events('error')).toHaveLength(1);
  });
});

test('a system that cannot start ends it with the reason', async () => {
  const start = async () => {
    throw new KncError('KNC4005', 'port 80 is used by another program');
  };
  const { clock, outcome, events } = setup(input(service('a')), { start });
  const refused = expect(outcome).rejects.toMatchObject({ code: 'KNC4005' });
  await clock.advance(100);
  await refused;
  expect(events('error')).toEqual([]);
});

test('every scale decision is told, those of applying after what was applied', async () => {
  const decision = { namespace: 'default', revision: 'a-00001', from: 0, to: 1, reason: 'created' };
  const { clock, io, listener, outcome } = setup(input(service('a')), {
    apply: async (...args) => {
      listener().onDecision(decision);
      return applyToCluster(...args);
    },
  });
  await clock.advance(100);
  listener().onDecision({ ...decision, from: 1, to: 0, reason: 'no requests' });
  expect(io.events.map(({ event }) => event)).toEqual(['applied', 'scale', 'waiting', 'scale']);
  expect(io.events.at(-1)).toEqual({ event: 'scale', ...decision, from: 1, to: 0, reason: 'no requests' });
  io.interrupt();
  await outcome;
});

test('logs are told when asked for, under the name of the service where the pod is known', async () => {
  const { clock, cluster, events, listener, io, outcome } = setup(input(service('hello')), { logs: true });
  await clock.advance(100);
  await cluster.create(PodType, { ...pod('hello-00001', 'p', {}), status: undefined } as never);
  await clock.advance(100);
  for (const name of ['p', 'q']) listener().onLog({ namespace: 'default', pod: name, container: 'user-container', line: 'x' });
  expect(events('log').map(({ service: shown }) => shown)).toEqual(['hello', 'q']);
  io.interrupt();
  await outcome;
});
