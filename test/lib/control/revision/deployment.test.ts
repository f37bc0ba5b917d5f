import { type Deployment, defaultServingConfig, type Revision, type ServingConfig } from '../../../../lib/api';
import { makeDeployment, updateDeployment } from '../../../../lib/control/revision/deployment';
import { revision, stored } from '../support/objects';

const make = (spec: object, more: { metadata?: object; status?: Revision['status']; config?: ServingConfig } = {}): Deployment =>
  makeDeployment(
    revision('hello-00001', {
      spec: {
        containers: [{ image: 'i@sha256:0000000000000000000000000000000000000000000000000000000000000000' }],
        ...spec,
      } as Revision['spec'],
      ...(more.metadata ? { metadata: more.metadata } : {}),
      ...(more.status ? { status: more.status } : {}),
    }),
    more.config ?? defaultServingConfig,
  );
const containerOf = (spec: object, config?: ServingConfig) =>
  make(spec, config ? { config } : {}).spec.template.spec.containers[0]!;

describe('the Deployment of a revision', () => {
  it('has one container, that of the user, and says all that the contract of the runtime asks for', () => {
    const deployment = make({});
    expect(deployment).toMatchObject({
      metadata: { name: 'hello-00001-deployment', namespace: 'default' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { 'serving.knative.dev/revisionUID': 'uid-revision-hello-00001' } },
        progressDeadlineSeconds: 600,
        revisionHistoryLimit: 0,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } },
        template: {
          spec: {
            terminationGracePeriodSeconds: 300,
            enableServiceLinks: false,
            affinity: {
              podAntiAffinity: {
                preferredDuringSchedulingIgnoredDuringExecution: [
                  {
                    weight: 100,
                    podAffinityTerm: {
                      topologyKey: 'kubernetes.io/hostname',
                      labelSelector: { matchLabels: { 'serving.knative.dev/revision': 'hello-00001' } },
                    },
                  },
                ],
              },
            },
          },
        },
      },
    });
    const spec = deployment.spec.template.spec as Record<string, unknown>;
    for (const field of ['containerConcurrency', 'timeoutSeconds', 'responseStartTimeoutSeconds', 'idleTimeoutSeconds']) {
      expect(spec).not.toHaveProperty(field);
    }
    expect(deployment.spec.template.spec.containers).toEqual([
      expect.objectContaining({
        name: 'user-container',
        image: 'i@sha256:0000000000000000000000000000000000000000000000000000000000000000',
        ports: [{ name: 'user-port', containerPort: 8080 }],
        env: [
          { name: 'PORT', value: '8080' },
          { name: 'K_REVISION', value: 'hello-00001' },
          { name: 'K_CONFIGURATION', value: 'hello' },
          { name: 'K_SERVICE', value: 'hello' },
        ],
        readinessProbe: { tcpSocket: { port: 8080 }, successThreshold: 1, periodSeconds: 1 },
        terminationMessagePolicy: 'FallbackToLogsOnError',
      }),
    ]);
  });

  it('carries the labels and annotations of the revision but those of its own state and scaling', () => {
    const { metadata, spec } = make(
      {},
      {
        metadata: {
          labels: { team: 'a', 'serving.knative.dev/route': 'r' },
          annotations: {
            note: 'n',
            'autoscaling.knative.dev/min-scale': '1',
            'serving.knative.dev/routes': 'r',
            'serving.knative.dev/routingStateModified': 'x',
            'serving.knative.dev/no-gc': 'true',
          },
        },
      },
    );
    const { 'serving.knative.dev/deployment-hash': hash, ...labels } = metadata.labels!;
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(labels).toEqual({
      team: 'a',
      app: 'hello-00001',
      'serving.knative.dev/configuration': 'hello',
      'serving.knative.dev/configurationGeneration': '1',
      'serving.knative.dev/service': 'hello',
      'serving.knative.dev/revision': 'hello-00001',
      'serving.knative.dev/revisionUID': 'uid-revision-hello-00001',
    });
    expect(spec.template.metadata).toEqual({
      labels,
      annotations: { note: 'n', 'kubectl.kubernetes.io/default-container': 'user-container' },
    });
    expect(metadata.annotations).toEqual({ note: 'n' });
  });

  it.each<[string, object, object]>([
    [
      'a port',
      { ports: [{ containerPort: 9000 }] },
      { ports: [{ name: 'user-port', containerPort: 9000 }], readinessProbe: { tcpSocket: { port: 9000 } } },
    ],
    ['HTTP/2', { ports: [{ name: 'h2c' }] }, { ports: [{ name: 'user-port', containerPort: 8080 }] }],
    [
      'a probe on port 0',
      { readinessProbe: { httpGet: { path: '/h', port: 0 }, periodSeconds: 7 } },
      { readinessProbe: { httpGet: { path: '/h', port: 8080 }, periodSeconds: 7 } },
    ],
    [
      'a probe on another port',
      { livenessProbe: { tcpSocket: { port: 1234 } } },
      { livenessProbe: { tcpSocket: { port: 8080 } } },
    ],
    ['a probe on a named port', { startupProbe: { httpGet: { port: 'http1' } } }, { startupProbe: { httpGet: { port: 8080 } } }],
    ['a gRPC probe', { readinessProbe: { grpc: {} } }, { readinessProbe: { grpc: { port: 8080 } } }],
    [
      'a command as a probe',
      { readinessProbe: { exec: { command: ['true'] } } },
      { readinessProbe: { exec: { command: ['true'] } } },
    ],
    ['a policy of its own', { terminationMessagePolicy: 'File' }, { terminationMessagePolicy: 'File' }],
  ])('understands %s', (_, container, expected) => {
    expect(containerOf({ containers: [{ image: 'i', ...container }] })).toMatchObject(expected);
  });

  it('probes a port of its own choice where the installation allows it', () => {
    const config = {
      ...defaultServingConfig,
      features: { ...defaultServingConfig.features, multiContainerProbing: 'Enabled' as const },
    };
    const container = { image: 'i', livenessProbe: { httpGet: { path: '/', port: 9999 } } };
    expect(containerOf({ containers: [container] }, config).livenessProbe).toMatchObject({ httpGet: { port: 9999 } });
  });

  it('gives port and PORT to the serving container alone, and Knative’s variables to all', () => {
    const { containers } = make({ containers: [{ image: 'side' }, { image: 'main', ports: [{ containerPort: 81 }] }] }).spec
      .template.spec;
    expect(containers.map(({ image, ports, env }) => [image, ports, env?.map(({ name }) => name)])).toEqual([
      ['side', undefined, ['K_REVISION', 'K_CONFIGURATION', 'K_SERVICE']],
      ['main', [{ name: 'user-port', containerPort: 81 }], ['PORT', 'K_REVISION', 'K_CONFIGURATION', 'K_SERVICE']],
    ]);
  });

  it('runs images by the digests that the status names', () => {
    const status = { containerStatuses: [{ name: 'user-container', imageDigest: 'i@sha256:11' }] };
    expect(make({ containers: [{ image: 'i:v1' }] }, { status }).spec.template.spec.containers[0]!.image).toBe('i@sha256:11');
  });

  it.each<[string, object, object]>([
    ['initial scale', { 'autoscaling.knative.dev/initial-scale': '3' }, { replicas: 3 }],
    ['initial scale 0', { 'autoscaling.knative.dev/initialScale': '0' }, { replicas: 0 }],
    ['progress deadline', { 'serving.knative.dev/progress-deadline': '1m30s' }, { progressDeadlineSeconds: 90 }],
  ])('heeds the annotation for the %s', (_, annotations, expected) => {
    expect(make({}, { metadata: { annotations } }).spec).toMatchObject(expected);
  });

  it('gets the runtime class whose selector is the most specific', () => {
    const runtimeClassNames = { any: {}, gvisor: { team: 'a' }, kata: { team: 'a', tier: 'x' } };
    const config = { ...defaultServingConfig, deployment: { ...defaultServingConfig.deployment, runtimeClassNames } };
    const classFor = (labels: object) => make({}, { config, metadata: { labels } }).spec.template.spec.runtimeClassName;
    expect([classFor({}), classFor({ team: 'a' }), classFor({ team: 'a', tier: 'x' })]).toEqual(['any', 'gvisor', 'kata']);
  });
});

describe('updateDeployment', () => {
  const desired = make({});
  const existing = stored({
    ...desired,
    metadata: { ...desired.metadata, labels: { ...desired.metadata.labels, external: 'x' } },
    spec: { ...desired.spec, replicas: 5 },
  });

  it('leaves a Deployment alone that was made from the same, whatever its scale', () => {
    expect(updateDeployment(existing, desired)).toBeUndefined();
  });

  it('changes one that was made from something else, but neither scale, selector nor foreign labels', () => {
    const config = { ...defaultServingConfig, deployment: { ...defaultServingConfig.deployment, progressDeadline: 60_000 } };
    const changed = updateDeployment(existing, make({}, { config }))!;
    expect(changed.spec.progressDeadlineSeconds).toBe(60);
    expect(changed.spec).not.toHaveProperty('replicas');
    expect(changed.spec.selector).toEqual(existing.spec.selector);
    expect(changed.metadata.labels).toMatchObject({ external: 'x' });
  });

  it('lets containers sleep before they are told to end where nobody else holds pods, and is the same revision of itself', () => {
    const one = revision('hello-00001', {
      spec: { containers: [{ image: 'i' }, { image: 's' }], timeoutSeconds: 2 } as Revision['spec'],
    });
    const plain = makeDeployment(one, defaultServingConfig);
    const sleeping = makeDeployment(one, defaultServingConfig, 5);
    const { containers, terminationGracePeriodSeconds } = sleeping.spec.template.spec;
    expect(containers.map(({ lifecycle }) => lifecycle)).toEqual([
      { preStop: { sleep: { seconds: 5 } } },
      { preStop: { sleep: { seconds: 5 } } },
    ]);
    expect(terminationGracePeriodSeconds).toBe(7);
    expect(plain.spec.template.spec.terminationGracePeriodSeconds).toBe(2);
    expect(updateDeployment(stored(plain), sleeping)).toBeUndefined();
  });
});
