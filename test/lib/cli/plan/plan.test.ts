import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigMapType, type KubeObject, type Service } from '../../../../lib/api';
import { main } from '../../../../lib/cli/main';
import { applyObjects } from '../../../../lib/local';
import { preview } from '../../../../lib/roles/preview';
import { LocalServer } from '../../kube/http/local-server';
import { FakeIo } from '../fake-io';
import { tempFolder } from '../temp-folder';

const service = (name: string, more: Partial<Service['spec']> = {}, image = 'example.com/app:1'): Service =>
  ({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { template: { spec: { containers: [{ image }] } }, ...more },
  }) as Service;

interface PlanJson {
  readonly changes: readonly { change: string; kind: string; name: string; declared: boolean; fields?: readonly unknown[] }[];
  readonly traffic: readonly unknown[];
  readonly scale: readonly unknown[];
  readonly refused: readonly { name: string; message: string }[];
  readonly warnings: readonly string[];
}

describe('knc plan', () => {
  let server: LocalServer;
  const open = async (...objects: readonly KubeObject[]) => {
    server = await LocalServer.start({ live: objects.length > 0 ? (await preview(objects)).after : [] });
  };
  const yaml = (objects: readonly KubeObject[]) => objects.map((object) => JSON.stringify(object)).join('\n---\n');
  const run = async (objects: readonly KubeObject[], ...args: readonly string[]) => {
    const io = new FakeIo({ cwd: server.folder, stdin: yaml(objects), columns: 100 });
    const before = (await server.memory.list(ConfigMapType)).resourceVersion;
    const code = await main(['plan', '-', ...args], io);
    // Whatever it says, it wrote nothing at all.
    expect((await server.memory.list(ConfigMapType)).resourceVersion).toBe(before);
    return { code, io };
  };
  const plan = async (objects: readonly KubeObject[], ...args: readonly string[]) => {
    const { code, io } = await run(objects, '--json', ...args);
    return { code, ...(JSON.parse(io.stdoutText) as PlanJson) };
  };
  afterEach(() => server?.close());

  test('of what is there already says that there is nothing to do', async () => {
    await open(service('hello'));
    const { code, io } = await run([service('hello')]);
    expect(code).toBe(0);
    expect(io.stderrText).toBe('');
    expect(io.stdoutText).toContain('no changes: the cluster is as the input declares it');
  });

  test('of another cluster than a laptop has what the controllers of a platform make there', async () => {
    await open();
    const kubeconfig = readFileSync(path.join(server.folder, '.knc/kubeconfig'), 'utf8');
    writeFileSync(
      path.join(server.folder, 'prod'),
      kubeconfig.replaceAll(/\bname: knc\b/g, 'name: prod').replaceAll(/: knc$/gm, ': prod'),
    );
    const scaled = service('scaled');
    const template = {
      ...scaled.spec.template,
      metadata: { annotations: { 'autoscaling.knative.dev/class': 'hpa.autoscaling.knative.dev' } },
    };
    const kinds = async (...args: readonly string[]) =>
      (await plan([{ ...scaled, spec: { template } } as Service], ...args)).changes.map(({ kind }) => kind);
    expect(await kinds()).not.toContain('HorizontalPodAutoscaler');
    expect(await kinds('--kubeconfig', 'prod')).toContain('HorizontalPodAutoscaler');
  });

  test('of a new image shows the field, the children that controllers make, the traffic and the pods', async () => {
    await open(service('hello'));
    const { io } = await run([service('hello', {}, 'example.com/app:2')]);
    expect(io.stdoutText).toMatchInlineSnapshot(`
"plan against knc dev in .knc, every pod assumed ready and the load to stay as it is
~ Service default/hello
    spec.template.spec.containers[0].image: "example.com/app:1" → "example.com/app:2"
    + Deployment hello-00002-deployment, Metric hello-00002, PodAutoscaler hello-00002,
      Revision hello-00002, ServerlessService hello-00002, Service hello-00002,
      Service hello-00002-private
    ~ Configuration hello, Deployment hello-00001-deployment, Ingress hello,
      PodAutoscaler hello-00001, Revision hello-00001, ServerlessService hello-00001

traffic
  default/hello: hello-00001 100% → hello-00002 100%

pods
  default/hello-00001: 1 → 0 pods (goes to zero)
  default/hello-00002: 0 → 1 pod (starts)

worth knowing
  100% of the traffic of default/hello moves to the new revision hello-00002 as soon as it is ready

0 to create, 1 to change, 0 to delete, 13 more by controllers. Nothing was changed.
"
`);
  });

  test('for programs is one JSON object', async () => {
    await open(service('hello'));
    const pinned = [
      { latestRevision: true, percent: 10, tag: 'next' },
      { revisionName: 'hello-00001', percent: 90 },
    ];
    const { traffic, scale, changes } = await plan([service('hello', { traffic: pinned }, 'example.com/app:2')]);
    expect(changes[0]).toMatchObject({ change: 'changed', kind: 'Service', name: 'hello', declared: true });
    expect(traffic).toEqual([
      {
        namespace: 'default',
        route: 'hello',
        from: [{ revision: 'hello-00001', percent: 100 }],
        to: [
          { revision: 'hello-00002', percent: 10, tag: 'next' },
          { revision: 'hello-00001', percent: 90 },
        ],
      },
    ]);
    expect(scale).toEqual([{ namespace: 'default', revision: 'hello-00002', from: 0, to: 1 }]);
  });

  test('deletes nothing unless it is told to prune', async () => {
    await open(service('hello'), service('other'));
    expect((await plan([service('hello')])).changes).toEqual([]);
    const { changes, warnings } = await plan([service('hello')], '--prune');
    expect(changes[0]).toMatchObject({ change: 'deleted', kind: 'Service', name: 'other', declared: true });
    expect(changes.every(({ change }) => change === 'deleted')).toBe(true);
    expect(warnings).toEqual([]);
  });

  test('shows a refusal in the words of the cluster, and ends with 1', async () => {
    const named = (image: string) =>
      ({
        ...service('hello'),
        spec: { template: { metadata: { name: 'hello-mine' }, spec: { containers: [{ image }] } } },
      }) as Service;
    await open(named('example.com/app:1'));
    const { code, refused, changes } = await plan([named('example.com/app:2')]);
    expect(code).toBe(1);
    expect(changes).toEqual([]);
    expect(refused[0]?.message).toMatch(/Saw the following changes without a name change/);
  });

  test('says which revision is collected because no route leads to it any more', async () => {
    const { after } = await preview([service('hello')]);
    const revision = after.find(({ kind }) => kind === 'Revision')!;
    // As many as are kept whatever their age; the one that traffic leaves makes it one too many.
    const old = Array.from({ length: 20 }, (_, i) => {
      const name = `hello-old-${i}`;
      const { labels, ...metadata } = revision.metadata;
      const uid = `00000000-0000-4000-8000-0000000000${10 + i}`;
      return {
        ...revision,
        metadata: { ...metadata, name, uid, labels: { ...labels, 'serving.knative.dev/routingState': 'reserve' } },
      };
    });
    server = await LocalServer.start({ live: [...after, ...old] });
    const { changes, warnings } = await plan([service('hello', {}, 'example.com/app:2')]);
    const gone = changes.filter(({ change, kind }) => change === 'deleted' && kind === 'Revision').map(({ name }) => name);
    expect(gone).toHaveLength(1);
    expect(warnings).toContain(`revision default/${gone[0]} is deleted: no route leads to it, and there are enough others`);
  });

  test('does not show what Secrets hold', async () => {
    await open();
    const secret = (key: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys', namespace: 'default' },
      data: { key: Buffer.from(key).toString('base64') },
    });
    await applyObjects(server.memory, [secret('before')]);
    const { io } = await run([secret('after')]);
    expect(io.stdoutText).toContain('data.key: "(secret)" → "(secret)"');
    expect(io.stdoutText).not.toContain(Buffer.from('after').toString('base64'));
  });

  test('says that no knc dev runs, and ends with 3', async () => {
    await open();
    const io = new FakeIo({ cwd: tempFolder(), stdin: yaml([service('hello')]) });
    expect(await main(['plan', '-'], io)).toBe(3);
    expect(io.stderrText).toMatch(/KNC4012.*No knc dev runs with its state in \.knc/);
  });

  test('looks at another cluster by its kubeconfig, and ends with 3 when that does not answer', async () => {
    await open(service('hello'));
    const file = `${server.folder}/.knc/kubeconfig`;
    const elsewhere = { cwd: tempFolder(), stdin: yaml([service('hello')]) };
    const io = new FakeIo(elsewhere);
    expect(await main(['plan', '-', '--kubeconfig', file], io)).toBe(0);
    expect(io.stdoutText).toContain('plan against context knc');
    const unknown = new FakeIo(elsewhere);
    expect(await main(['plan', '-', '--kubeconfig', file, '--context', 'prod'], unknown)).toBe(1);
    expect(unknown.stderrText).toMatch(/KNC4010[\s\S]*there is no context "prod"[\s\S]*Contexts that exist: knc\./);
    const copy = path.join(elsewhere.cwd, 'kubeconfig');
    copyFileSync(file, copy);
    await server.close();
    const gone = new FakeIo(elsewhere);
    expect(await main(['plan', '-', '--kubeconfig', copy], gone)).toBe(3);
    expect(gone.stderrText).toMatch(
      /KNC4012 context knc does not answer: cannot reach https:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/,
    );
    await open();
  });
});
