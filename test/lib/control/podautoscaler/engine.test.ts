import {
  allTypes,
  type Deployment,
  DeploymentType,
  EndpointsType,
  type Pod,
  PodAutoscalerType,
  PodType,
  ServerlessServiceType,
  type Stored,
} from '../../../../lib/api';
import { CountingExecutor, noLog, noMetrics, seededRandom, VirtualClock } from '../../../../lib/base';
import { Engine } from '../../../../lib/control';
import { Autoscaler } from '../../../../lib/control/autoscaler';
import { autoscalingReconcilers } from '../../../../lib/control/podautoscaler';
import { GatewayAddresses } from '../../../../lib/control/serverlessservice';
import { LocalKubernetes, MemoryCluster } from '../../../../lib/local';
import { CONFIG, deploymentOf, NAMESPACE, podAutoscalerOf, REVISION } from './fixtures';

const TARGET = `${REVISION}-deployment`;
const selector = { 'serving.knative.dev/revisionUID': 'abc' };
const podLabels = { ...selector, 'serving.knative.dev/revision': REVISION };

/** The real engine over the real cluster in memory, with Kubernetes' controllers; pods are ready a second after they are made. */
async function system() {
  const errors: unknown[] = [];
  const executor = new CountingExecutor((error) => errors.push(error));
  const clock = new VirtualClock(executor);
  const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: allTypes });
  const autoscaler = new Autoscaler({ clock, executor, log: noLog, metrics: noMetrics });
  const gateways = new GatewayAddresses([{ addresses: [{ ip: '127.0.0.1' }], ports: [{ name: 'http', port: 8080 }] }]);
  const engine = new Engine({
    cluster,
    clock,
    executor,
    config: CONFIG,
    reconcilers: autoscalingReconcilers,
    answerers: [autoscaler, gateways],
  });
  const kubernetes = new LocalKubernetes({ cluster, clock, executor, log: noLog });
  cluster.watch(PodType, {}, (event) => {
    if (event.type === 'ADDED') clock.after(1000, () => executor.run('pod', () => run(cluster, event.object)));
    if (event.type === 'MODIFIED' && event.object.metadata.deletionTimestamp)
      executor.run('pod', () => end(cluster, event.object));
  });
  const deployment = deploymentOf(1);
  const template = {
    metadata: { labels: podLabels },
    spec: { containers: [{ name: 'c', image: 'i', ports: [{ name: 'user-port', containerPort: 8080 }] }] },
  };
  await cluster.create(DeploymentType, {
    ...deployment,
    spec: { ...deployment.spec, selector: { matchLabels: selector }, template },
  });
  await cluster.create(PodAutoscalerType, podAutoscalerOf({ 'autoscaling.knative.dev/target': '10' }));
  await engine.start();
  await kubernetes.start();
  await clock.settle();
  return {
    clock,
    cluster,
    autoscaler,
    errors,
    advance: (seconds: number) => clock.advance(seconds * 1000),
    get: async () => {
      const pa = (await cluster.get(PodAutoscalerType, NAMESPACE, REVISION))!;
      const target: Stored<Deployment> = (await cluster.get(DeploymentType, NAMESPACE, TARGET))!;
      const conditions = Object.fromEntries((pa.status?.conditions ?? []).map(({ type, status }) => [type, status]));
      return { pa, replicas: target.spec.replicas, conditions };
    },
    report: (averageConcurrency: number) =>
      autoscaler.record([
        { namespace: NAMESPACE, revision: REVISION, time: clock.now(), averageConcurrency, requestCount: averageConcurrency },
      ]),
  };
}

async function run(cluster: MemoryCluster, pod: Stored<Pod>): Promise<void> {
  const current = await cluster.get(PodType, NAMESPACE, pod.metadata.name);
  if (!current || current.metadata.deletionTimestamp) return;
  const status: Pod['status'] = {
    phase: 'Running',
    podIP: '127.0.0.1',
    conditions: [{ type: 'Ready', status: 'True' }],
  };
  await cluster.updateStatus(PodType, { ...current, status });
}

async function end(cluster: MemoryCluster, pod: Stored<Pod>): Promise<void> {
  await cluster.delete(PodType, NAMESPACE, pod.metadata.name, { gracePeriodSeconds: 0 }).catch(() => undefined);
}

test('a revision becomes ready, follows its load, goes to zero, and comes back when the gateway raises it', async () => {
  const { advance, get, report, cluster, errors } = await system();
  await advance(3);
  expect((await get()).conditions).toEqual({ Active: 'True', Ready: 'True', SKSReady: 'True', ScaleTargetInitialized: 'True' });
  expect(await cluster.get(EndpointsType, NAMESPACE, REVISION)).toMatchObject({
    subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ name: 'http', port: 8080 }] }],
  });

  for (let i = 0; i < 90; i++) {
    report(100);
    await advance(1);
  }
  expect((await get()).replicas).toBe(15);
  expect((await get()).pa.status).toMatchObject({ desiredScale: 15, actualScale: 15 });
  expect(await cluster.get(ServerlessServiceType, NAMESPACE, REVISION)).toMatchObject({
    spec: { mode: 'Proxy', numActivators: 4 },
  });

  report(0);
  await advance(70);
  expect((await get()).replicas).toBe(0);
  await advance(600);
  expect((await get()).conditions).toMatchObject({ Active: 'False', Ready: 'False', ScaleTargetInitialized: 'True' });

  const { resourceVersion } = (await cluster.get(DeploymentType, NAMESPACE, TARGET))!.metadata;
  const raise = { spec: { replicas: 1 } };
  await cluster.patch(DeploymentType, NAMESPACE, TARGET, 'merge', raise, { subresource: 'scale', resourceVersion });
  await advance(0.5);
  expect((await get()).conditions.Active).toBe('Unknown');
  await advance(2);
  expect((await get()).conditions).toMatchObject({ Active: 'True', Ready: 'True' });
  expect((await get()).replicas).toBe(1);

  await advance(70);
  expect((await get()).replicas).toBe(0);
  expect(errors).toEqual([]);
});

test('a raise in the very moment of going to zero is kept', async () => {
  const { advance, get, cluster } = await system();
  let raises = 0;
  cluster.watch(DeploymentType, {}, (event) => {
    if (event.type !== 'MODIFIED' || event.object.spec.replicas !== 0 || raises++ > 0) return;
    const { resourceVersion } = event.object.metadata;
    void cluster.patch(
      DeploymentType,
      NAMESPACE,
      TARGET,
      'merge',
      { spec: { replicas: 1 } },
      { subresource: 'scale', resourceVersion },
    );
  });
  while (raises === 0) await advance(1);
  for (let i = 0; i < 50; i++) {
    await advance(1);
    expect((await get()).replicas).toBe(1);
  }
  expect((await get()).conditions.Active).toBe('True');
  await advance(30);
  expect((await get()).replicas).toBe(0);
});

test('at rest nothing is written', async () => {
  const { advance, cluster } = await system();
  await advance(300);
  const { resourceVersion } = await cluster.list(PodAutoscalerType);
  await advance(3600);
  expect((await cluster.list(PodAutoscalerType)).resourceVersion).toBe(resourceVersion);
});
