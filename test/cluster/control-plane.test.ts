import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type ConfigMap, ConfigMapType, isReady, LeaseType, PodType, type Service, ServiceType } from '../../lib/api';
import { adminCluster, describeCluster } from './support';
import { ask, clock, knc, kubectl, until } from './tools';

const ROOT = path.resolve(__dirname, '../..');
const NODE = '10.99.0.1';
const LEASE = 'knative-constructs-controller';
const host = (name: string): string => `${name}.default.example.com`;

interface Line {
  readonly msg?: string;
  readonly message?: string;
}

/** `knc run` in a process of its own, with ports of its own. */
class Runtime {
  readonly lines: Line[] = [];
  readonly #child: ChildProcess;

  constructor(
    readonly name: string,
    readonly port: number,
  ) {
    const ports = ['external', 'internal', 'health', 'metrics'].flatMap((what, i) => [`--${what}-port`, String(port + i)]);
    const args = [path.join(ROOT, 'dist/bin/knc.js'), 'run', '--role', 'all', '--drain-delay', '0s', ...ports];
    this.#child = spawn(process.execPath, [...args, '--kubeconfig', process.env['KUBECONFIG'] ?? ''], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, POD_NAME: name, POD_NAMESPACE: 'knative-serving', POD_IP: NODE },
    });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      if (line.startsWith('{')) this.lines.push(JSON.parse(line) as Line);
    });
  }

  async ready(): Promise<this> {
    await until(
      `${this.name} that is ready`,
      async () => (await ask(NODE, this.port + 2, NODE, { path: '/readyz' })).status === 200,
    );
    return this;
  }

  said(text: string): boolean {
    return this.lines.some(({ msg, message }) => (msg ?? message) === text);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.kill('SIGCONT');
    this.kill(signal);
    await ended;
  }
}

/** Requests, one after the other in several rows, until it is stopped. */
class Load {
  readonly failures: string[] = [];
  count = 0;
  #stopped = false;
  readonly #rows: Promise<void>[];

  constructor(port: number, name: string) {
    this.#rows = Array.from({ length: 4 }, () => this.#row(port, name));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#rows);
  }

  async #row(port: number, name: string): Promise<void> {
    while (!this.#stopped) {
      const { status, body } = await ask(NODE, port, host(name));
      this.count++;
      if (status !== 200) this.failures.push(`${status} ${body}`);
      await clock.sleep(20);
    }
  }
}

const part = (...args: readonly string[]) =>
  execFileSync(path.join(__dirname, 'rig/part.sh'), args, { stdio: ['ignore', 'ignore', 'inherit'] });

const service = (name: string, annotations: Record<string, string> = {}, target = 'cluster'): Service => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: {
    template: {
      metadata: { annotations },
      spec: { containers: [{ image: 'registry.local/hello:1', env: [{ name: 'TARGET', value: target }] }] },
    },
  },
});
const ALWAYS = { 'autoscaling.knative.dev/min-scale': '1' };

describeCluster('the control plane when things break', () => {
  const cluster = adminCluster();
  const running: Runtime[] = [];
  const start = async (name: string, port: number): Promise<Runtime> => {
    const runtime = new Runtime(name, port);
    running.push(runtime);
    return runtime.ready();
  };
  const ready = (name: string) =>
    until(
      `ready ${name}`,
      async () => {
        const found = await cluster.get(ServiceType, 'default', name);
        return found && isReady(found);
      },
      120,
    );
  const settings = (name: string, data: Record<string, string>) => {
    const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'knative-serving' }, data };
    return cluster.patch(ConfigMapType, 'knative-serving', name, 'apply', object, { fieldManager: 'test', force: true });
  };
  const holder = async () => (await cluster.get(LeaseType, 'knative-serving', LEASE))?.spec?.holderIdentity;
  const pods = async (name: string) =>
    (await cluster.list(PodType, { namespace: 'default', labelSelector: `serving.knative.dev/service=${name}` })).items.filter(
      ({ metadata }) => !metadata.deletionTimestamp,
    );

  beforeAll(async () => {
    await kubectl('apply --server-side -f -', {
      input: await knc('platform --image registry.local/knative-constructs:dev --crds-only'),
    });
    await kubectl('wait --for=condition=Established crd -l app.kubernetes.io/part-of=knative-constructs --timeout=60s');
    for (const name of ['knative-serving', 'knative-eventing']) await kubectl(`create namespace ${name}`).catch(() => {});
    await settings('config-domain', { 'example.com': '' });
  }, 180_000);
  afterEach(async () => {
    await Promise.all(running.splice(0).map((runtime) => runtime.stop()));
    await kubectl('delete ksvc --all -n default --wait=true');
  }, 120_000);
  afterAll(async () => {
    await settings('config-autoscaler', {});
    await cluster.close();
  });

  test('requests go on while there is no API server, and what is declared once it is back becomes ready', async () => {
    const { port } = await start('one', 21_000);
    await cluster.create(ServiceType, service('steady', ALWAYS));
    await ready('steady');
    const load = new Load(port, 'steady');
    part('stop', 'kube-apiserver');
    await clock.sleep(12_000);
    const meanwhile = load.count;
    part('start', 'kube-apiserver');
    await until('API server', async () => (await kubectl('get --raw /readyz').catch(() => '')) === 'ok');
    await until('Service', async () => cluster.create(ServiceType, service('later', ALWAYS)).catch(() => undefined));
    await ready('later');
    expect((await ask(NODE, port, host('later'))).body).toBe('Hello cluster!\n');
    await load.stop();
    expect(meanwhile).toBeGreaterThan(20);
    expect(load.failures).toEqual([]);
  }, 300_000);

  test('a leader that is held up is followed within a lease, and writes nothing when it comes to', async () => {
    const one = await start('one', 21_000);
    await until('leader', async () => (await holder()) === 'one');
    const two = await start('two', 21_100);
    await cluster.create(ServiceType, service('steady', ALWAYS));
    await ready('steady');
    const load = new Load(two.port, 'steady');
    one.kill('SIGSTOP');
    // What the held up leader will find in its sockets when it comes to.
    await cluster.create(ServiceType, service('orphan', ALWAYS));
    await until('second leader', async () => (await holder()) === 'two', 25);
    await ready('orphan');
    const before = (await cluster.get(ServiceType, 'default', 'orphan'))!;
    one.kill('SIGCONT');
    await until('word of it', async () => one.said('leads no longer'));
    await clock.sleep(6000);
    expect(await holder()).toBe('two');
    const after = (await cluster.get(ServiceType, 'default', 'orphan'))!;
    expect([after.metadata.resourceVersion, after.metadata.generation]).toEqual([before.metadata.resourceVersion, 1]);
    await two.stop();
    await until('first leader again', async () => (await holder()) === 'one', 10);
    await load.stop();
  }, 300_000);

  test('pods come and go without a lost request: fewer are wanted, one is evicted, a new revision takes over', async () => {
    const { port } = await start('one', 21_000);
    await settings('config-autoscaler', { 'min-scale': '3' });
    await cluster.create(ServiceType, service('steady', { 'autoscaling.knative.dev/window': '6s' }));
    await ready('steady');
    const counts = (wanted: number) => until(`${wanted} pods`, async () => (await pods('steady')).length === wanted, 120);
    await counts(3);
    const load = new Load(port, 'steady');
    await settings('config-autoscaler', { 'min-scale': '1' });
    await counts(1);
    const [only] = await pods('steady');
    const { name } = only!.metadata;
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'default' } };
    await kubectl(`create --raw /api/v1/namespaces/default/pods/${name}/eviction -f -`, { input: JSON.stringify(eviction) });
    await until('pod in its place', async () => (await pods('steady')).some(({ metadata }) => metadata.name !== name));
    const change = service('steady', { 'autoscaling.knative.dev/window': '6s' }, 'again').spec;
    await cluster.patch(ServiceType, 'default', 'steady', 'merge', { spec: change });
    await until('answer of the new revision', async () => (await ask(NODE, port, host('steady'))).body === 'Hello again!\n');
    await clock.sleep(10_000);
    await load.stop();
    expect(load.failures).toEqual([]);
  }, 300_000);
});
