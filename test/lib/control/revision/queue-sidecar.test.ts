import { type Container, defaultServingConfig, QUEUE_SIDECAR, type Revision, type ServingConfig } from '../../../../lib/api';
import { makeDeployment } from '../../../../lib/control/revision/deployment';
import { revision } from '../support/objects';

const config = (deployment: Partial<ServingConfig['deployment']> = {}, features: object = {}): ServingConfig => ({
  ...defaultServingConfig,
  deployment: { ...defaultServingConfig.deployment, queueSidecarImage: 'registry.example/knc:1', ...deployment },
  features: { ...defaultServingConfig.features, ...features },
});
const podOf = (spec: object, annotations: Record<string, string> = {}, settings = config(), seconds = 5) =>
  makeDeployment(
    revision('hello-00001', {
      spec: { containers: [{ image: 'i' }], ...spec } as Revision['spec'],
      metadata: { annotations },
    }),
    settings,
    seconds,
    true,
  ).spec.template.spec;
const split = (pod: { readonly containers: readonly Container[] }) => {
  const [user, queue, ...more] = pod.containers;
  expect(more).toEqual([]);
  return { user: user!, queue: queue! };
};
const envOf = ({ env }: Container) =>
  Object.fromEntries((env ?? []).map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
const amount = (name: string) => `queue.sidecar.serving.knative.dev/${name}`;

describe('the sidecar of a pod', () => {
  it('has upstream’s name, ports and variables, and the rights of a restricted pod', () => {
    const { queue } = split(podOf({ containerConcurrency: 3, timeoutSeconds: 20, idleTimeoutSeconds: 7 }));
    expect(queue).toMatchObject({
      name: 'queue-proxy',
      image: 'registry.example/knc:1',
      args: ['run', '--role', 'queue', '--drain-delay', '5s'],
      ports: [
        { name: 'queue-port', containerPort: 8012 },
        { name: 'http-usermetric', containerPort: 9091 },
      ],
      resources: { requests: { cpu: '25m' } },
      securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    });
    expect(queue).not.toHaveProperty('resources.limits');
    expect(envOf(queue)).toEqual({
      SERVING_NAMESPACE: 'default',
      SERVING_SERVICE: 'hello',
      SERVING_CONFIGURATION: 'hello',
      SERVING_REVISION: 'hello-00001',
      SERVING_POD: { fieldRef: { fieldPath: 'metadata.name' } },
      QUEUE_SERVING_PORT: '8012',
      CONTAINER_CONCURRENCY: '3',
      REVISION_TIMEOUT_SECONDS: '20',
      REVISION_RESPONSE_START_TIMEOUT_SECONDS: '0',
      REVISION_IDLE_TIMEOUT_SECONDS: '7',
      USER_PORT: '8080',
      SERVING_READINESS_PROBE: JSON.stringify({ tcpSocket: { port: 8080 }, successThreshold: 1 }),
    });
  });

  it('asks the container in the kubelet’s place, which asks the sidecar as the user’s probe says', () => {
    const readinessProbe = { httpGet: { path: '/r', port: 0 }, periodSeconds: 7, timeoutSeconds: 2, failureThreshold: 4 };
    const { user, queue } = split(podOf({ containers: [{ image: 'i', ports: [{ containerPort: 9000 }], readinessProbe }] }));
    expect(user).not.toHaveProperty('readinessProbe');
    expect(queue.readinessProbe).toEqual({
      httpGet: { port: 8012, httpHeaders: [{ name: 'K-Network-Probe', value: 'queue' }] },
      ...{ periodSeconds: 7, timeoutSeconds: 2, failureThreshold: 4, successThreshold: 1 },
    });
    expect(JSON.parse(envOf(queue)['SERVING_READINESS_PROBE'] as string)).toMatchObject({
      ...{ httpGet: { path: '/r', port: 9000 }, periodSeconds: 7, timeoutSeconds: 2 },
    });
  });

  it('may hold a probe without a period until the container is ready', () => {
    const { queue } = split(podOf({}));
    expect(queue.readinessProbe).toMatchObject({ periodSeconds: 1, timeoutSeconds: 10 });
  });

  it('leaves a command to the kubelet, and tries the port itself', () => {
    const readinessProbe = { exec: { command: ['true'] }, periodSeconds: 3 };
    const { user, queue } = split(podOf({ containers: [{ image: 'i', readinessProbe }] }));
    expect(user.readinessProbe).toMatchObject({ exec: { command: ['true'] } });
    const asked = JSON.parse(envOf(queue)['SERVING_READINESS_PROBE'] as string);
    expect(asked).toMatchObject({ tcpSocket: { port: 8080 }, periodSeconds: 3 });
    expect(asked).not.toHaveProperty('exec');
  });

  it('takes HTTP/2 at a port of its own', () => {
    const { queue } = split(podOf({ containers: [{ image: 'i', ports: [{ name: 'h2c' }] }] }));
    expect(queue.ports).toContainEqual({ name: 'queue-port', containerPort: QUEUE_SIDECAR.http2Port });
    expect(envOf(queue)).toMatchObject({ QUEUE_SERVING_PORT: '8013' });
  });

  it('ends last: the others wait for it, and the time for that is added to theirs', () => {
    const pod = podOf({ timeoutSeconds: 20 });
    const { user, queue } = split(pod);
    expect(user.lifecycle).toEqual({ preStop: { httpGet: { port: 8022, path: '/wait-for-drain' } } });
    expect(queue).not.toHaveProperty('lifecycle');
    expect(pod.terminationGracePeriodSeconds).toBe(55);
  });

  it('begins no new pods when only the time for that changes', () => {
    const hash = (seconds: number) =>
      makeDeployment(revision('hello-00001'), config(), seconds, true).metadata.labels!['serving.knative.dev/deployment-hash'];
    expect(hash(5)).toBe(hash(9));
  });

  it.each<[string, Record<string, string>, ServingConfig, object, object]>([
    [
      'settings',
      {},
      config({ queueSidecarRequests: { memory: '64Mi' }, queueSidecarLimits: { cpu: '1' } }),
      {},
      {
        requests: { memory: '64Mi' },
        limits: { cpu: '1' },
      },
    ],
    [
      'defaults of the feature',
      {},
      config({}, { queueProxyResourceDefaults: 'Enabled' }),
      {},
      {
        requests: { cpu: '25m', memory: '400Mi' },
        limits: { cpu: '1000m', memory: '800Mi' },
      },
    ],
    [
      'annotations, which win',
      { [amount('cpu-resource-request')]: '50m', [amount('ephemeral-storage-resource-limit')]: '1Gi' },
      config(),
      {},
      {
        requests: { cpu: '50m' },
        limits: { 'ephemeral-storage': '1Gi' },
      },
    ],
    [
      'a percentage of the container, within bounds',
      { [amount('resource-percentage')]: '10' },
      config(),
      { requests: { cpu: '800m', memory: '8Gi' } },
      {
        requests: { cpu: '80m', memory: String(200 * 2 ** 20) },
      },
    ],
    [
      'a percentage that comes to less than the least',
      { [amount('resource-percentage')]: '1' },
      config(),
      { limits: { cpu: '1' } },
      {
        requests: { cpu: '25m' },
        limits: { cpu: '40m' },
      },
    ],
  ])('gets its resources from %s', (_, annotations, settings, resources, expected) => {
    const { queue } = split(podOf({ containers: [{ image: 'i', resources }] }, annotations, settings));
    expect(queue.resources).toEqual(expected);
  });

  it.each<[string, object, Record<string, string>, boolean]>([
    ['off', {}, {}, false],
    ['on', { queueProxyMountPodInfo: 'Enabled' }, {}, true],
    ['left to the service, which says nothing', { queueProxyMountPodInfo: 'Allowed' }, {}, false],
    [
      'left to the service',
      { queueProxyMountPodInfo: 'Allowed' },
      { 'features.knative.dev/queueproxy-podinfo': 'enabled' },
      true,
    ],
  ])('sees the annotations of its pod where that feature is %s', (_, features, annotations, mounted) => {
    const pod = podOf({}, annotations, config({}, features));
    expect(split(pod).queue.volumeMounts?.map(({ mountPath }) => mountPath) ?? []).toEqual(mounted ? ['/etc/podinfo'] : []);
    expect((pod.volumes ?? []).map(({ name }) => name)).toEqual(mounted ? ['pod-info'] : []);
  });
});
