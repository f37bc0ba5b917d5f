import { type ContainerStatus, type Pod, type PodStatus, PodType } from '../../../../../lib/api';
import { toTable } from '../../../../../lib/local/api-server/table';

const now = Date.parse('2026-01-01T00:10:00Z');

function pod(status: PodStatus, more: { spec?: Partial<Pod['spec']>; metadata?: Pod['metadata'] } = {}): Pod {
  const metadata = { name: 'p', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z', ...more.metadata };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'a' }], ...more.spec }, status };
}

function container(state: ContainerStatus['state'], more: Partial<ContainerStatus> = {}): ContainerStatus {
  return { name: 'a', ready: false, restartCount: 0, ...(state ? { state } : {}), ...more };
}

const running = { running: { startedAt: '2026-01-01T00:00:01Z' } };
const row = (object: Pod) => toTable(PodType, [object], { now }).rows[0]!;
const seen = (object: Pod) => row(object).cells.slice(1, 4);

const two = { spec: { containers: [{ name: 'a' }, { name: 'b' }] } };
const inits = { spec: { containers: [{ name: 'a' }], initContainers: [{ name: 'i' }, { name: 'j' }] } };
const sidecar = {
  spec: { containers: [{ name: 'a' }], initContainers: [{ name: 'i', restartPolicy: 'Always' }] },
} as unknown as {
  spec: Pod['spec'];
};
const deleted = { metadata: { name: 'p', deletionTimestamp: '2026-01-01T00:09:00Z' } };

describe('ready, status and restarts of a pod', () => {
  test.each<[string, Pod, readonly [string, string, string]]>([
    ['of which nothing is known', pod({ phase: 'Pending' }), ['0/1', 'Pending', '0']],
    ['that was evicted', pod({ phase: 'Failed', reason: 'Evicted' }), ['0/1', 'Evicted', '0']],
    [
      'that is held back from a node',
      pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }),
      ['0/1', 'SchedulingGated', '0'],
    ],
    [
      'that is being set up',
      pod({ phase: 'Pending', containerStatuses: [container({ waiting: { reason: 'ContainerCreating' } })] }),
      ['0/1', 'ContainerCreating', '0'],
    ],
    ['that runs', pod({ phase: 'Running', containerStatuses: [container(running, { ready: true })] }), ['1/1', 'Running', '0']],
    [
      'whose first container waits: the first has the word',
      pod(
        {
          phase: 'Running',
          containerStatuses: [
            container(
              { waiting: { reason: 'CrashLoopBackOff' } },
              {
                restartCount: 3,
                lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:08:00Z' } },
              },
            ),
            container({ waiting: { reason: 'ImagePullBackOff' } }, { name: 'b' }),
          ],
        },
        two,
      ),
      ['0/2', 'CrashLoopBackOff', '3 (2m ago)'],
    ],
    [
      'that ended without a reason',
      pod({ phase: 'Failed', containerStatuses: [container({ terminated: { exitCode: 3 } })] }),
      ['0/1', 'ExitCode:3', '0'],
    ],
    [
      'that was killed',
      pod({ phase: 'Failed', containerStatuses: [container({ terminated: { exitCode: 137, signal: 9 } })] }),
      ['0/1', 'Signal:9', '0'],
    ],
    [
      'that is done',
      pod({ phase: 'Succeeded', containerStatuses: [container({ terminated: { exitCode: 0, reason: 'Completed' } })] }),
      ['0/1', 'Completed', '0'],
    ],
    [
      'of which one container is done and the other ready',
      pod(
        {
          phase: 'Running',
          conditions: [{ type: 'Ready', status: 'True' }],
          containerStatuses: [
            container({ terminated: { exitCode: 0, reason: 'Completed' } }),
            container(running, { name: 'b', ready: true }),
          ],
        },
        two,
      ),
      ['1/2', 'Running', '0'],
    ],
    [
      'of which one container is done and the pod not ready',
      pod(
        {
          phase: 'Running',
          containerStatuses: [
            container({ terminated: { exitCode: 0, reason: 'Completed' } }),
            container(running, { name: 'b', ready: true }),
          ],
        },
        two,
      ),
      ['1/2', 'NotReady', '0'],
    ],
    [
      'whose second of two init containers runs',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [
            container({ terminated: { exitCode: 0, reason: 'Completed' } }, { name: 'i' }),
            container(running, { name: 'j' }),
          ],
          containerStatuses: [container({ waiting: { reason: 'PodInitializing' } })],
        },
        inits,
      ),
      ['0/1', 'Init:1/2', '0'],
    ],
    [
      'whose init container failed',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [container({ terminated: { exitCode: 2 } }, { name: 'i', restartCount: 1 })],
        },
        inits,
      ),
      ['0/1', 'Init:ExitCode:2', '1'],
    ],
    [
      'whose init container is tried again',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } }, { name: 'i', restartCount: 2 })],
        },
        inits,
      ),
      ['0/1', 'Init:CrashLoopBackOff', '2'],
    ],
    [
      'with a sidecar that runs: it counts, as do its restarts alone',
      pod(
        {
          phase: 'Running',
          initContainerStatuses: [container(running, { name: 'i', started: true, ready: true, restartCount: 4 })],
          containerStatuses: [container(running, { ready: true, restartCount: 1 })],
        },
        sidecar,
      ),
      ['2/2', 'Running', '5'],
    ],
    [
      'that is being deleted',
      pod({ phase: 'Running', containerStatuses: [container(running, { ready: true })] }, deleted),
      ['1/1', 'Terminating', '0'],
    ],
    ['whose node is lost', pod({ phase: 'Running', reason: 'NodeLost' }, deleted), ['0/1', 'Unknown', '0']],
    [
      'that is done and is being deleted',
      pod({ phase: 'Succeeded', containerStatuses: [container({ terminated: { exitCode: 0, reason: 'Completed' } })] }, deleted),
      ['0/1', 'Completed', '0'],
    ],
  ])('%s', (_, object, expected) => {
    expect(seen(object)).toEqual(expected);
  });
});

test('the wide columns name address, node and readiness gates', () => {
  const placed = pod(
    { phase: 'Running', podIP: '127.0.0.1', conditions: [{ type: 'extra', status: 'True' }] },
    {
      spec: {
        containers: [{ name: 'a' }],
        nodeName: 'local',
        readinessGates: [{ conditionType: 'extra' }, { conditionType: 'x' }],
      },
    },
  );
  expect(row(placed).cells.slice(4)).toEqual(['10m', '127.0.0.1', 'local', '<none>', '1/2']);
  expect(row(pod({ phase: 'Pending' })).cells.slice(4)).toEqual(['10m', '<none>', '<none>', '<none>', '<none>']);
});

test('a pod that has come to its end is marked as completed, so that clients can leave it out', () => {
  expect(row(pod({ phase: 'Succeeded' })).conditions).toEqual([
    { type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' },
  ]);
  expect(row(pod({ phase: 'Running' }))).not.toHaveProperty('conditions');
});
