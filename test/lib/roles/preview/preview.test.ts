import {
  ConfigurationType,
  type Deployment,
  DeploymentType,
  isReady,
  type K8sService,
  type KubeObject,
  type Service,
  ServiceType,
  type Stored,
} from '../../../../lib/api';
import { localServingConfig } from '../../../../lib/roles';
import { preview } from '../../../../lib/roles/preview';

const service = (name: string, image = 'example.com/app:1', more: Partial<Service['spec']> = {}): Service =>
  ({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { template: { spec: { containers: [{ image }] } }, ...more },
  }) as Service;

const line = ({ change, type, name }: { change: string; type: { kind: string }; name: string }) =>
  `${change} ${type.kind} ${name}`;
const named = (objects: readonly Stored<KubeObject>[], kind: string) =>
  objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);

describe('preview', () => {
  test('of a service in an empty cluster has every child that controllers make', async () => {
    const { changes, before, after } = await preview([service('hello')]);
    expect(before).toEqual([]);
    expect(changes.map(line)).toMatchInlineSnapshot(`
[
  "created Service hello",
  "created Configuration hello",
  "created Deployment hello-00001-deployment",
  "created Ingress hello",
  "created Metric hello-00001",
  "created PodAutoscaler hello-00001",
  "created Revision hello-00001",
  "created Route hello",
  "created ServerlessService hello-00001",
  "created Service hello",
  "created Service hello-00001",
  "created Service hello-00001-private",
]
`);
    expect(changes.map(({ declared }) => declared).lastIndexOf(true)).toBe(0);
    expect(named(after, 'Pod')).toHaveLength(1);
  });

  test('ends ready, as if every pod were', async () => {
    const { after } = await preview([service('hello')]);
    const found = after.find(({ kind, apiVersion }) => kind === ServiceType.kind && apiVersion.startsWith('serving'));
    expect(found?.status).toMatchObject({
      conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'True' })]),
    });
  });

  test('on a cluster makes what the controllers of a platform make', async () => {
    const hpa = service('scaled');
    const annotated = {
      ...hpa,
      spec: {
        template: {
          ...hpa.spec.template,
          metadata: { annotations: { 'autoscaling.knative.dev/class': 'hpa.autoscaling.knative.dev' } },
        },
      },
    };
    const objects = [service('hello'), annotated];
    const [local, cluster] = [await preview(objects), await preview(objects, { onCluster: true })];
    const hooks = ({ after }: typeof local) =>
      (after.filter(({ kind }) => kind === DeploymentType.kind) as Stored<Deployment>[]).map(
        ({ spec }) => (spec.template.spec?.containers[0] as { lifecycle?: unknown } | undefined)?.lifecycle,
      );
    const sleeps = { preStop: { sleep: { seconds: 5 } } };
    expect([hooks(local), hooks(cluster)]).toEqual([
      [undefined, undefined],
      [sleeps, sleeps],
    ]);
    const more = (of: typeof local) => of.changes.map(line).filter((text) => text.includes('Horizontal'));
    expect([more(local), more(cluster)]).toEqual([[], ['created HorizontalPodAutoscaler scaled-00001']]);
    for (const { after } of [local, cluster]) {
      const services = after.filter(({ kind, apiVersion }) => kind === ServiceType.kind && apiVersion.startsWith('serving'));
      expect((services as Stored<Service>[]).map((one) => isReady(one))).toEqual([true, true]);
    }
    expect((await preview(objects, { live: cluster.after, onCluster: true })).changes).toEqual([]);
  });

  test('of what is there already has no changes', async () => {
    const live = (await preview([service('hello')])).after;
    const again = await preview([service('hello')], { live });
    expect(again.changes).toEqual([]);
    expect(again.applied.map(({ outcome }) => outcome)).toEqual(['unchanged']);
  });

  test('of another image makes a revision and takes the pods of the one before it', async () => {
    const live = (await preview([service('hello')])).after;
    const { changes, after } = await preview([service('hello', 'example.com/app:2')], { live });
    expect(changes.map(line)).toEqual(
      expect.arrayContaining(['changed Service hello', 'changed Configuration hello', 'created Revision hello-00002']),
    );
    const [top] = changes;
    expect(top?.fields).toEqual([
      { path: 'spec.template.spec.containers[0].image', before: 'example.com/app:1', after: 'example.com/app:2' },
    ]);
    const replicas = after
      .filter(({ kind }) => kind === DeploymentType.kind)
      .map(({ metadata, spec }) => [metadata.name, (spec as { replicas: number }).replicas]);
    expect(replicas).toEqual([
      ['hello-00001-deployment', 0],
      ['hello-00002-deployment', 1],
    ]);
  });

  test('of traffic that goes back to a revision at zero wakes it, and sends the other to zero', async () => {
    const first = (await preview([service('hello')])).after;
    const live = (await preview([service('hello', 'example.com/app:2')], { live: first })).after;
    const back = service('hello', 'example.com/app:2', { traffic: [{ revisionName: 'hello-00001', percent: 100 }] });
    const { after } = await preview([back], { live });
    const replicas = after
      .filter(({ kind }) => kind === DeploymentType.kind)
      .map(({ spec }) => (spec as { replicas: number }).replicas);
    expect(replicas).toEqual([1, 0]);
  });

  test('of less than before deletes what was applied before, with its children', async () => {
    const both = [service('one'), service('two')];
    const live = (await preview(both)).after;
    const { changes } = await preview([both[0]!], { live, previous: both });
    expect(changes.map(line).filter((text) => !/^deleted .* two/.test(text))).toEqual([]);
    expect(changes.map(({ type }) => type)).toContain(ConfigurationType);
    expect(changes[0]).toMatchObject({ name: 'two', type: ServiceType, declared: true });
  });

  test('says of an object that is refused why', async () => {
    const wrong = { ...service('hello'), spec: { template: { spec: { containers: [] } } } } as unknown as Service;
    const { applied, changes } = await preview([wrong]);
    expect(applied[0]?.error?.message).toMatch(/validation failed: missing field\(s\): spec.template.spec.containers/);
    expect(changes).toEqual([]);
  });
});

test('a preview has the sidecar in the pods of a service that asks for it, where the cluster has its image', async () => {
  const asking = service('hello');
  const annotations = { 'queue.sidecar.serving.knative.dev/enabled': 'true' };
  const wanted = { ...asking, spec: { template: { ...asking.spec.template, metadata: { annotations } } } } as Service;
  const containers = async (queueSidecarImage: string) => {
    const deployment = { ...localServingConfig.deployment, queueSidecarImage };
    const { after } = await preview([wanted], { config: { ...localServingConfig, deployment } });
    const made = after.find(({ kind }) => kind === 'Deployment') as Deployment | undefined;
    const entry = after.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'hello-00001-private') as K8sService;
    return [made?.spec.template.spec.containers.map(({ name }) => name), entry.spec.ports?.[0]?.targetPort];
  };
  expect(await containers('example.com/knc:1')).toEqual([['user-container', 'queue-proxy'], 'queue-port']);
  expect(await containers('')).toEqual([['user-container'], 'user-port']);
});
