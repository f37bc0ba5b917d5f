import { CANNOT_START, conditionOf, LOCAL_PORTS_ANNOTATION, type Pod, PodType } from '../../../../lib/api';
import { StartError } from '../../../../lib/local/pods';
import { condition, makePod, ScriptedRuntime, virtualWorld } from './support';

const start = Date.UTC(2026, 0, 1);
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString().replace('.000', '');

async function setUp(pod: Pod, more: Parameters<typeof virtualWorld>[0] = () => ({ runtimes: [] })) {
  const scripted = new ScriptedRuntime();
  const world = virtualWorld((parts) => ({ ...more(parts), runtimes: [scripted] }));
  await world.runtime.start();
  await world.cluster.create(PodType, pod);
  await world.clock.settle();
  return { ...world, scripted };
}

const statusOf = (pod: Pod | undefined, name = 'app') =>
  [...(pod?.status?.containerStatuses ?? []), ...(pod?.status?.initContainerStatuses ?? [])].find((s) => s.name === name);

describe('a pod that runs', () => {
  test('has phase, address, start time, conditions and container statuses as a kubelet writes them', async () => {
    const { pod, scripted, errors } = await setUp(makePod([{ name: 'app', image: 'a', ports: [{ containerPort: 8080 }] }]));
    const now = await pod();
    expect(now?.metadata.annotations).toEqual({ [LOCAL_PORTS_ANNOTATION]: '{"8080":40123}' });
    expect(now?.status).toEqual({
      phase: 'Running',
      hostIP: '127.0.0.1',
      podIP: '127.0.0.1',
      podIPs: [{ ip: '127.0.0.1' }],
      startTime: at(0),
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime: at(0),
      })),
      containerStatuses: [
        {
          name: 'app',
          image: 'a',
          imageID: 'a',
          containerID: 'scripted://1',
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt: at(0) } },
        },
      ],
    });
    expect(scripted.last('app').task.env).toEqual({ PORT: '40123' });
    expect(errors).toEqual([]);
  });

  test('never shows its address before its ports', async () => {
    const seen: string[] = [];
    const scripted = new ScriptedRuntime();
    const { runtime, cluster, clock } = virtualWorld(() => ({ runtimes: [scripted] }));
    cluster.watch(PodType, {}, (event) => {
      if (event.type === 'BOOKMARK') return;
      const pod = event.object;
      seen.push(`${pod.status?.podIP ? 'ip' : '-'} ${pod.metadata.annotations?.[LOCAL_PORTS_ANNOTATION] ? 'ports' : '-'}`);
    });
    await runtime.start();
    await cluster.create(PodType, makePod([{ name: 'app', image: 'a', ports: [{ containerPort: 8080 }] }]));
    await clock.settle();
    expect(seen).toContain('ip ports');
    expect(seen).not.toContain('ip -');
  });

  test('is not ready while one of its containers is not, and keeps the time of conditions that do not change', async () => {
    const probed = { name: 'side', image: 'b', readinessProbe: { exec: { command: ['ok'] }, periodSeconds: 5 } };
    let healthy = false;
    const scripted = new ScriptedRuntime();
    scripted.probe = () => (healthy ? 0 : 1);
    const { runtime, cluster, clock, pod } = virtualWorld(() => ({ runtimes: [scripted] }));
    await runtime.start();
    await cluster.create(PodType, makePod([{ name: 'app', image: 'a' }, probed]));
    await clock.advance(4000);
    expect(condition(await pod(), 'Ready')).toEqual({
      type: 'Ready',
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [side]',
      lastTransitionTime: at(0),
    });
    healthy = true;
    await clock.advance(2000);
    expect(condition(await pod(), 'Ready')).toEqual({ type: 'Ready', status: 'True', lastTransitionTime: at(5) });
    expect(condition(await pod(), 'Initialized')?.lastTransitionTime).toBe(at(0));
    healthy = false;
    await clock.advance(10_000);
    expect(condition(await pod(), 'Ready')?.status).toBe('True');
    await clock.advance(5000);
    expect(condition(await pod(), 'Ready')).toMatchObject({ status: 'False', lastTransitionTime: at(20) });
  });
});

describe('a container that ends', () => {
  test('starts again at once, then after 10 s doubled up to 5 min, and says so', async () => {
    const { clock, scripted, pod } = await setUp(makePod([{ name: 'app', image: 'a' }]));
    scripted.last('app').exit(1);
    await clock.settle();
    expect(scripted.started).toHaveLength(2);
    expect(statusOf(await pod())).toMatchObject({
      restartCount: 1,
      state: { running: {} },
      lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: at(0), finishedAt: at(0) } },
    });
    const delays: string[] = [];
    for (let crash = 0; crash < 7; crash++) {
      scripted.last('app').exit(1);
      await clock.settle();
      const status = statusOf(await pod());
      expect(status?.state?.waiting?.reason).toBe('CrashLoopBackOff');
      expect(status).toMatchObject({ ready: false, started: false });
      const message = status?.state?.waiting?.message ?? '';
      delays.push(/^back-off (\S+) restarting failed container=app pod=p_default\(.*\)$/.exec(message)?.[1] ?? message);
      await clock.advance([10, 20, 40, 80, 160, 300, 300][crash]! * 1000 - 1);
      expect(scripted.started).toHaveLength(2 + crash);
      await clock.advance(1);
      expect(scripted.started).toHaveLength(3 + crash);
    }
    expect(delays).toEqual(['10s', '20s', '40s', '1m20s', '2m40s', '5m0s', '5m0s']);
    expect((await pod())?.status?.phase).toBe('Running');
  });

  test('is forgiven its crashes after ten good minutes', async () => {
    const { clock, scripted } = await setUp(makePod([{ name: 'app', image: 'a' }]));
    for (const count of [2, 2]) {
      scripted.last('app').exit(1);
      await clock.settle();
      expect(scripted.started).toHaveLength(count);
    }
    await clock.advance(10_000);
    await clock.advance(600_000);
    scripted.last('app').exit(1);
    await clock.settle();
    expect(scripted.started).toHaveLength(4);
  });

  test('leaves its last log lines as message if its policy says so, and only after a failure', async () => {
    const container = { name: 'app', image: 'a', terminationMessagePolicy: 'FallbackToLogsOnError' };
    const { clock, scripted, pod } = await setUp(makePod([container], { restartPolicy: 'Never' }));
    scripted.last('app').task.onOutput('stderr', 'first\nno database');
    scripted.last('app').exit(3);
    await clock.settle();
    expect(statusOf(await pod())?.state?.terminated).toMatchObject({
      exitCode: 3,
      reason: 'Error',
      message: 'first\nno database\n',
    });
    expect((await pod())?.status?.phase).toBe('Failed');
    expect(condition(await pod(), 'Ready')).toMatchObject({ status: 'False', reason: 'PodFailed' });
  });

  test('is not given the last words of an earlier run', async () => {
    const container = { name: 'app', image: 'a', terminationMessagePolicy: 'FallbackToLogsOnError' };
    const { clock, scripted, pod } = await setUp(makePod([container]));
    scripted.last('app').task.onOutput('stderr', 'the first run');
    scripted.last('app').exit(1);
    await clock.settle();
    scripted.last('app').exit(2);
    await clock.settle();
    const { exitCode, message } = statusOf(await pod())?.lastState?.terminated ?? {};
    expect([exitCode, message]).toEqual([2, undefined]);
  });

  test.each([
    ['Never', 0, 'Succeeded', 1],
    ['Never', 1, 'Failed', 1],
    ['OnFailure', 0, 'Succeeded', 1],
    ['OnFailure', 1, 'Running', 2],
    ['Always', 0, 'Running', 2],
  ])('under restart policy %s with exit code %i leaves the pod %s', async (restartPolicy, exitCode, phase, starts) => {
    const { clock, scripted, pod } = await setUp(makePod([{ name: 'app', image: 'a' }], { restartPolicy }));
    scripted.last('app').exit(exitCode);
    await clock.settle();
    expect(scripted.started).toHaveLength(starts);
    expect((await pod())?.status?.phase).toBe(phase);
  });
});

describe('a container that cannot start', () => {
  test('waits with ErrImagePull, then ImagePullBackOff, and tries again when told to', async () => {
    const scripted = new ScriptedRuntime();
    const { runtime, cluster, clock, pod } = virtualWorld(() => ({ runtimes: [scripted] }));
    scripted.beforeStart = () => {
      throw new StartError('ErrImagePull', 'unknown image');
    };
    await runtime.start();
    await cluster.create(PodType, makePod([{ name: 'app', image: 'a' }]));
    await clock.settle();
    expect(statusOf(await pod())?.state).toEqual({ waiting: { reason: 'ErrImagePull', message: 'unknown image' } });
    expect((await pod())?.status?.phase).toBe('Pending');
    await clock.advance(10_000);
    expect(statusOf(await pod())?.state?.waiting).toEqual({
      reason: 'ImagePullBackOff',
      message: 'Back-off pulling image "a": ErrImagePull: unknown image',
    });
    scripted.beforeStart = () => {};
    runtime.retry();
    await clock.settle();
    expect((await pod())?.status?.phase).toBe('Running');
  });

  test('says that waiting is in vain where it is, until it is told that something has changed', async () => {
    const scripted = new ScriptedRuntime();
    const { runtime, cluster, clock, pod } = virtualWorld(() => ({ runtimes: [scripted] }));
    const obstacle = async () => conditionOf((await pod())?.status?.conditions, CANNOT_START);
    const fail = (final: boolean) => () => {
      throw new StartError('ErrImagePull', 'no program', { final });
    };
    scripted.beforeStart = fail(true);
    await runtime.start();
    await cluster.create(PodType, makePod([{ name: 'app', image: 'a' }]));
    await clock.settle();
    expect(await obstacle()).toBeUndefined(); // whoever made the pod has time to begin watching it
    await clock.advance(300);
    expect(await obstacle()).toMatchObject({ status: 'True', reason: 'ErrImagePull', message: 'no program' });
    await clock.advance(10_000); // it tries again by itself: that alone changes nothing
    expect(await obstacle()).toMatchObject({ reason: 'ErrImagePull', message: 'no program' });
    scripted.beforeStart = fail(false);
    runtime.retry();
    await clock.settle();
    expect(await obstacle()).toBeUndefined();
    scripted.beforeStart = fail(true);
    runtime.retry();
    await clock.settle();
    expect(await obstacle()).toBeDefined();
    scripted.beforeStart = () => {};
    runtime.retry();
    await clock.settle();
    expect(await obstacle()).toBeUndefined();
    expect((await pod())?.status?.phase).toBe('Running');
  });

  test('tries again at once if it was told to while an attempt that fails was under way', async () => {
    const scripted = new ScriptedRuntime();
    let fail: (error: Error) => void = () => {};
    const slow = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    const start = scripted.start.bind(scripted);
    jest.spyOn(scripted, 'start').mockReturnValueOnce(slow).mockImplementation(start);
    const { runtime, cluster, clock, pod } = virtualWorld(() => ({ runtimes: [scripted] }));
    await runtime.start();
    await cluster.create(PodType, makePod([{ name: 'app', image: 'a' }]));
    setImmediate(() => {
      runtime.retry();
      fail(new StartError('ErrImagePull', 'too early'));
    });
    await clock.settle();
    expect((await pod())?.status?.phase).toBe('Running');
  });

  test('says which ConfigMap is missing and starts when it is there', async () => {
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }];
    const { cluster, clock, pod } = await setUp(makePod([{ name: 'app', image: 'a', env }]));
    expect(statusOf(await pod())?.state?.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'configmap "settings" not found',
    });
    expect(conditionOf((await pod())?.status?.conditions, CANNOT_START)).toBeUndefined();
    const { ConfigMapType } = await import('../../../../lib/api');
    await cluster.create(ConfigMapType, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'default', name: 'settings' },
      data: { a: '1' },
    });
    await clock.advance(2000);
    expect((await pod())?.status?.phase).toBe('Running');
  });

  test('counts as ended with 128 if its command cannot be executed', async () => {
    const scripted = new ScriptedRuntime();
    const { runtime, cluster, clock, pod } = virtualWorld(() => ({ runtimes: [scripted] }));
    scripted.beforeStart = () => {
      throw new StartError('StartError', 'exec: "nope": executable file not found in $PATH');
    };
    await runtime.start();
    await cluster.create(PodType, makePod([{ name: 'app', image: 'a' }]));
    await clock.settle();
    expect(statusOf(await pod())).toMatchObject({
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 128, reason: 'StartError', message: expect.stringContaining('not found in $PATH') } },
    });
  });

  test('says ErrImagePull with the lines to write if nothing runs its image', async () => {
    const { runtime, cluster, clock, pod } = virtualWorld(() => ({ runtimes: [] }));
    await runtime.start();
    await cluster.create(PodType, makePod([{ name: 'app', image: 'ghcr.io/acme/app:v1' }]));
    await clock.advance(300);
    const { reason, message } = statusOf(await pod())?.state?.waiting ?? {};
    expect(reason).toBe('ErrImagePull');
    expect(message).toContain('images:\n  "ghcr.io/acme/app:v1":\n    command: [node, server.js]');
    expect(conditionOf((await pod())?.status?.conditions, CANNOT_START)).toMatchObject({ status: 'True', reason, message });
  });
});

describe('init containers', () => {
  const pod = makePod([{ name: 'app', image: 'a' }], {
    initContainers: [
      { name: 'first', image: 'i' },
      { name: 'second', image: 'i' },
    ],
  });

  test('run one after the other before the others start', async () => {
    const world = await setUp(pod);
    const { clock, scripted } = world;
    const names = () => scripted.started.map((container) => container.task.container.name);
    expect(names()).toEqual(['first']);
    expect(await world.pod()).toMatchObject({ status: { phase: 'Pending' } });
    expect(condition(await world.pod(), 'Initialized')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [first second]',
    });
    expect(statusOf(await world.pod())?.state?.waiting?.reason).toBe('PodInitializing');
    scripted.last('first').exit(0);
    await clock.settle();
    expect(condition(await world.pod(), 'Initialized')?.message).toBe('containers with incomplete status: [second]');
    scripted.last('second').exit(0);
    await clock.settle();
    expect(names()).toEqual(['first', 'second', 'app']);
    expect(condition(await world.pod(), 'Initialized')?.status).toBe('True');
    expect(statusOf(await world.pod(), 'first')).toMatchObject({ ready: true, state: { terminated: { reason: 'Completed' } } });
    expect((await world.pod())?.status?.phase).toBe('Running');
  });

  test('are tried again until they succeed', async () => {
    const { clock, scripted } = await setUp(pod);
    scripted.last('first').exit(1);
    await clock.settle();
    scripted.last('first').exit(0);
    await clock.settle();
    expect(scripted.last('second').task.restarts).toBe(0);
  });
});

describe('probes', () => {
  test('liveness failures end the container, which then starts again', async () => {
    const livenessProbe = { exec: { command: ['alive'] }, periodSeconds: 1, failureThreshold: 2, initialDelaySeconds: 3 };
    let alive = true;
    const { clock, scripted, pod } = await setUp(makePod([{ name: 'app', image: 'a', livenessProbe }]));
    scripted.probe = () => (alive ? 0 : 1);
    await clock.advance(10_000);
    expect(scripted.started).toHaveLength(1);
    alive = false;
    await clock.advance(1000);
    expect(scripted.started).toHaveLength(1);
    await clock.advance(1000);
    expect(scripted.started).toHaveLength(2);
    expect(scripted.started[0]?.signals).toEqual(['SIGTERM']);
    expect(statusOf(await pod())).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 143 } } });
  });

  test('a container that ignores the end after a liveness failure is killed after its grace period', async () => {
    const livenessProbe = {
      exec: { command: ['alive'] },
      periodSeconds: 1,
      failureThreshold: 1,
      terminationGracePeriodSeconds: 4,
    };
    const { clock, scripted } = await setUp(makePod([{ name: 'app', image: 'a', livenessProbe }]));
    scripted.obedient = false;
    scripted.probe = () => 1;
    await clock.advance(1000);
    expect(scripted.started[0]?.signals).toEqual(['SIGTERM']);
    await clock.advance(4000);
    expect(scripted.started[0]?.signals).toEqual(['SIGTERM', 'SIGKILL']);
  });

  test('readiness is not asked before startup has succeeded', async () => {
    const asked: string[] = [];
    const container = {
      name: 'app',
      image: 'a',
      startupProbe: { exec: { command: ['startup'] }, periodSeconds: 2, failureThreshold: 10 },
      readinessProbe: { exec: { command: ['readiness'] }, periodSeconds: 1 },
    };
    const scripted = new ScriptedRuntime();
    const { runtime, cluster, clock, pod } = virtualWorld(() => ({ runtimes: [scripted] }));
    scripted.probe = ([what]) => (asked.push(what!) < 3 ? 1 : 0);
    await runtime.start();
    await cluster.create(PodType, makePod([container]));
    await clock.advance(3999);
    expect(asked).toEqual(['startup', 'startup']);
    expect(statusOf(await pod())).toMatchObject({ started: false, ready: false });
    await clock.advance(1);
    expect(asked).toEqual(['startup', 'startup', 'startup', 'readiness']);
    expect(statusOf(await pod())).toMatchObject({ started: true, ready: true });
  });
});

describe('deletion', () => {
  test('asks the containers to end, confirms, and the pod is gone', async () => {
    const { cluster, clock, scripted, pod, errors } = await setUp(makePod([{ name: 'app', image: 'a' }]));
    await cluster.delete(PodType, 'default', 'p');
    await clock.settle();
    expect(scripted.last('app').signals).toEqual(['SIGTERM']);
    expect(scripted.started).toHaveLength(1);
    expect(await pod()).toBeUndefined();
    expect(errors).toEqual([]);
  });

  test('kills after the grace period, which a later request can shorten', async () => {
    const { cluster, clock, scripted, pod } = await setUp(
      makePod([{ name: 'app', image: 'a' }], { terminationGracePeriodSeconds: 300 }),
    );
    scripted.obedient = false;
    await cluster.delete(PodType, 'default', 'p');
    await clock.advance(10_000);
    expect(scripted.last('app').signals).toEqual(['SIGTERM']);
    // Of five seconds that began ten seconds ago one is left, which is the least.
    await cluster.delete(PodType, 'default', 'p', { gracePeriodSeconds: 5 });
    await clock.advance(999);
    expect(await pod()).toBeDefined();
    await clock.advance(1);
    expect(scripted.last('app').signals).toContain('SIGKILL');
    expect(await pod()).toBeUndefined();
  });

  test('waits until the pod has no request under way, but not beyond the grace period', async () => {
    let finish: () => void = () => {};
    const drained = jest.fn(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    const { cluster, clock, scripted, pod } = await setUp(makePod([{ name: 'app', image: 'a' }]), () => ({
      runtimes: [],
      drained,
    }));
    await cluster.delete(PodType, 'default', 'p');
    await clock.advance(20_000);
    expect(scripted.last('app').signals).toEqual([]);
    finish();
    await clock.settle();
    expect(scripted.last('app').signals).toEqual(['SIGTERM']);
    expect(await pod()).toBeUndefined();
    await cluster.create(PodType, makePod([{ name: 'app', image: 'a' }]));
    await clock.settle();
    await cluster.delete(PodType, 'default', 'p');
    await clock.advance(30_000);
    expect(await pod()).toBeUndefined();
  });

  test('ends a container that waits for its back-off', async () => {
    const { cluster, clock, scripted, pod } = await setUp(makePod([{ name: 'app', image: 'a' }]));
    for (let crash = 0; crash < 2; crash++) {
      scripted.last('app').exit(1);
      await clock.settle();
    }
    await cluster.delete(PodType, 'default', 'p');
    await clock.settle();
    expect(await pod()).toBeUndefined();
  });

  test('a pod that vanishes is killed at once', async () => {
    const { cluster, clock, scripted } = await setUp(makePod([{ name: 'app', image: 'a' }]));
    scripted.obedient = false;
    await cluster.delete(PodType, 'default', 'p', { gracePeriodSeconds: 0 });
    await clock.settle();
    expect(scripted.last('app').signals).toContain('SIGKILL');
  });

  test('stop ends all containers and leaves the pods', async () => {
    const { runtime, scripted, pod } = await setUp(makePod([{ name: 'app', image: 'a' }]));
    await runtime.stop();
    expect(scripted.last('app').signals).toContain('SIGTERM');
    expect(await pod()).toBeDefined();
  });
});

test('a pod that was being deleted while nobody ran it is let go', async () => {
  const world = virtualWorld(() => ({ runtimes: [] }));
  await world.cluster.create(PodType, makePod([{ name: 'app', image: 'a' }]));
  await world.cluster.delete(PodType, 'default', 'p');
  expect(await world.pod()).toBeDefined();
  await world.runtime.start();
  await world.clock.settle();
  expect(await world.pod()).toBeUndefined();
});
