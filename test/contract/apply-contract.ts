import { ConfigMapType, type Deployment, DeploymentType, type KubeObject, type Stored } from '../../lib/api';
import { ClusterError, type PatchOptions } from '../../lib/kube';
import { BAD, type ContractContext, refused } from './contract-context';
import { configMap, deployment } from './objects';

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly fieldsV1: unknown;
}

const entries = (object: Stored<KubeObject>): Entry[] => (object.metadata.managedFields ?? []) as Entry[];
const owners = (object: Stored<KubeObject>): string[] =>
  entries(object).map(({ manager, operation, subresource }) => [manager, operation, subresource].filter(Boolean).join(' '));

/** Server-side apply: who owns which field, and what becomes of fields that nobody applies any more. */
export function applyContract(context: ContractContext): void {
  const applyMap = (fieldManager: string, data: Record<string, string>, more: PatchOptions = {}) =>
    context.cluster.patch(ConfigMapType, context.namespace, 'a', 'apply', configMap(context.namespace, 'a', { data }), {
      fieldManager,
      ...more,
    });
  const applyDeployment = (fieldManager: string, spec: object, more: PatchOptions = {}) => {
    const config = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec };
    return context.cluster.patch(DeploymentType, context.namespace, 'a', 'apply', config, { fieldManager, ...more });
  };
  const container = (name: string, more: object = {}) => ({ name, image: `example.com/${name}:1`, ...more });
  const workload = (containers: readonly object[], more: object = {}) => ({
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers } },
    ...more,
  });
  const containerNames = ({ spec }: Stored<Deployment>) => spec.template.spec.containers.map(({ name }) => name);

  describe('server-side apply', () => {
    test('creates, and says who applied what', async () => {
      const stored = await applyMap('one', { x: '1' });
      expect(stored.data).toEqual({ x: '1' });
      expect(entries(stored)).toEqual([
        {
          manager: 'one',
          operation: 'Apply',
          apiVersion: 'v1',
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:data': { 'f:x': {} } },
        },
      ]);
    });

    test('a second time changes nothing, and tells no watcher', async () => {
      const first = await applyMap('one', { x: '1' });
      expect(await applyMap('one', { x: '1' })).toEqual(first);
    });

    test('removes what is no longer applied, and leaves what others own', async () => {
      await applyMap('one', { x: '1', y: '2' });
      await applyMap('two', { y: '2', z: '3' });
      const after = await applyMap('one', {});
      expect(after.data).toEqual({ y: '2', z: '3' });
      const last = await applyMap('two', { z: '3' });
      expect(last.data).toEqual({ z: '3' });
      expect(owners(last)).toEqual(expect.arrayContaining(['two Apply']));
    });

    test('refuses to change what somebody else owns, and takes it by force', async () => {
      await applyMap('one', { x: '1' });
      const error = await applyMap('two', { x: '2' }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ClusterError);
      expect(error).toMatchObject({
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "one": .data.x',
        details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.x' }] },
      });
      const forced = await applyMap('two', { x: '2' }, { force: true });
      expect(forced.data).toEqual({ x: '2' });
      expect(owners(forced)).toEqual(['two Apply']);
    });

    test('lists several conflicts by owner, those of writers with their API version', async () => {
      await context.cluster.create(ConfigMapType, configMap(context.namespace, 'a', { data: { x: '1', y: '1' } }), {
        fieldManager: 'writer',
      });
      await applyMap('one', { z: '1' });
      await refused(
        'Conflict',
        applyMap('two', { x: '2', y: '2', z: '2' }),
        'Apply failed with 3 conflicts: conflicts with "one":\n- .data.z\nconflicts with "writer" using v1:\n- .data.x\n- .data.y',
      );
    });

    test('the same value from two appliers is owned by both', async () => {
      await applyMap('one', { x: '1' });
      const both = await applyMap('two', { x: '1' });
      expect(owners(both).sort()).toEqual(['one Apply', 'two Apply']);
    });

    test('a write takes the fields that it changes from their owners', async () => {
      await applyMap('one', { x: '1', y: '1' });
      const patched = await context.cluster.patch(
        ConfigMapType,
        context.namespace,
        'a',
        'merge',
        { data: { x: '2' } },
        { fieldManager: 'writer' },
      );
      expect(entries(patched).map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
        ['one', { 'f:data': { 'f:y': {} } }],
        ['writer', { 'f:data': { 'f:x': {} } }],
      ]);
      await refused('Conflict', applyMap('one', { x: '1', y: '1' }), /conflict with "writer" using v1: \.data\.x$/);
    });

    test('merges lists by their keys: containers, and ports of which the protocol may be left out', async () => {
      await applyDeployment('one', workload([container('web', { ports: [{ containerPort: 80 }] })]));
      const both = await applyDeployment('two', { template: { spec: { containers: [container('side')] } } });
      expect(containerNames(both)).toEqual(['web', 'side']);
      const ported = { template: { spec: { containers: [{ name: 'web', ports: [{ containerPort: 80, name: 'http' }] }] } } };
      const named = await applyDeployment('three', ported);
      expect(named.spec.template.spec.containers[0]?.ports).toEqual([{ containerPort: 80, protocol: 'TCP', name: 'http' }]);
      const alone = await applyDeployment('two', { replicas: 2 });
      expect(containerNames(alone)).toEqual(['web']);
      expect(alone.spec.replicas).toBe(2);
    });

    test('leaves to scaling what is not applied any more', async () => {
      await applyDeployment('one', workload([container('web')], { replicas: 2 }));
      await context.cluster.patch(
        DeploymentType,
        context.namespace,
        'a',
        'merge',
        { spec: { replicas: 5 } },
        { subresource: 'scale', fieldManager: 'scaler' },
      );
      await refused(
        'Conflict',
        applyDeployment('one', workload([container('web')], { replicas: 2 })),
        /conflict with "scaler" with subresource "scale" using apps\/v1: \.spec\.replicas$/,
      );
      const left = await applyDeployment('one', workload([container('web')]));
      expect(left.spec.replicas).toBe(5);
    });

    test('owns sets item by item and atomic lists whole', async () => {
      const apply = (fieldManager: string, finalizers: string[], force = false) =>
        context.cluster.patch(
          ConfigMapType,
          context.namespace,
          'a',
          'apply',
          configMap(context.namespace, 'a', { metadata: { finalizers } }),
          { fieldManager, force },
        );
      await apply('one', ['example.com/x']);
      expect((await apply('two', ['example.com/y'])).metadata.finalizers).toEqual(['example.com/x', 'example.com/y']);
      expect((await apply('one', [])).metadata.finalizers).toEqual(['example.com/y']);
      await apply('two', []);
      await applyDeployment('one', workload([container('web', { args: ['a', 'b'] })]));
      await refused(
        'Conflict',
        applyDeployment('two', { template: { spec: { containers: [{ name: 'web', args: ['a'] }] } } }),
        /\.spec\.template\.spec\.containers\[name="web"\]\.args$/,
      );
    });

    test('of the status owns the status alone', async () => {
      await context.cluster.create(DeploymentType, deployment(context.namespace, 'a'));
      const config = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, status: { observedGeneration: 7 } };
      const options: PatchOptions = { fieldManager: 'status', subresource: 'status', force: true };
      const stored = await context.cluster.patch(DeploymentType, context.namespace, 'a', 'apply', config, options);
      expect(stored.status).toMatchObject({ observedGeneration: 7 });
      const own = entries(stored).find(({ manager }) => manager === 'status');
      expect(own).toMatchObject({ subresource: 'status', fieldsV1: { 'f:status': { 'f:observedGeneration': {} } } });
    });

    test('with a dry run answers and stores nothing', async () => {
      expect((await applyMap('one', { x: '1' }, { dryRun: true })).data).toEqual({ x: '1' });
      expect(await context.cluster.get(ConfigMapType, context.namespace, 'a')).toBeUndefined();
      await applyMap('one', { x: '1' });
      expect((await applyMap('one', { x: '2' }, { dryRun: true })).data).toEqual({ x: '2' });
      expect((await context.cluster.get(ConfigMapType, context.namespace, 'a'))?.data).toEqual({ x: '1' });
    });

    test('needs a manager, takes no managedFields, no unknown fields, and no key twice', async () => {
      const unnamed = context.cluster.patch(ConfigMapType, context.namespace, 'a', 'apply', configMap(context.namespace, 'a'));
      await refused('Invalid', unnamed, /fieldManager: Required value: is required for apply patch/);
      const managed = configMap(context.namespace, 'a', { metadata: { managedFields: [{}] } });
      await refused(
        'BadRequest',
        context.cluster.patch(ConfigMapType, context.namespace, 'a', 'apply', managed, { fieldManager: 'one' }),
        'metadata.managedFields must be nil',
      );
      await refused(BAD, applyDeployment('one', { wrong: 1 }), /\.spec\.wrong: field not declared in schema$/);
      await refused(
        BAD,
        applyDeployment('one', workload([container('web'), container('web')])),
        /\.spec\.template\.spec\.containers: duplicate entries for key \[name="web"\]$/,
      );
    });

    test('takes over from kubectl apply what that applied, and conflicts about the rest', async () => {
      const annotation = (data: object) => ({
        'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'a', namespace: context.namespace },
          data,
        }),
      });
      const map = configMap(context.namespace, 'a', { data: { x: '1' }, metadata: { annotations: annotation({ x: '1' }) } });
      await context.cluster.create(ConfigMapType, map, { fieldManager: 'kubectl-client-side-apply' });
      expect((await applyMap('kubectl', { x: '2' })).data).toEqual({ x: '2' });
      await context.cluster.patch(
        ConfigMapType,
        context.namespace,
        'a',
        'merge',
        { data: { y: '1' } },
        { fieldManager: 'other' },
      );
      await refused('Conflict', applyMap('kubectl', { x: '3', y: '2' }), /conflict with "other" using v1: \.data\.y$/);
    });
  });

  describe('managed fields', () => {
    test('can be reset by a client, and edited', async () => {
      const stored = await applyMap('one', { x: '1' });
      const renamed = stored.metadata.managedFields!.map((entry) => ({ ...(entry as Entry), manager: 'two' }));
      const replace = (value: unknown) =>
        context.cluster.patch(
          ConfigMapType,
          context.namespace,
          'a',
          'json',
          [{ op: 'replace', path: '/metadata/managedFields', value }],
          { fieldManager: 'editor' },
        );
      expect(owners(await replace(renamed))).toEqual(['two Apply']);
      expect(owners(await replace([{}]))).toEqual([]);
    });

    test('of an object that had none say that its fields were there before', async () => {
      await applyMap('one', { x: '1' });
      await context.cluster.patch(ConfigMapType, context.namespace, 'a', 'merge', { metadata: { managedFields: [{}] } });
      await refused('Conflict', applyMap('two', { x: '2' }), /conflict with "before-first-apply" using v1: \.data\.x$/);
    });
  });
}
