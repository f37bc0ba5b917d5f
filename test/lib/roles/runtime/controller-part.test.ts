import { allTypes, LeaseType, NamespaceType } from '../../../../lib/api';
import { CountingExecutor, noLog, noMetrics, seededRandom, VirtualClock } from '../../../../lib/base';
import { MemoryCluster } from '../../../../lib/local/cluster';
import { ControllerPart } from '../../../../lib/roles/runtime/controller-part';
import { InstallationSettings } from '../../../../lib/roles/runtime/installation-settings';

test('who leads no longer speaks to gateways no longer, even while it has not begun yet', async () => {
  const executor = new CountingExecutor(() => {});
  const clock = new VirtualClock(executor);
  const random = seededRandom(1);
  const cluster = new MemoryCluster({ clock, random, types: [...allTypes, LeaseType] });
  await cluster.create(NamespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'knative-serving' } });
  const told: string[] = [];
  let begin: () => void = () => {};
  const part = new ControllerPart({
    ...{ cluster, clock, executor, random, log: noLog, metrics: noMetrics, identity: 'a', namespace: 'knative-serving' },
    settings: new InstallationSettings({ cluster, clock, log: noLog, ingressClass: 'x' }),
    dataPlane: () => ({
      answerers: [],
      start() {
        told.push('starts');
        return new Promise<void>((resolve) => {
          begin = resolve;
        });
      },
      stop: () => told.push('stops'),
    }),
  });
  part.start();
  await clock.advance(500);
  expect(part.leads).toBe(true);
  const stopped = part.stop();
  expect(told).toEqual(['starts', 'stops']);
  begin();
  await stopped;
  expect(told).toEqual(['starts', 'stops']);
});
