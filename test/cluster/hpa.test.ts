import { MetricsApi } from './metrics-api';
import { fromOutside, install } from './platform';
import { describeCluster } from './support';
import { kubectl, until } from './tools';

const NAME = 'by-cpu';
const SERVICE = {
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name: NAME, namespace: 'default' },
  spec: {
    template: {
      metadata: {
        annotations: {
          'autoscaling.knative.dev/class': 'hpa.autoscaling.knative.dev',
          'autoscaling.knative.dev/metric': 'cpu',
          'autoscaling.knative.dev/target': '50',
          'autoscaling.knative.dev/max-scale': '3',
        },
      },
      spec: { containers: [{ image: 'registry.local/hello:1', resources: { requests: { cpu: '20m' } } }] },
    },
  },
};

describeCluster('the class hpa on a cluster that has metrics', () => {
  let metrics: MetricsApi;
  let revision: string;

  beforeAll(async () => {
    await install('small');
    metrics = await MetricsApi.start();
    await kubectl('apply -f -', { input: JSON.stringify(SERVICE) });
    await kubectl(`wait ksvc/${NAME} --for=condition=Ready --timeout=90s`);
    revision = await kubectl(`get ksvc/${NAME} -o jsonpath={.status.latestReadyRevisionName}`);
  }, 240_000);

  afterAll(async () => {
    await kubectl(`delete ksvc/${NAME} --ignore-not-found`);
    await metrics?.stop();
  }, 60_000);

  const replicas = () => kubectl(`get deployment/${revision}-deployment -o jsonpath={.spec.replicas}`);
  const of = (path: string) => kubectl(`get ${path}`);

  test('is scaled by Kubernetes, between one pod and its bound, and answers', async () => {
    expect(
      await of(
        `hpa/${revision} -o jsonpath={.spec.minReplicas},{.spec.maxReplicas},{.spec.metrics[0].resource.target.averageUtilization}`,
      ),
    ).toBe('1,3,50');
    expect(await replicas()).toBe('1');
    metrics.milliCores = 60;
    await until('third pod', async () => (await replicas()) === '3', 120);
    await until('number that the PodAutoscaler tells of', async () =>
      /^3/.test(await of(`podautoscaler/${revision} -o jsonpath={.status.desiredScale}`)),
    );
    expect((await fromOutside(NAME)).status).toBe(200);
  }, 180_000);

  test('nobody complains that nobody scales', async () => {
    expect(
      await of(`podautoscaler/${revision} -o jsonpath={.status.conditions[?(@.type=="HorizontalPodAutoscalerObserved")].status}`),
    ).toBe('');
  });
});
