import fc from 'fast-check';
import type { Deployment, ReplicaSet, Stored } from '../../../../lib/api';
import { nextStep, replicasOf, rolloutBounds } from '../../../../lib/local/kubernetes/rollout';
import { deployment } from '../../../contract/objects';

const setOf = (name: string, replicas: number, available: number): Stored<ReplicaSet> => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { replicas, selector: {}, template: { spec: { containers: [] } } },
  status: { replicas, availableReplicas: available },
});

const rolling = (replicas: number, maxSurge: number | string, maxUnavailable: number | string): Deployment => {
  const object = deployment('default', 'a', replicas);
  return {
    ...object,
    spec: { ...object.spec, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } },
  };
};

test.each<[number, number | string, number | string, number, number]>([
  [4, '25%', '25%', 1, 1],
  [1, '25%', '25%', 1, 0],
  [10, '25%', '25%', 3, 2],
  [10, 0, 0, 0, 1],
  [2, 1, 5, 1, 2],
  [0, '25%', '25%', 0, 0],
])(
  '%d replicas with surge %p and unavailable %p may be %d more and %d fewer',
  (replicas, maxSurge, maxUnavailable, surge, unavailable) => {
    expect(rolloutBounds(rolling(replicas, maxSurge, maxUnavailable))).toEqual({ surge, unavailable });
  },
);

test('whatever the order in which pods become available, a rollout keeps its bounds and comes to its end', () => {
  const bound = fc.oneof(
    fc.nat({ max: 5 }),
    fc.nat({ max: 100 }).map((n) => `${n}%`),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      bound,
      bound,
      fc.infiniteStream(fc.nat()),
      (replicas, maxSurge, maxUnavailable, choices) => {
        const object = rolling(replicas, maxSurge, maxUnavailable);
        const { surge, unavailable } = rolloutBounds(object);
        let old = [setOf('old-1', replicas, replicas)];
        let fresh = setOf('fresh', 0, 0);
        for (let turn = 0; turn < 500; turn++) {
          const all = [...old, fresh];
          const total = all.reduce((n, set) => n + replicasOf(set), 0);
          const available = all.reduce((n, set) => n + (set.status?.availableReplicas ?? 0), 0);
          expect(total).toBeLessThanOrEqual(replicas + surge);
          expect(available).toBeGreaterThanOrEqual(replicas - unavailable);
          const steps = nextStep(object, fresh, old);
          const step = (set: Stored<ReplicaSet>) => {
            const to = steps.find(({ set: moved }) => moved === set)?.replicas;
            // The pods that a smaller set gives up are those that are not available.
            return to === undefined ? set : setOf(set.metadata.name, to, Math.min(to, set.status?.availableReplicas ?? 0));
          };
          const before = fresh;
          old = old.map(step);
          fresh = step(fresh);
          if (steps.length > 0) continue;
          const pending = replicasOf(fresh) - (fresh.status?.availableReplicas ?? 0);
          if (pending === 0) break;
          expect(before).toBe(fresh);
          const arriving = 1 + ((choices.next().value as number) % pending);
          fresh = setOf('fresh', replicasOf(fresh), (fresh.status?.availableReplicas ?? 0) + arriving);
        }
        expect([replicasOf(fresh), ...old.map(replicasOf)]).toEqual([replicas, 0]);
      },
    ),
  );
});

test('old pods that are not available make room first', () => {
  const steps = nextStep(rolling(4, 1, 1), setOf('fresh', 1, 0), [setOf('old', 4, 2)]);
  expect(steps).toMatchObject([{ set: { metadata: { name: 'old' } }, replicas: 3 }]);
});
