import {
  type Deployment,
  defaultServingConfig,
  type KubeObject,
  type ObjectMeta,
  type Pod,
  type PodSpec,
  type SinkBinding,
  type Stored,
  servedTypes,
} from '../../../lib/api';
import { CountingExecutor, seededRandom, VirtualClock } from '../../../lib/base';
import { MemoryCluster } from '../../../lib/local';
import { bindingAdmission } from '../../../lib/roles/binding-admission';

const typeOf = ({ apiVersion, kind }: KubeObject) =>
  servedTypes.find((type) => type.kind === kind && `${type.group ? `${type.group}/` : ''}${type.version}` === apiVersion)!;

/** A cluster with the admission and no controllers at all. */
function world() {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor);
  const mutation = bindingAdmission({ at: () => defaultServingConfig });
  const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: servedTypes, mutation });
  const create = <T extends KubeObject>(object: T) => cluster.create(typeOf(object), object) as Promise<Stored<T>>;
  const update = <T extends KubeObject>(object: T) => cluster.update(typeOf(object), object) as Promise<Stored<T>>;
  return { clock, cluster, create, update };
}

const SINK = 'http://sink.example.com/';
const K_SINK = { name: 'K_SINK', value: SINK };
const NO_OVERRIDES = { name: 'K_CE_OVERRIDES' };

const binding = (
  subject: Partial<SinkBinding['spec']['subject']>,
  sink: SinkBinding['spec']['sink'] = { uri: SINK },
): SinkBinding => ({
  ...{ apiVersion: 'sources.knative.dev/v1', kind: 'SinkBinding' },
  metadata: { name: 'bind', namespace: 'default' },
  spec: { subject: { apiVersion: 'apps/v1', kind: 'Deployment', ...subject }, sink },
});
const NO_SINK = { ref: { apiVersion: 'v1', kind: 'Service', name: 'gone' } };

const pods = (
  apiVersion: string,
  kind: string,
  name: string,
  more: { metadata?: ObjectMeta; template?: object; spec?: object } = {},
) =>
  ({
    ...{ apiVersion, kind, metadata: { name, namespace: 'default', ...more.metadata } },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        ...more.template,
        spec: { containers: [{ name: 'main', image: 'x' }], ...more.spec },
      },
    },
  }) as unknown as Deployment;
const deployment = (more?: Parameters<typeof pods>[3]) => pods('apps/v1', 'Deployment', 'heart', more);
const envOf = (spec: PodSpec) => [...(spec.initContainers ?? []), ...spec.containers].map(({ env = [] }) => env);
const template = (object: KubeObject) => envOf((object as Deployment).spec.template.spec);

const podOf = (owner: Stored<KubeObject>): Pod => ({
  ...{ apiVersion: 'v1', kind: 'Pod' },
  metadata: {
    ...{ name: `${owner.metadata.name}-pod`, namespace: 'default' },
    ownerReferences: [
      { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid, controller: true },
    ],
  },
  spec: { containers: [{ name: 'main', image: 'x' }] },
});

describe('who makes the subject of a binding', () => {
  test('has the address put into all its containers, once, also when it is changed', async () => {
    const { create, update } = world();
    await create(binding({ name: 'heart' }));
    const init = { spec: { initContainers: [{ name: 'first', image: 'x', env: [{ name: 'A', value: '1' }] }] } };
    const made = await create(deployment(init));
    expect(template(made)).toEqual([
      [{ name: 'A', value: '1' }, K_SINK, NO_OVERRIDES],
      [K_SINK, NO_OVERRIDES],
    ]);
    const changed = await update({ ...deployment(init), metadata: made.metadata });
    expect(changed.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
  });

  test('has nothing put in where no binding names it, or a label exempts it or its namespace', async () => {
    const { create } = world();
    const selector = { matchLabels: { sends: 'yes' } };
    await create(binding({ selector }));
    expect(template(await create(deployment()))).toEqual([[]]);
    const labels = { sends: 'yes', 'bindings.knative.dev/exclude': 'true' };
    expect(template(await create(pods('apps/v1', 'Deployment', 'exempt', { metadata: { labels } })))).toEqual([[]]);
    expect(template(await create(pods('apps/v1', 'Deployment', 'told', { metadata: { labels: { sends: 'yes' } } })))).toEqual([
      [K_SINK, NO_OVERRIDES],
    ]);
  });

  test('has the address put into a Job when it is made, and kept when it is applied again', async () => {
    const { create, update } = world();
    await create(binding({ apiVersion: 'batch/v1', kind: 'Job', name: 'once' }));
    const job = { ...pods('batch/v1', 'Job', 'once', { spec: { restartPolicy: 'Never' } }) };
    const { selector: _, ...spec } = job.spec;
    const made = (await create({ ...job, spec } as Deployment)) as Stored<Deployment>;
    expect(template(made)).toEqual([[K_SINK, NO_OVERRIDES]]);
    const { template: pod } = made.spec;
    const containers = pod.spec.containers.map(({ env: _env, ...container }) => container);
    const again = { ...made.spec, template: { ...pod, spec: { ...pod.spec, containers } } };
    expect((await update({ ...made, spec: again })).metadata.resourceVersion).toBe(made.metadata.resourceVersion);
  });

  test('keeps a revision that its author named as it was', async () => {
    const { create, update } = world();
    const service = (name: string) =>
      pods('serving.knative.dev/v1', 'Service', 'heart', { template: { metadata: { name } } }) as KubeObject;
    const before = await create(service('heart-v1'));
    await create(binding({ apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'heart' }));
    expect(template(await update({ ...service('heart-v1'), metadata: before.metadata }))).toEqual([[]]);
    const { resourceVersion: _, ...metadata } = before.metadata;
    const own = {
      env: [
        { name: 'K_SINK', value: 'http://mine' },
        { name: 'K_CE_OVERRIDES', value: 'no JSON' },
      ],
    };
    const mine = pods('serving.knative.dev/v1', 'Service', 'mine', {
      template: { metadata: { name: 'mine-v1' } },
      spec: { containers: [{ name: 'main', image: 'x', ...own }] },
    });
    const made = await create(mine as KubeObject);
    await create({
      ...binding({ apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'mine' }),
      metadata: { name: 'second', namespace: 'default' },
    });
    expect(template(await update({ ...mine, metadata: made.metadata } as KubeObject))).toEqual([own.env]);
    const bare = pods('serving.knative.dev/v1', 'Service', 'mine', { template: { metadata: { name: 'mine-v1' } } });
    expect(template(await update({ ...bare, metadata: made.metadata } as KubeObject))[0]![0]).toEqual(own.env[0]);
    expect(template(await update({ ...service('heart-v2'), metadata }))).toEqual([[K_SINK, NO_OVERRIDES]]);
  });
});

describe('a pod of a subject that could not be told', () => {
  test('waits until the sink has an address', async () => {
    const { create } = world();
    await create(binding({ name: 'heart' }, NO_SINK));
    const made = await create(deployment());
    expect(template(made)).toEqual([[]]);
    await expect(create(podOf(made))).rejects.toThrow(
      'SinkBinding "bind" is to tell this pod where to send events: it waits for the address of its sink',
    );
    await create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'gone', namespace: 'default' }, spec: {} } as KubeObject);
    expect(envOf((await create(podOf(made))).spec)).toEqual([
      [{ name: 'K_SINK', value: 'http://gone.default.svc.cluster.local' }, NO_OVERRIDES],
    ]);
  });

  test('is found through all that is between', async () => {
    const { create } = world();
    await create(binding({ name: 'heart' }, NO_SINK));
    const made = await create(deployment());
    const set = pods('apps/v1', 'ReplicaSet', 'heart-1', {
      metadata: { ownerReferences: podOf(made).metadata.ownerReferences! },
    });
    await expect(create(podOf(await create(set)))).rejects.toThrow('it waits for the address');
  });

  test('does not wait if what it is made from was there before the binding', async () => {
    const { create, clock } = world();
    const made = await create(deployment());
    await clock.advance(1000);
    await create(binding({ name: 'heart' }, NO_SINK));
    expect(envOf((await create(podOf(made))).spec)).toEqual([[]]);
  });
});
