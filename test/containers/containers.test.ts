import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { type Container, isPodReady, type Pod, PodType, podAddress } from '../../lib/api';
import { noLog } from '../../lib/base';
import { MachineRuntimes } from '../../lib/local/pods';
import { get, Knc } from '../acceptance/support/knc';
import { until } from '../acceptance/support/real-system';
import { tempFolder } from '../lib/cli/temp-folder';
import { makePod, podGone, podWhere, realWorld } from '../lib/local/pods/support';

const why = process.env['KNC_NO_CONTAINERS'] ?? 'it was not started by npm run test:containers';
if (why !== '') process.stderr.write(`no container is run in this run: ${why}\n`);
const describeContainers = why === '' ? describe : describe.skip;

const enginePath = process.env['KNC_ENGINE'] ?? '';
const image = process.env['KNC_IMAGE'] ?? '';

const SERVER = `
process.on('SIGTERM', () => process.exit(0));
require('node:http').createServer((request, response) => {
  const { TARGET, PORT } = process.env;
  response.end(JSON.stringify({ target: TARGET, port: PORT, pid: process.pid, uid: process.getuid() }));
}).listen(process.env.PORT, () => console.log('listening on ' + process.env.PORT));`;

/** Names of our containers, running or not. */
const containers = (): readonly string[] =>
  execFileSync(enginePath, ['ps', '--all', '--format', '{{.Names}}'], { encoding: 'utf8' })
    .split('\n')
    .filter((name) => name.startsWith('knc-'));

const container = (more: Partial<Container> = {}): Container => ({
  name: 'app',
  image,
  imagePullPolicy: 'IfNotPresent',
  args: ['-e', SERVER],
  env: [{ name: 'TARGET', value: 'world' }],
  ports: [{ name: 'user-port', containerPort: 8080 }],
  ...more,
});

describeContainers('a pod that is a container of podman', () => {
  const cleanUps: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
    await until('every container to be gone', () => containers().length === 0);
  });

  async function setUp() {
    const lines: string[] = [];
    const world = realWorld(({ clock, executor }) => {
      const machine = new MachineRuntimes({ clock, executor, log: noLog, engine: { name: 'podman', path: enginePath } });
      const onLog = (_source: unknown, { text }: { readonly text: string }) => lines.push(text);
      return { runtimes: machine.runtimes, directory: machine.directory, onLog };
    });
    await world.runtime.start();
    cleanUps.push(() => world.runtime.stop());
    return { ...world, lines };
  }

  test('starts, becomes ready, answers, is heard, and ends when it is deleted', async () => {
    const { cluster, lines } = await setUp();
    const securityContext = { runAsUser: 1000 };
    const readinessProbe = { exec: { command: ['/node', '-e', 'process.exit(process.env.TARGET === "world" ? 0 : 1)'] } };
    await cluster.create(PodType, makePod([container({ securityContext, readinessProbe })]));
    const pod = await podWhere(cluster, isPodReady);
    const { host, port } = podAddress(pod, 8080)!;
    expect(port).not.toBe(8080);
    const answer = await until('an answer', () => fetch(`http://${host}:${port}`).catch(() => undefined));
    expect(await answer.json()).toEqual({ target: 'world', port: '8080', pid: 1, uid: 1000 });
    expect(lines).toContain('listening on 8080');
    expect(containers()).toEqual([`knc-${pod.metadata.uid.slice(0, 8)}-app-0`]);
    const gone = podGone(cluster);
    await cluster.delete(PodType, 'default', 'p');
    await gone;
    expect(containers()).toEqual([]);
  });

  test('shares its network among its containers', async () => {
    const { cluster, lines } = await setUp();
    const script = `setInterval(() => fetch('http://127.0.0.1:8080').then((answer) => answer.text()).then(console.log, () => {}), 50)`;
    const beside = { name: 'beside', image, imagePullPolicy: 'IfNotPresent', args: ['-e', script] };
    await cluster.create(PodType, makePod([container(), beside]));
    await until('the one to hear the other', () => lines.some((line) => line.includes('"target":"world"')));
  });

  test('ends with its exit code, and with its last words', async () => {
    const { cluster } = await setUp();
    const code = "require('node:fs').writeFileSync('/dev/termination-log', 'no database'); process.exit(3)";
    await cluster.create(PodType, makePod([container({ args: ['-e', code] })], { restartPolicy: 'Never' }));
    const pod: Pod = await podWhere(cluster, ({ status }) => status?.phase === 'Failed');
    expect(pod.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 3, message: 'no database' });
  });

  test('serves behind knc dev, and is gone when knc is killed', async () => {
    const yaml = `apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: hello }
spec: { template: { spec: { containers: [${JSON.stringify({ image, args: ['-e', SERVER], env: [{ name: 'TARGET', value: 'knc' }] })}] } } }
`;
    const knc = new Knc(tempFolder({ 'app.yaml': yaml }), 'dev', 'app.yaml', '--json', '--ephemeral', '--port', '0');
    cleanUps.push(() => knc.end());
    symlinkSync(enginePath, path.join(knc.bin, 'podman'));
    const { gateway } = await knc.event<{ gateway: string }>('ready');
    const { status, text } = await get(gateway, 'hello.default.localhost');
    expect([status, JSON.parse(text)]).toEqual([200, expect.objectContaining({ target: 'knc', pid: 1 })]);
    expect(containers()).toHaveLength(1);
    knc.signal('SIGKILL');
    await knc.exit();
    await until('the container to be gone', () => containers().length === 0);
  });
});
