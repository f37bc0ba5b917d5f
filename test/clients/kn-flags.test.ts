import { Session } from './support/session';
import { describeWith } from './support/tool';

const IMAGE = 'gcr.io/knative-samples/helloworld-go';

/** Part of a Service's manifest, under `metadata`, `template.metadata`, `spec` (of the template) and `container`. */
interface Written {
  readonly labels?: object;
  readonly annotations?: object;
  readonly revision?: { readonly name?: unknown; readonly labels?: object; readonly annotations?: object };
  readonly spec?: object;
  readonly container?: object;
}

interface Manifest {
  readonly metadata: { readonly labels?: object; readonly annotations?: object };
  readonly spec: {
    readonly template: { readonly metadata: object; readonly spec: { readonly containers: readonly [object, ...object[]] } };
  };
}

const annotations = (text: string, value: string): Written => ({
  revision: { annotations: { [`autoscaling.knative.dev/${text}`]: value } },
});

/** Every group of flags of `kn service create` and what it writes. */
const flags: readonly (readonly [string, Written])[] = [
  ['--annotation a=1', { annotations: { a: '1' }, revision: { annotations: { a: '1' } } }],
  ['--annotation-service a=1 --annotation-revision b=2', { annotations: { a: '1' }, revision: { annotations: { b: '2' } } }],
  ['--label a=1', { labels: { a: '1' }, revision: { labels: { a: '1' } } }],
  ['--label-service a=1 --label-revision b=2', { labels: { a: '1' }, revision: { labels: { b: '2' } } }],
  ['--arg one --arg=--two', { container: { args: ['one', '--two'] } }],
  ['--cmd /bin/app --cmd serve', { container: { command: ['/bin/app', 'serve'] } }],
  ['--cluster-local', { labels: { 'networking.knative.dev/visibility': 'cluster-local' } }],
  ['--concurrency-limit 5', { spec: { containerConcurrency: 5 } }],
  ['--timeout 60', { spec: { timeoutSeconds: 60 } }],
  [
    '--env A=1 --env B=2',
    {
      container: {
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
    },
  ],
  ['--env-file vars.env', { container: { env: [{ name: 'FROM_FILE', value: 'yes' }] } }],
  [
    '--env-from cm:settings --env-from secret:keys',
    { container: { envFrom: [{ configMapRef: { name: 'settings' } }, { secretRef: { name: 'keys' } }] } },
  ],
  [
    '--env-value-from A=cm:settings:a',
    { container: { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }] } },
  ],
  [
    '--limit cpu=100m,memory=64Mi --request cpu=50m',
    { container: { resources: { limits: { cpu: '100m', memory: '64Mi' }, requests: { cpu: '50m' } } } },
  ],
  [
    '--mount /etc/settings=cm:settings',
    {
      spec: { volumes: [{ name: expect.any(String), configMap: { name: 'settings' } }] },
      container: { volumeMounts: [{ name: expect.any(String), mountPath: '/etc/settings', readOnly: true }] },
    },
  ],
  [
    '--volume work=ed:work --mount /work=work',
    {
      spec: { volumes: [{ name: 'work', emptyDir: {} }] },
      container: { volumeMounts: [{ name: 'work', mountPath: '/work' }] },
    },
  ],
  ['--port 9000', { container: { ports: [{ containerPort: 9000 }] } }],
  ['--port h2c:9000', { container: { ports: [{ name: 'h2c', containerPort: 9000 }] } }],
  ['--probe-readiness http::8080:/ready', { container: { readinessProbe: { httpGet: { path: '/ready', port: 8080 } } } }],
  [
    '--probe-liveness tcp::8080 --probe-liveness-opts PeriodSeconds=7',
    { container: { livenessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 7 } } },
  ],
  ['--pull-policy IfNotPresent', { container: { imagePullPolicy: 'IfNotPresent' } }],
  ['--pull-secret keys', { spec: { imagePullSecrets: [{ name: 'keys' }] } }],
  ['--service-account robot', { spec: { serviceAccountName: 'robot' } }],
  ['--revision-name {{.Service}}-own-{{.Generation}}', { revision: { name: expect.stringMatching(/^flags-\d+-own-1$/) } }],
  ['--revision-name {{.Service}}-{{.Random 5}}', { revision: { name: expect.stringMatching(/^flags-\d+-[a-z]{5}$/) } }],
  [
    '--scale 2..5',
    { revision: { annotations: { 'autoscaling.knative.dev/min-scale': '2', 'autoscaling.knative.dev/max-scale': '5' } } },
  ],
  ['--scale-min 1', annotations('min-scale', '1')],
  ['--scale-max 3', annotations('max-scale', '3')],
  ['--scale-init 2', annotations('initial-scale', '2')],
  ['--scale-activation 2', annotations('activation-scale', '2')],
  ['--scale-metric rps', annotations('metric', 'rps')],
  ['--scale-target 10', annotations('target', '10')],
  ['--scale-utilization 80', annotations('target-utilization-percentage', '80')],
  ['--scale-window 30s', annotations('window', '30s')],
  [
    '--security-context strict',
    { container: { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true } } },
  ],
  ['--user 1001', { container: { securityContext: { runAsUser: 1001 } } }],
  ['--containers sidecar.yaml --port 8080', { spec: { containers: [{ image: IMAGE }, { name: 'beside', image: IMAGE }] } }],
  ['--profile istio', { revision: { annotations: { 'sidecar.istio.io/inject': 'true' } } }],
];

describeWith(['kn', 'kubectl'], 'kn service create', () => {
  let session: Session;

  beforeAll(async () => {
    session = await Session.start();
    session.file('vars.env', 'FROM_FILE=yes\n');
    session.file('sidecar.yaml', `containers:\n- name: beside\n  image: ${IMAGE}\n`);
    await session.kubectl('create', 'configmap', 'settings', '--from-literal=a=1');
    await session.kn('secret', 'create', 'keys', '--from-literal', 'a=1');
  });

  afterAll(() => session?.stop());

  test.each(flags.map(([text, written], i) => [text, `flags-${i}`, written] as const))('%s', async (text, name, written) => {
    const args = text.split(/ (?!\d\}\})/);
    const image = ['--image', IMAGE];
    await session.kn('service', 'create', name, ...image, '--no-wait', ...args);
    const { metadata, spec } = await session.json<Manifest>('get', 'ksvc', name);
    const { labels, annotations, revision, spec: pod, container } = written;
    if (labels) expect(metadata.labels).toMatchObject(labels);
    if (annotations) expect(metadata.annotations).toMatchObject(annotations);
    if (revision) expect(spec.template.metadata).toMatchObject(revision);
    if (pod) expect(spec.template.spec).toMatchObject(pod);
    if (container) expect(spec.template.spec.containers[0]).toMatchObject(container);
    await session.kn('service', 'delete', name);
  });

  test('updates take away what create gave', async () => {
    const gave = ['--env', 'A=1', '--env', 'B=2', '--label', 'a=1', '--limit', 'cpu=1', '--annotation', 'x=1', '--cluster-local'];
    await session.kn(
      'service',
      'create',
      'taken',
      '--image',
      IMAGE,
      '--no-wait',
      ...gave,
      '--mount',
      '/etc/settings=cm:settings',
    );
    const takes = [
      '--env',
      'A-',
      '--label',
      'a-',
      '--limit',
      'cpu-',
      '--annotation',
      'x-',
      '--no-cluster-local',
      '--mount',
      '/etc/settings-',
    ];
    await session.kn('service', 'update', 'taken', '--no-wait', ...takes);
    const { metadata, spec } = await session.json<Manifest>('get', 'ksvc', 'taken');
    const [container] = spec.template.spec.containers;
    expect(container).toMatchObject({ env: [{ name: 'B', value: '2' }] });
    expect(container).not.toHaveProperty('volumeMounts');
    expect(container).not.toHaveProperty('resources.limits');
    expect(metadata.labels ?? {}).toEqual({});
    expect(metadata.annotations ?? {}).not.toHaveProperty('x');
    expect(spec.template.spec).not.toHaveProperty('volumes');
  });
});
