import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeBuilt, get, Knc, type KncEvent } from './support/knc';
import { until } from './support/real-system';

const service = (name: string, target: string, minScale = 0): string => `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: ${name}
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/min-scale: "${minScale}"
    spec:
      containers:
        - image: ghcr.io/knative/helloworld-go
          env: [{ name: TARGET, value: ${target} }]
`;

describeBuilt('knc dev on a folder of state', () => {
  let folder: string;
  let running: Knc[];

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'knc-state-test-')));
    running = [];
    writeFileSync(path.join(folder, 'app.yaml'), [service('one', 'first', 1), service('two', 'first')].join('---\n'));
  });

  afterEach(async () => {
    for (const knc of running) await knc.end();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(...more: string[]): Knc {
    const knc = new Knc(folder, 'dev', 'app.yaml', '--json', '--port', '0', ...more);
    running.push(knc);
    return knc;
  }

  async function killed(knc: Knc): Promise<void> {
    knc.signal('SIGKILL');
    expect(await knc.exit()).toBe('SIGKILL');
  }

  const state = (...names: string[]) => path.join(folder, '.knc', ...names);
  const texts = (knc: Knc) =>
    knc.events.filter(({ event }) => event === 'progress' || event === 'notice').map(({ text }) => `${text}`);
  const applied = ({ objects }: KncEvent) =>
    Object.fromEntries((objects as { name: string; change: string }[]).map(({ name, change }) => [name, change]));

  test('a killed one is gone on with: what was there is unchanged, answers, and what is no longer wanted goes', async () => {
    const first = start();
    const ready = await first.event('ready');
    expect(ready).toMatchObject({ state: state(), kubeconfig: state('kubeconfig') });
    expect(statSync(state('kubeconfig')).mode & 0o777).toBe(0o600);
    await killed(first);
    // The watchdog needs a moment; who starts at once ends what it has not ended yet.
    const second = start();
    const again = await second.event<KncEvent & { readonly gateway: string }>('ready');
    expect(applied(await second.event('applied'))).toEqual({ one: 'unchanged', two: 'unchanged' });
    expect(texts(second)).toEqual([
      expect.stringMatching(/^found 2 services from \d+ seconds? ago in .*\.knc \(--fresh forgets them\)$/),
    ]);
    expect(second.events.filter(({ event }) => event === 'error')).toEqual([]);
    expect((await get(again.gateway, 'one.default.127.0.0.1.sslip.io')).text).toContain('first');
    await until('no process of the first one', () => first.processes().length === 0);
    await killed(second);

    writeFileSync(path.join(folder, 'app.yaml'), service('one', 'second', 1));
    const third = start();
    expect(applied(await third.event('applied'))).toEqual({ one: 'configured', two: 'pruned' });
    const { gateway } = await third.event<KncEvent & { readonly gateway: string }>('ready');
    await until('the second version', async () => (await get(gateway, 'one.default.127.0.0.1.sslip.io')).text.includes('second'));
    third.signal('SIGINT');
    expect(await third.exit()).toBe(0);
    expect(readdirSync(state()).sort()).toEqual(expect.not.arrayContaining(['lock', 'processes']));
  }, 60_000);

  test('the second one on a folder says who has it, and ends with 3', async () => {
    const first = start();
    const { gateway } = await first.event('ready');
    const second = start();
    expect(await second.exit()).toBe(3);
    expect(second.events).toEqual([
      expect.objectContaining({
        event: 'error',
        code: 'KNC3301',
        message: expect.stringMatching(
          `^The state folder is in use by process ${first.pid} since [-\\dT:]+Z, gateway ${gateway} \\(.*knc\\.js dev app\\.yaml`,
        ),
        remedy: expect.stringMatching(/--state DIR.*--ephemeral/),
      }),
    ]);
    expect(second.stderr).toBe('');
    const elsewhere = start('--state', 'elsewhere');
    await elsewhere.event('ready');
    expect(existsSync(path.join(folder, 'elsewhere', 'lock'))).toBe(true);
    const nowhere = start('--ephemeral');
    expect(await nowhere.event('ready')).not.toHaveProperty('state');
  });

  test('--fresh forgets; --ephemeral never knew', async () => {
    const first = start();
    await first.event('ready');
    await killed(first);
    const fresh = start('--fresh');
    expect(applied(await fresh.event('applied'))).toEqual({ one: 'created', two: 'created' });
    expect(texts(fresh)).toEqual([]);
    fresh.signal('SIGINT');
    await fresh.exit();
    const ephemeral = start('--ephemeral');
    expect(applied(await ephemeral.event('applied'))).toEqual({ one: 'created', two: 'created' });
    ephemeral.signal('SIGINT');
    await ephemeral.exit();
    expect(ephemeral.files()).toEqual([]);
  });

  test('a damaged store is told, set aside, and the objects are applied again', async () => {
    const first = start();
    await first.event('ready');
    first.signal('SIGINT');
    await first.exit();
    truncateSync(state('store', 'data.mdb'), 20_000);
    const second = start();
    expect(applied(await second.event('applied'))).toEqual({ one: 'created', two: 'created' });
    const [kept] = readdirSync(state()).filter((name) => name.startsWith('store.corrupt-'));
    expect(texts(second)).toEqual([
      expect.stringContaining(`It is set aside as ${state(kept!)}, and an empty one takes its place`),
    ]);
    expect(readFileSync(state(kept!, 'data.mdb'))).toHaveLength(20_000);
    await second.event('ready');
  });
});
