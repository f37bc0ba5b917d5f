import {
  type ContainerStatus,
  conditionOf,
  LOCAL_PORTS_ANNOTATION,
  type Pod,
  type PodStatus,
  PodType,
} from '../../../../lib/api';
import { correctPods } from '../../../../lib/local/pods';
import { testCluster } from '../cluster/support';

const { cluster, clock } = testCluster();
const RUNNING = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const FAILED = {
  terminated: { exitCode: 3, reason: 'Error', startedAt: '2025-12-31T00:00:00Z', finishedAt: '2025-12-31T00:01:00Z' },
};
let made = 0;

/** A pod as an earlier process left it, and as it is after the restart. */
async function corrected(status: PodStatus, spec: Partial<Pod['spec']> = {}): Promise<Pod> {
  const name = `pod-${made++}`;
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', annotations: { [LOCAL_PORTS_ANNOTATION]: '{"8080":40000}' } },
    spec: { containers: [{ name: 'c', image: 'example.com/app' }], ...spec },
  };
  await cluster.create(PodType, pod);
  await cluster.updateStatus(PodType, { ...pod, status });
  await correctPods(cluster, clock);
  return (await cluster.get(PodType, 'default', name))!;
}

const container = (more: Partial<ContainerStatus>): ContainerStatus => ({ name: 'c', ready: false, restartCount: 3, ...more });

test('a container that ran has ended, nobody knows how, and waits to be started again', async () => {
  const before = container({ ready: true, started: true, containerID: 'process://4711', state: RUNNING });
  const conditions = [{ type: 'Ready', status: 'True' as const, lastTransitionTime: '2026-01-01T00:00:00Z' }];
  const address = { podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] };
  const startTime = '2025-12-01T00:00:00Z';
  const { status, metadata } = await corrected({
    phase: 'Running',
    startTime,
    conditions,
    ...address,
    containerStatuses: [before],
  });
  expect(status!.containerStatuses).toEqual([
    {
      name: 'c',
      ready: false,
      started: false,
      restartCount: 4,
      state: { waiting: { reason: 'ContainerCreating' } },
      lastState: {
        terminated: { exitCode: 255, reason: 'Unknown', startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:00Z' },
      },
    },
  ]);
  expect([status!.phase, status!.startTime]).toEqual(['Running', startTime]);
  expect(conditionOf(status!.conditions, 'Ready')?.status).toBe('False');
  // Nobody is sent to where it listened: somebody else may by now.
  expect([status!.podIP, status!.podIPs, metadata.annotations?.[LOCAL_PORTS_ANNOTATION]]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('one that waits to be started again after it failed keeps what is known of that', async () => {
  const before = container({ state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: FAILED });
  const { status } = await corrected({ phase: 'Running', containerStatuses: [before] });
  expect(status!.containerStatuses![0]).toMatchObject({ restartCount: 4, lastState: FAILED });
});

test('one that has never run has not been restarted', async () => {
  const { status } = await corrected({
    phase: 'Pending',
    containerStatuses: [container({ restartCount: 0, state: { waiting: { reason: 'ErrImagePull' } } })],
  });
  expect(status!.phase).toBe('Pending');
  expect(status!.containerStatuses![0]).toMatchObject({ restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } });
  expect(status!.containerStatuses![0]!.lastState).toBeUndefined();
});

test('a pod that is not to be started again has failed', async () => {
  const { status } = await corrected(
    { phase: 'Running', containerStatuses: [container({ state: RUNNING })] },
    { restartPolicy: 'Never' },
  );
  expect(status!.phase).toBe('Failed');
  expect(status!.containerStatuses![0]).toMatchObject({
    restartCount: 3,
    state: { terminated: { exitCode: 255, reason: 'Unknown' } },
  });
});

test.each(['Succeeded', 'Failed'] as const)('a pod that has %s is left as it is', async (phase) => {
  const before: PodStatus = { phase, containerStatuses: [container({ state: FAILED })] };
  expect((await corrected(before)).status).toEqual(before);
});

test('a pod that nothing is known of yet is left as it is', async () => {
  expect((await corrected({ phase: 'Pending' })).status).toEqual({ phase: 'Pending' });
});
