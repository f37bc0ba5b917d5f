import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigurationType, DeploymentType, type ResourceType, RevisionType, RouteType, ServiceType } from '../../lib/api';
import { RealClock, systemRandom } from '../../lib/base';
import { HttpCluster } from '../../lib/kube/http';
import { KubeconfigConnection } from '../../lib/kube/kubeconfig';
import { describeBuilt, get, Knc } from './support/knc';

const service = (target: string) => `
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: hello
spec:
  template:
    spec:
      containers:
        - image: ghcr.io/knative/helloworld-go:latest
          env: [{ name: TARGET, value: ${target} }]
`;

const SPECS: readonly ResourceType[] = [ServiceType, ConfigurationType, RouteType, RevisionType, DeploymentType];

describeBuilt('beside a running knc dev', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-acceptance-cwd-'));
  const running: Knc[] = [];
  const knc = (...args: string[]) => {
    const started = new Knc(folder, ...args);
    running.push(started);
    return started;
  };
  let gateway: string;
  let kubeconfig: string;
  beforeAll(async () => {
    writeFileSync(path.join(folder, 'service.yaml'), service('one'));
    writeFileSync(path.join(folder, 'next.yaml'), service('two'));
    const dev = knc('dev', 'service.yaml', '--json', '--port', '0');
    const ready = await dev.event<{ gateway: string; kubeconfig: string }>('ready');
    ({ gateway, kubeconfig } = ready);
  });
  afterAll(async () => {
    for (const one of running) await one.end();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Which specs there are; statuses are still settling. */
  const specs = async () => {
    const clock = new RealClock();
    const source = new KubeconfigConnection({ file: kubeconfig, env: {}, cwd: folder, clock });
    const cluster = new HttpCluster({ source, clock, random: systemRandom });
    const lists = await Promise.all(SPECS.map((type) => cluster.list(type)));
    await cluster.close();
    return lists.flatMap(({ items }) => items.map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.generation}`));
  };

  test('knc plan says what an edit would do, and changes nothing', async () => {
    const before = await specs();
    const plan = knc('plan', 'next.yaml', '--json');
    expect(await plan.exit()).toBe(0);
    const { changes, traffic, scale } = JSON.parse(plan.stdout) as Record<'changes' | 'traffic' | 'scale', object[]>;
    expect(changes[0]).toMatchObject({
      kind: 'Service',
      name: 'hello',
      fields: [{ path: 'spec.template.spec.containers[0].env[TARGET].value', before: 'one', after: 'two' }],
    });
    expect(traffic).toMatchObject([{ route: 'hello', from: [{ revision: 'hello-00001' }], to: [{ revision: 'hello-00002' }] }]);
    expect(scale).toContainEqual({ namespace: 'default', revision: 'hello-00002', from: 0, to: 1 });
    expect(await specs()).toEqual(before);
    expect((await get(gateway, 'hello.default.localhost')).text).toContain('one');
  });

  test('knc explain follows the URL down to the pod, and says why there is one', async () => {
    expect((await get(gateway, 'hello.default.localhost')).status).toBe(200);
    const explain = knc('explain', `${gateway.replace('127.0.0.1', 'hello.default.localhost')}/`, '--json');
    expect(await explain.exit()).toBe(0);
    const story = JSON.parse(explain.stdout) as {
      revisions: { pods: object[]; replicas: { wanted: number; explanation: string[] } }[];
    };
    expect(story).toMatchObject({
      object: { kind: 'Service', name: 'hello' },
      state: 'ready',
      routes: [{ name: 'hello', traffic: [{ revision: 'hello-00001', percent: 100 }] }],
      revisions: [{ name: 'hello-00001', pods: [{ ready: true }], replicas: { wanted: 1, ready: 1 } }],
    });
    expect(story.revisions[0]?.replicas.explanation[0]).toMatch(/^concurrency: stable /);
  });
});
