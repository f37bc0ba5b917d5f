import { DELETION_COST, LEAST_COST, type Pod, type Stored } from '../../../../lib/api';
import { markDeparting } from '../../../../lib/control/podautoscaler/departing-pods';
import { stored } from './fixtures';

interface Is {
  readonly ready?: boolean;
  readonly age?: number;
  readonly marked?: boolean;
  readonly ending?: boolean;
}

const pod = (name: string, { ready = true, age = 1, marked = false, ending = false }: Is = {}): Stored<Pod> =>
  stored<Pod>(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', ...(marked ? { annotations: { [DELETION_COST]: LEAST_COST } } : {}) },
      spec: { containers: [] },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
    },
    {
      creationTimestamp: `2026-01-0${9 - age}T00:00:00Z`,
      ...(ending ? { deletionTimestamp: '2026-01-09T00:00:00Z' } : {}),
    },
  );
const marks = (pods: readonly Stored<Pod>[], replicas: number, want: number) =>
  markDeparting(pods, replicas, want).map(({ name, patch }) => {
    const { metadata } = (patch as { merge: { metadata: { annotations: Record<string, string | null> } } }).merge;
    return `${metadata.annotations[DELETION_COST] === null ? '+' : '-'}${name}`;
  });

test.each<[string, readonly Stored<Pod>[], number, number, string[]]>([
  ['nothing changes', [pod('a'), pod('b')], 2, 2, []],
  [
    'the youngest goes first',
    [pod('old', { age: 5 }), pod('young', { age: 1 }), pod('mid', { age: 3 })],
    3,
    1,
    ['-young', '-mid'],
  ],
  ['one that is not ready goes before any that is', [pod('a', { age: 1 }), pod('b', { age: 5, ready: false })], 2, 1, ['-b']],
  ['one that is marked already counts', [pod('a', { marked: true }), pod('b'), pod('c')], 3, 2, []],
  ['one that is ending already counts', [pod('a', { ending: true }), pod('b')], 2, 1, []],
  ['the scale has been lowered, and the marked one is still there', [pod('a', { marked: true }), pod('b')], 1, 1, []],
  ['more are wanted again', [pod('a', { marked: true }), pod('b')], 1, 2, ['+a']],
  [
    'the one with most to lose gets its place back first',
    [pod('a', { marked: true, age: 1 }), pod('b', { marked: true, age: 5 }), pod('c')],
    1,
    2,
    ['+b'],
  ],
  ['others than the marked one have gone', [pod('a', { marked: true })], 1, 1, ['+a']],
  ['a rollout has pods of two kinds for a while', [pod('a'), pod('b'), pod('c')], 2, 2, []],
  ['all go', [pod('a'), pod('b')], 2, 0, []],
])('marks of pods where %s', (_, pods, replicas, want, expected) => {
  expect(marks(pods, replicas, want)).toEqual(expected);
});
