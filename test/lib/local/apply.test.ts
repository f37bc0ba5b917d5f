import { type ConfigMap, ConfigMapType, type Deployment, DeploymentType, type KubeObject, SecretType } from '../../../lib/api';
import { ClusterError } from '../../../lib/kube';
import { applyObjects, LAST_APPLIED_ANNOTATION } from '../../../lib/local';
import { configMap, deployment } from '../../contract/objects';
import { testCluster } from './cluster/support';

const outcomes = (results: Awaited<ReturnType<typeof applyObjects>>) =>
  results.map(({ object, outcome, error }) => `${object.metadata.name} ${outcome ?? error?.message}`);

describe('applyObjects', () => {
  test('creates, leaves alone, changes and prunes', async () => {
    const { cluster } = testCluster();
    const first = [configMap('default', 'a', { data: { x: '1' } }), configMap('default', 'b'), deployment('default', 'c')];
    expect(outcomes(await applyObjects(cluster, first))).toEqual(['a created', 'b created', 'c created']);
    expect(outcomes(await applyObjects(cluster, first))).toEqual(['a unchanged', 'b unchanged', 'c unchanged']);
    const second = [configMap('default', 'a', { data: { x: '2' } }), deployment('default', 'c')];
    expect(outcomes(await applyObjects(cluster, second, { previous: first }))).toEqual([
      'a configured',
      'c unchanged',
      'b pruned',
    ]);
    expect(await cluster.get(ConfigMapType, 'default', 'b')).toBeUndefined();
  });

  test('removes fields that are no longer wanted and keeps those that others have set', async () => {
    const { cluster } = testCluster();
    await applyObjects(cluster, [
      configMap('default', 'a', { data: { mine: '1', dropped: '2' }, metadata: { labels: { old: 'x' } } }),
    ]);
    await cluster.patch(ConfigMapType, 'default', 'a', 'merge', {
      data: { theirs: '3' },
      metadata: { annotations: { other: 'y' } },
    });
    await applyObjects(cluster, [configMap('default', 'a', { data: { mine: '4' } })]);
    const after = await cluster.get(ConfigMapType, 'default', 'a');
    expect(after?.data).toEqual({ mine: '4', theirs: '3' });
    expect(after?.metadata.labels ?? {}).toEqual({});
    expect(after?.metadata.annotations).toMatchObject({ other: 'y' });
  });

  test('leaves a number of replicas to the autoscaler unless the object names one', async () => {
    const { cluster } = testCluster();
    const { replicas: _replicas, ...spec } = deployment('default', 'a').spec;
    const object: Deployment = { ...deployment('default', 'a'), spec };
    await applyObjects(cluster, [object]);
    await cluster.patch(DeploymentType, 'default', 'a', 'merge', { spec: { replicas: 7 } }, { subresource: 'scale' });
    expect(outcomes(await applyObjects(cluster, [object]))).toEqual(['a unchanged']);
    expect((await cluster.get(DeploymentType, 'default', 'a'))?.spec.replicas).toBe(7);
    expect(outcomes(await applyObjects(cluster, [deployment('default', 'a', 2)]))).toEqual(['a configured']);
    expect((await cluster.get(DeploymentType, 'default', 'a'))?.spec.replicas).toBe(2);
  });

  test('keeps what was applied as kubectl does, so that either can go on after the other', async () => {
    const { cluster } = testCluster();
    await applyObjects(cluster, [
      { ...configMap('default', 'a', { data: { x: '1' } }), status: { ignored: true } } as KubeObject,
    ]);
    const stored = await cluster.get(ConfigMapType, 'default', 'a');
    expect(stored?.metadata.annotations?.[LAST_APPLIED_ANNOTATION]).toBe(
      '{"apiVersion":"v1","kind":"ConfigMap","data":{"x":"1"},"metadata":{"namespace":"default","name":"a","annotations":{}}}\n',
    );
  });

  test('puts objects without a namespace into the given one', async () => {
    const { cluster } = testCluster();
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
    await applyObjects(cluster, [object]);
    await applyObjects(cluster, [object], { namespace: 'other' });
    expect((await cluster.list(ConfigMapType)).items.map((o) => o.metadata.namespace)).toEqual(['default', 'other']);
  });

  test('reports every object that is refused and applies the others', async () => {
    const { cluster } = testCluster({
      admission: (object) => {
        if (object.metadata.name?.startsWith('bad')) throw new ClusterError('Invalid', `${object.metadata.name} is refused`);
        return object;
      },
    });
    const unknown = { apiVersion: 'example.com/v1', kind: 'Unknown', metadata: { name: 'unknown' } };
    const results = await applyObjects(cluster, [
      configMap('default', 'bad-1'),
      unknown,
      configMap('default', 'good'),
      configMap('default', 'bad-2'),
    ]);
    expect(outcomes(results)).toEqual([
      'bad-1 bad-1 is refused',
      'unknown no kind Unknown in version example.com/v1',
      'good created',
      'bad-2 bad-2 is refused',
    ]);
    expect(results[1]?.error).toMatchObject({ code: 'KNC2101' });
  });

  test('prunes what is gone already without complaint, and keeps an object that only changed its version', async () => {
    const { cluster } = testCluster();
    const gone: ConfigMap = configMap('default', 'gone');
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'default', name: 'kept' } };
    await applyObjects(cluster, [secret]);
    expect(outcomes(await applyObjects(cluster, [secret], { previous: [gone, secret] }))).toEqual([
      'kept unchanged',
      'gone pruned',
    ]);
    expect(await cluster.get(SecretType, 'default', 'kept')).toBeDefined();
  });
});
