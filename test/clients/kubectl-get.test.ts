import { hello, settings } from './support/objects';
import { Session } from './support/session';
import { cells, rows, stable } from './support/text';
import { describeWith } from './support/tool';

const URL = 'http://hello.default.127.0.0.1.sslip.io';
const POD = /^hello-world-deployment-[a-z0-9]+-[a-z0-9]{5}$/;

describeWith(['kubectl'], 'kubectl get', () => {
  let session: Session;
  const kubectl = (...args: string[]) => session.kubectl(...args);

  beforeAll(async () => {
    session = await Session.start();
    await session.kubectlWith(hello(), 'apply', '-f', '-');
    await session.kubectlWith(settings({ a: '1' }), 'apply', '-f', '-');
    await kubectl('wait', '--for=condition=Ready', 'ksvc/hello', '--timeout=30s');
  });

  afterAll(() => session?.stop());

  test('shows services, revisions, routes and configurations in the columns of Knative', async () => {
    expect(cells(await kubectl('get', 'ksvc'))).toEqual([
      ['NAME', 'URL', 'LATESTCREATED', 'LATESTREADY', 'READY', 'REASON'],
      ['hello', URL, 'hello-world', 'hello-world', 'True', ''],
    ]);
    expect(cells(await kubectl('get', 'revisions.serving.knative.dev'))).toEqual([
      ['NAME', 'CONFIG NAME', 'GENERATION', 'READY', 'REASON', 'ACTUAL REPLICAS', 'DESIRED REPLICAS'],
      ['hello-world', 'hello', '1', 'True', '', '1', '1'],
    ]);
    expect(cells(await kubectl('get', 'rt'))).toEqual([
      ['NAME', 'URL', 'READY', 'REASON'],
      ['hello', URL, 'True', ''],
    ]);
    expect(cells(await kubectl('get', 'configurations'))).toEqual([
      ['NAME', 'LATESTCREATED', 'LATESTREADY', 'READY', 'REASON'],
      ['hello', 'hello-world', 'hello-world', 'True', ''],
    ]);
  });

  test('shows what is behind them', async () => {
    const internal = await kubectl('get', 'kpa,sks,king,metrics.autoscaling.internal.knative.dev', '--no-headers=false');
    expect(internal.split('\n\n').map((table) => cells(table.trim()))).toEqual([
      [
        ['NAME', 'DESIREDSCALE', 'ACTUALSCALE', 'READY', 'REASON'],
        ['podautoscaler.autoscaling.internal.knative.dev/hello-world', '1', '1', 'True', ''],
      ],
      [
        ['NAME', 'MODE', 'ACTIVATORS', 'SERVICENAME', 'PRIVATESERVICENAME', 'READY', 'REASON'],
        [
          'serverlessservice.networking.internal.knative.dev/hello-world',
          ...['Proxy', expect.stringMatching(/^\d+$/), 'hello-world', 'hello-world-private', 'True', ''],
        ],
      ],
      [
        ['NAME', 'READY', 'REASON'],
        ['ingress.networking.internal.knative.dev/hello', 'True', ''],
      ],
      [
        ['NAME', 'READY', 'REASON'],
        ['metric.autoscaling.internal.knative.dev/hello-world', 'True', ''],
      ],
    ]);
  });

  test('shows pods and workloads as it does on a cluster, with more of them by -o wide', async () => {
    const [pod] = rows(await kubectl('get', 'pods'));
    expect(pod).toEqual({
      NAME: expect.stringMatching(POD),
      ...{ READY: '1/1', STATUS: 'Running', RESTARTS: '0' },
      AGE: expect.stringMatching(/^\d+s$/),
    });
    expect(rows(await kubectl('get', 'pods', '-o', 'wide'))[0]).toEqual({
      ...pod,
      AGE: expect.any(String),
      ...{ IP: '127.0.0.1', NODE: 'local', 'NOMINATED NODE': '<none>', 'READINESS GATES': '<none>' },
    });
    expect(rows(await kubectl('get', 'deploy', '-o', 'wide'))).toEqual([
      {
        ...{ NAME: 'hello-world-deployment', READY: '1/1', 'UP-TO-DATE': '1', AVAILABLE: '1', AGE: expect.any(String) },
        ...{ CONTAINERS: 'user-container', IMAGES: 'gcr.io/knative-samples/helloworld-go' },
        SELECTOR: expect.stringMatching(/^serving\.knative\.dev\/revisionUID=[-0-9a-f]+$/),
      },
    ]);
    expect(rows(await kubectl('get', 'rs'))).toEqual([
      {
        NAME: expect.stringMatching(/^hello-world-deployment-[a-z0-9]+$/),
        ...{ DESIRED: '1', CURRENT: '1', READY: '1', AGE: expect.any(String) },
      },
    ]);
  });

  test('shows services, endpoints and slices', async () => {
    const services = rows(await kubectl('get', 'svc')).map(({ AGE, ...row }) => row);
    expect(services).toEqual([
      {
        ...{ NAME: 'hello', TYPE: 'ExternalName', 'CLUSTER-IP': '<none>', 'PORT(S)': '80/TCP' },
        'EXTERNAL-IP': 'knc-gateway.knative-serving.svc.cluster.local',
      },
      {
        ...{ NAME: 'hello-world', TYPE: 'ClusterIP', 'EXTERNAL-IP': '<none>', 'PORT(S)': '80/TCP,443/TCP' },
        'CLUSTER-IP': expect.stringMatching(/^10(\.\d+){3}$/),
      },
      {
        ...{
          NAME: 'hello-world-private',
          TYPE: 'ClusterIP',
          'EXTERNAL-IP': '<none>',
          'PORT(S)': expect.stringMatching('80/TCP'),
        },
        'CLUSTER-IP': expect.stringMatching(/^10(\.\d+){3}$/),
      },
    ]);
    const endpoints = rows(await kubectl('get', 'endpoints'));
    expect(endpoints.map(({ NAME, ENDPOINTS }) => [NAME, stable(ENDPOINTS!)])).toEqual([
      ['hello-world', '127.0.0.1:PORT'],
      ['hello-world-private', '127.0.0.1:PORT'],
    ]);
    const slices = rows(await kubectl('get', 'endpointslices'));
    expect(slices).toContainEqual({
      ...{ NAME: expect.stringMatching(/^hello-world-private-/), ADDRESSTYPE: 'IPv4', ENDPOINTS: '127.0.0.1' },
      ...{ PORTS: expect.stringMatching(/^\d+$/), AGE: expect.any(String) },
    });
  });

  test('shows everything of a namespace with all, and of every namespace with -A', async () => {
    const names = (await kubectl('get', 'all', '-o', 'name')).trim().split('\n').map(stable);
    expect(names).toEqual([
      'pod/hello-world-deployment-HASH-POD',
      'service/hello',
      'service/hello-world',
      'service/hello-world-private',
      'deployment.apps/hello-world-deployment',
      'replicaset.apps/hello-world-deployment-HASH',
      'broker.eventing.knative.dev/example-broker',
      'configuration.serving.knative.dev/hello',
      'revision.serving.knative.dev/hello-world',
      'route.serving.knative.dev/hello',
      'service.serving.knative.dev/hello',
    ]);
    await kubectl('create', '-n', 'kube-system', 'configmap', 'elsewhere');
    const maps = rows(await kubectl('get', 'cm', '-A')).map(({ NAMESPACE, NAME, DATA }) => [NAMESPACE, NAME, DATA]);
    expect(maps).toEqual(
      expect.arrayContaining([
        ['default', 'settings', '1'],
        ['kube-system', 'elsewhere', '0'],
      ]),
    );
    expect(await kubectl('get', 'cm', 'elsewhere', '-n', 'kube-system', '-o', 'name')).toBe('configmap/elsewhere\n');
  });

  test('shows what happened', async () => {
    const events = rows(await kubectl('get', 'events', '--sort-by=.metadata.creationTimestamp'));
    expect(Object.keys(events[0]!)).toEqual(['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']);
    expect(events.map((one) => `${one['TYPE']} ${one['REASON']} ${one['OBJECT']} ${one['MESSAGE']}`)).toEqual(
      expect.arrayContaining([
        'Normal Created configuration/hello Created Revision "hello-world"',
        'Normal RevisionReady revision/hello-world Revision becomes ready upon all resources being ready',
      ]),
    );
    expect((await kubectl('events', '--for', 'configuration/hello')).split('\n')[0]).toMatch(
      /^LAST SEEN\s+TYPE\s+REASON\s+OBJECT\s+MESSAGE$/,
    );
  });

  test('selects by labels and fields', async () => {
    const names = async (...args: string[]) =>
      (await kubectl('get', ...args, '-o', 'name')).split('\n').filter(Boolean).map(stable);
    const pod = 'pod/hello-world-deployment-HASH-POD';
    expect(await names('pods', '-l', 'serving.knative.dev/service=hello')).toEqual([pod]);
    expect(await names('pods', '-l', 'serving.knative.dev/service in (hello, other),app')).toEqual([pod]);
    expect(await names('pods', '-l', 'serving.knative.dev/service!=hello')).toEqual([]);
    expect(await names('pods', '--field-selector', 'status.phase=Running')).toEqual([pod]);
    expect(await names('pods', '--field-selector', 'status.phase!=Running')).toEqual([]);
    expect(await names('ksvc', '--field-selector', 'metadata.name=hello')).toEqual(['service.serving.knative.dev/hello']);
    expect(await session.refusal('get', 'pods', '--field-selector', 'spec.image=x')).toContain(
      'field label not supported: spec.image',
    );
    expect(rows(await kubectl('get', 'pods', '-L', 'serving.knative.dev/revision'))[0]).toMatchObject({
      REVISION: 'hello-world',
    });
  });

  test('prints JSON, YAML, names, templates and columns of choice', async () => {
    const service = await session.json<{ apiVersion: string; kind: string; status: { url: string } }>('get', 'ksvc', 'hello');
    expect(service).toMatchObject({ apiVersion: 'serving.knative.dev/v1', kind: 'Service', status: { url: URL } });
    const list = await session.json<{ kind: string; items: { kind: string }[] }>('get', 'ksvc');
    expect([list.kind, list.items.map(({ kind }) => kind)]).toEqual(['List', ['Service']]);
    expect(await kubectl('get', 'ksvc', 'hello', '-o', 'yaml')).toContain(`\n  url: ${URL}\n`);
    expect(await kubectl('get', 'ksvc', 'hello', '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')).toBe('True');
    expect(await kubectl('get', 'ksvc', '-o', 'go-template={{range .items}}{{.metadata.name}} {{end}}')).toBe('hello ');
    expect(
      cells(
        await kubectl('get', 'ksvc', '-o', 'custom-columns=NAME:.metadata.name,IMAGE:.spec.template.spec.containers[0].image'),
      ),
    ).toEqual([
      ['NAME', 'IMAGE'],
      ['hello', 'gcr.io/knative-samples/helloworld-go'],
    ]);
  });

  test('shows nodes, namespaces and definitions', async () => {
    expect(rows(await kubectl('get', 'nodes'))).toEqual([
      {
        NAME: 'local',
        STATUS: 'Ready',
        ROLES: 'control-plane',
        AGE: expect.any(String),
        VERSION: expect.stringMatching(/^v1\.\d+\.\d+\+knc$/),
      },
    ]);
    const namespaces = rows(await kubectl('get', 'ns'));
    expect(namespaces).toContainEqual({ NAME: 'default', STATUS: 'Active', AGE: expect.any(String) });
    const definitions = rows(await kubectl('get', 'crd'));
    expect(definitions).toContainEqual({
      NAME: 'services.serving.knative.dev',
      'CREATED AT': expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  test('says what is not there, as on a cluster', async () => {
    expect(await session.refusal('get', 'ksvc', 'nope')).toBe(
      'Error from server (NotFound): services.serving.knative.dev "nope" not found',
    );
    expect(await session.refusal('get', 'nopes')).toBe('error: the server doesn\'t have a resource type "nopes"');
    expect(await kubectl('get', 'ksvc', 'nope', '--ignore-not-found')).toBe('');
    const { code, stderr } = await session.try('kubectl', ['get', 'ksvc', '-n', 'kube-system']);
    expect([code, stderr.trim()]).toEqual([0, 'No resources found in kube-system namespace.']);
  });
});
