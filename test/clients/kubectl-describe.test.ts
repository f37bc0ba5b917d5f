import { hello } from './support/objects';
import { Session } from './support/session';
import { stable } from './support/text';
import { describeWith } from './support/tool';

/** Runs of spaces and ages are written alike. */
const plain = (text: string): string =>
  stable(text)
    .replace(/[ \t]+/g, ' ')
    .replace(/\b(\d+m)?\d+s\b/g, 'AGE');

describeWith(['kubectl'], 'kubectl describe', () => {
  let session: Session;
  const describeIt = async (...args: string[]) => plain(await session.kubectl('describe', ...args));

  beforeAll(async () => {
    session = await Session.start();
    await session.kubectlWith(hello(), 'apply', '-f', '-');
    await session.kubectl('wait', '--for=condition=Ready', 'ksvc/hello', '--timeout=30s');
  });

  afterAll(() => session?.stop());

  test('shows a service with spec, status and events', async () => {
    const text = await describeIt('ksvc', 'hello');
    expect(text).toMatch(/^Name: hello\nNamespace: default\nLabels: <none>\n/);
    expect(text).toContain('\nAPI Version: serving.knative.dev/v1\nKind: Service\n');
    expect(text).toContain(' Env:\n Name: TARGET\n Value: World\n Image: gcr.io/knative-samples/helloworld-go\n');
    expect(text).toContain(' Latest Ready Revision Name: hello-world\n');
    expect(text).toContain(' URL: http://hello.default.127.0.0.1.sslip.io\n');
    expect(text).toContain(' Normal Created AGE service-controller Created Route "hello"\n');
  });

  test('shows a revision', async () => {
    const text = await describeIt('revision', 'hello-world');
    expect(text).toContain('serving.knative.dev/configurationGeneration=1\n');
    expect(text).toContain(' Owner References:\n API Version: serving.knative.dev/v1\n');
    expect(text).toContain(' Status: True\n Type: Ready\n');
    expect(text).toContain(
      ' Normal RevisionReady AGE revision-controller Revision becomes ready upon all resources being ready\n',
    );
  });

  test('shows a pod with its containers, conditions and events', async () => {
    const text = await describeIt('pod', '-l', 'serving.knative.dev/service=hello');
    expect(text).toMatch(/^Name: hello-world-deployment-HASH-POD\nNamespace: default\n/);
    expect(text).toContain('\nNode: local/127.0.0.1\n');
    expect(text).toContain('\nStatus: Running\nIP: 127.0.0.1\n');
    expect(text).toContain('\nControlled By: ReplicaSet/hello-world-deployment-HASH\n');
    expect(text).toMatch(/ user-container:\n Container ID: process:\/\/\d+\n Image: gcr\.io\/knative-samples\/helloworld-go\n/);
    expect(text).toMatch(/ State: Running\n Started: .*\n Ready: True\n Restart Count: 0\n/);
    expect(text).toContain(' TARGET: World\n PORT: 8080\n K_REVISION: hello-world\n');
    expect(text).toMatch(
      /Conditions:\n Type Status ?\n PodScheduled True ?\n Initialized True ?\n ContainersReady True ?\n Ready True/,
    );
    expect(text).toContain(' Normal Started AGE kubelet Started container user-container\n');
  });

  test('shows a deployment with the ReplicaSet that it has', async () => {
    const text = await describeIt('deployment', 'hello-world-deployment');
    expect(text).toContain('\nSelector: serving.knative.dev/revisionUID=UID\n');
    expect(text).toContain('\nReplicas: 1 desired | 1 updated | 1 total | 1 available | 0 unavailable\n');
    expect(text).toContain('\nStrategyType: RollingUpdate\n');
    expect(text).toContain('\nNewReplicaSet: hello-world-deployment-HASH (1/1 replicas created)\n');
    expect(text).toContain(
      ' Normal ScalingReplicaSet AGE deployment-controller Scaled up replica set hello-world-deployment-HASH from 0 to 1\n',
    );
  });

  test('shows services, endpoints, namespaces and nodes', async () => {
    expect(await describeIt('svc', 'hello')).toContain('\nExternal Name: knc-gateway.knative-serving.svc.cluster.local\n');
    expect(await describeIt('endpoints', 'hello-world')).toContain('Subsets:\n Addresses: 127.0.0.1\n');
    expect(await describeIt('ns', 'default')).toContain('Name: default\n');
    expect(await describeIt('node', 'local')).toContain('Name: local\n');
  });
});
