import { ConfigMapType, DeploymentType, PodType } from '../../lib/api';
import { atAnyVersion, BAD, type ContractContext, names, refused } from './contract-context';
import { configMap, deployment, pod } from './objects';

/** Creating, reading, updating and patching. */
export function writesContract(context: ContractContext): void {
  describe('create', () => {
    test('gives uid, creationTimestamp and resourceVersion, and returns what get returns', async () => {
      const stored = await context.add('a', { data: { key: 'value' } });
      expect(stored.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
      expect(stored.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(Number(stored.metadata.resourceVersion)).toBeGreaterThan(0);
      expect(await context.cluster.get(ConfigMapType, context.namespace, 'a')).toEqual(stored);
    });

    test('starts generation at 1 and leaves out the status where that is written by itself', async () => {
      const stored = await context.cluster.create(DeploymentType, {
        ...deployment(context.namespace, 'a'),
        status: { replicas: 7 },
      });
      expect(stored.metadata.generation).toBe(1);
      expect(stored.status?.replicas).toBeUndefined();
    });

    test('makes a name from generateName', async () => {
      const make = () =>
        context.cluster.create(
          ConfigMapType,
          configMap(context.namespace, '', { metadata: { generateName: 'made-', name: undefined } }),
        );
      const [one, two] = [await make(), await make()];
      expect(one.metadata.name).toMatch(/^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
      expect(two.metadata.name).not.toBe(one.metadata.name);
    });

    test('refuses a second object of the same name', async () => {
      await context.add('a');
      await refused('AlreadyExists', context.add('a'), 'configmaps "a" already exists');
      await context.cluster.create(DeploymentType, deployment(context.namespace, 'a'));
      await refused(
        'AlreadyExists',
        context.cluster.create(DeploymentType, deployment(context.namespace, 'a')),
        'deployments.apps "a" already exists',
      );
    });

    test('refuses a resourceVersion, a missing name and a name that is no DNS name', async () => {
      await refused(
        BAD,
        context.add('a', { metadata: { resourceVersion: '1' } }),
        'resourceVersion should not be set on objects to be created',
      );
      const unnamed = context.cluster.create(DeploymentType, deployment(context.namespace, ''));
      await refused(
        'Invalid',
        unnamed,
        /^Deployment.apps "" is invalid: .*metadata.name: Required value: name or generateName is required/,
      );
      await refused(
        'Invalid',
        context.add('Not_A_Name'),
        /^ConfigMap "Not_A_Name" is invalid: metadata.name: Invalid value: "Not_A_Name": a lowercase RFC 1123 subdomain/,
      );
    });
  });

  describe('get and list', () => {
    test('get gives undefined for what is not there', async () => {
      expect(await context.cluster.get(ConfigMapType, context.namespace, 'none')).toBeUndefined();
    });

    test('list gives the objects of the namespace in order of name, with a version to watch from', async () => {
      for (const mapName of ['c', 'a', 'b']) await context.add(mapName);
      const list = await context.cluster.list(ConfigMapType, { namespace: context.namespace });
      expect(names(list.items).filter((n) => n.length === 1)).toEqual(['a', 'b', 'c']);
      expect(Number(list.resourceVersion)).toBeGreaterThan(0);
    });

    test.each([
      ['tier=web', ['a', 'b']],
      ['tier==web,size=2', ['b']],
      ['tier!=web', ['c', 'd']],
      ['tier', ['a', 'b', 'c']],
      ['!tier', ['d']],
      ['tier in (web, db),size', ['a', 'b', 'c']],
      ['tier notin (web)', ['c', 'd']],
      ['size>1', ['b', 'c']],
      ['size<2', ['a']],
      ['example.com/x=', ['d']],
    ])('the label selector %p selects %p', async (labelSelector, expected) => {
      await context.add('a', { metadata: { labels: { tier: 'web', size: '1' } } });
      await context.add('b', { metadata: { labels: { tier: 'web', size: '2' } } });
      await context.add('c', { metadata: { labels: { tier: 'db', size: '3' } } });
      await context.add('d', { metadata: { labels: { 'example.com/x': '' } } });
      const { items } = await context.cluster.list(ConfigMapType, { namespace: context.namespace, labelSelector });
      expect(names(items).filter((n) => n.length === 1)).toEqual(expected);
    });

    test.each([
      ['metadata.name=a', ['a']],
      ['metadata.name!=a', ['b']],
      ['status.phase=Pending', ['a', 'b']],
      ['status.phase=Running', []],
    ])('the field selector %p selects %p', async (fieldSelector, expected) => {
      for (const podName of ['a', 'b']) await context.cluster.create(PodType, pod(context.namespace, podName));
      expect(names((await context.cluster.list(PodType, { namespace: context.namespace, fieldSelector })).items)).toEqual(
        expected,
      );
    });

    test('a selector that cannot be understood is a BadRequest', async () => {
      await refused(
        'BadRequest',
        context.cluster.list(ConfigMapType, { namespace: context.namespace, labelSelector: 'a in b' }),
        /unable to parse requirement/,
      );
      const byUnknown = context.cluster.list(PodType, { namespace: context.namespace, fieldSelector: 'spec.unknown=1' });
      await refused('BadRequest', byUnknown, /field label not supported: spec.unknown/);
    });
  });

  describe('update', () => {
    test('replaces the object and gives it a later version', async () => {
      const before = await context.add('a', { data: { old: '1' } });
      const after = await context.cluster.update(ConfigMapType, { ...before, data: { new: '2' } });
      expect(after.data).toEqual({ new: '2' });
      expect(Number(after.metadata.resourceVersion)).toBeGreaterThan(Number(before.metadata.resourceVersion));
      expect(after.metadata).toMatchObject({ uid: before.metadata.uid, creationTimestamp: before.metadata.creationTimestamp });
    });

    test('refuses a stale version, and takes a write without one', async () => {
      const before = await context.deployed('a');
      await context.cluster.update(DeploymentType, { ...before, spec: { ...before.spec, replicas: 2 } });
      await refused(
        'Conflict',
        context.cluster.update(DeploymentType, { ...before, spec: { ...before.spec, replicas: 3 } }),
        'Operation cannot be fulfilled on deployments.apps "a": the object has been modified; please apply your changes to the latest version and try again',
      );
      const blind = await context.cluster.update(DeploymentType, deployment(context.namespace, 'a', 4));
      expect(blind.spec.replicas).toBe(4);
    });

    test('refuses what is not there and what is there under another uid', async () => {
      await refused(
        'NotFound',
        context.cluster.update(ConfigMapType, configMap(context.namespace, 'none')),
        'configmaps "none" not found',
      );
      await context.add('a');
      const uid = '00000000-0000-4000-8000-000000000000';
      await refused(
        'Conflict',
        context.cluster.update(ConfigMapType, configMap(context.namespace, 'a', { metadata: { uid } })),
        /Precondition failed: UID in precondition/,
      );
    });

    test('that changes nothing keeps the version and tells no watcher', async () => {
      const before = await context.deployed('a');
      const observer = await context.observe(DeploymentType, { resourceVersion: before.metadata.resourceVersion });
      const after = await context.cluster.update(DeploymentType, before);
      expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
      await context.cluster.create(DeploymentType, deployment(context.namespace, 'b'));
      await observer.see('ADDED', 'b');
      observer.watch.stop();
      expect(observer.seen).toEqual(['ADDED b']);
    });

    test('counts changes of the spec in generation, and nothing else', async () => {
      const one = atAnyVersion(await context.deployed('a'));
      const labelled = await context.cluster.update(DeploymentType, {
        ...one,
        metadata: { ...one.metadata, labels: { x: 'y' } },
      });
      expect(labelled.metadata.generation).toBe(1);
      const scaled = await context.cluster.update(DeploymentType, {
        ...atAnyVersion(labelled),
        spec: { ...labelled.spec, replicas: 5 },
      });
      expect(scaled.metadata.generation).toBe(2);
      const reported = await context.cluster.updateStatus(DeploymentType, { ...atAnyVersion(scaled), status: { replicas: 1 } });
      expect(reported.metadata.generation).toBe(2);
    });

    test('leaves the status alone, and updateStatus everything else', async () => {
      const one = atAnyVersion(await context.deployed('a'));
      const reported = await context.cluster.updateStatus(DeploymentType, {
        ...one,
        metadata: { ...one.metadata, labels: { ignored: 'yes' } },
        spec: { ...one.spec, replicas: 9 },
        status: { observedGeneration: 1, replicas: 1 },
      });
      expect(reported.spec.replicas).toBe(1);
      expect(reported.metadata.labels).toBeUndefined();
      expect(reported.status).toMatchObject({ observedGeneration: 1, replicas: 1 });
      const { resourceVersion: _, ...metadata } = reported.metadata;
      const updated = await context.cluster.update(DeploymentType, { ...reported, metadata, status: { replicas: 9 } });
      expect(updated.status?.replicas).toBeLessThan(2);
    });

    test('updateStatus refuses a stale version', async () => {
      const one = await context.deployed('a');
      await context.cluster.updateStatus(DeploymentType, { ...one, status: { replicas: 1 } });
      await refused(
        'Conflict',
        context.cluster.updateStatus(DeploymentType, { ...one, status: { replicas: 2 } }),
        /the object has been modified/,
      );
    });

    test('refuses another selector of a Deployment, and one that its template does not match', async () => {
      const one = await context.deployed('a');
      const other = { ...one, spec: { ...deployment(context.namespace, 'b').spec } };
      await refused('Invalid', context.cluster.update(DeploymentType, other), /field is immutable/);
      const unowned = {
        ...deployment(context.namespace, 'c'),
        spec: { ...deployment(context.namespace, 'c').spec, selector: { matchLabels: { app: 'd' } } },
      };
      await refused('Invalid', context.cluster.create(DeploymentType, unowned), /`selector` does not match template `labels`/);
    });
  });

  describe('patch', () => {
    test('merge sets, removes with null, and replaces lists whole', async () => {
      await context.add('a', {
        data: { keep: '1', drop: '2', change: '3' },
        metadata: { finalizers: ['example.com/a', 'example.com/b'] },
      });
      const patch = { data: { drop: null, change: '4', add: '5' }, metadata: { finalizers: ['example.com/c'] } };
      const after = await context.cluster.patch(ConfigMapType, context.namespace, 'a', 'merge', patch);
      expect(after.data).toEqual({ keep: '1', change: '4', add: '5' });
      expect(after.metadata.finalizers).toEqual(['example.com/c']);
      await context.cluster.patch(ConfigMapType, context.namespace, 'a', 'merge', { metadata: { finalizers: null } });
    });

    test('json adds, replaces, removes and tests, with escaped paths', async () => {
      await context.add('a', { data: { keep: '1', drop: '2' }, metadata: { annotations: { 'example.com/x-y': 'old' } } });
      const after = await context.cluster.patch(ConfigMapType, context.namespace, 'a', 'json', [
        { op: 'test', path: '/data/keep', value: '1' },
        { op: 'replace', path: '/metadata/annotations/example.com~1x-y', value: 'new' },
        { op: 'remove', path: '/data/drop' },
        { op: 'add', path: '/data/more', value: '3' },
      ]);
      expect(after.data).toEqual({ keep: '1', more: '3' });
      expect(after.metadata.annotations).toEqual({ 'example.com/x-y': 'new' });
    });

    test('json with a failing operation changes nothing', async () => {
      const before = await context.add('a', { data: { keep: '1' } });
      const patch = [
        { op: 'add', path: '/data/more', value: '2' },
        { op: 'test', path: '/data/keep', value: 'other' },
      ];
      await refused(
        'Invalid',
        context.cluster.patch(ConfigMapType, context.namespace, 'a', 'json', patch),
        /the server rejected our request due to an error in our request/,
      );
      await refused(
        'Invalid',
        context.cluster.patch(ConfigMapType, context.namespace, 'a', 'json', [{ op: 'remove', path: '/data/none' }]),
      );
      expect(await context.cluster.get(ConfigMapType, context.namespace, 'a')).toEqual(before);
    });

    test('with a version is refused once that version has passed', async () => {
      const before = await context.add('a');
      const { resourceVersion } = await context.cluster
        .patch(ConfigMapType, context.namespace, 'a', 'merge', { data: { x: '1' } })
        .then((o) => o.metadata);
      const late = context.cluster.patch(
        ConfigMapType,
        context.namespace,
        'a',
        'merge',
        { data: { x: '2' } },
        { resourceVersion: before.metadata.resourceVersion },
      );
      await refused('Conflict', late, /Operation cannot be fulfilled on configmaps "a": the object has been modified/);
      const { data } = await context.cluster.patch(
        ConfigMapType,
        context.namespace,
        'a',
        'merge',
        { data: { x: '3' } },
        { resourceVersion },
      );
      expect(data).toEqual({ x: '3' });
    });

    test('of the status changes the status alone', async () => {
      await context.deployed('a');
      const patch = { spec: { replicas: 9 }, status: { replicas: 1 } };
      const after = await context.cluster.patch(DeploymentType, context.namespace, 'a', 'merge', patch, {
        subresource: 'status',
      });
      expect([after.spec.replicas, after.status?.replicas]).toEqual([1, 1]);
      const main = await context.cluster.patch(DeploymentType, context.namespace, 'a', 'merge', { status: { replicas: 9 } });
      expect(main.status?.replicas).toBeLessThan(2);
    });

    test.each<['merge' | 'json', unknown]>([
      ['merge', { spec: { replicas: 3 } }],
      ['json', [{ op: 'replace', path: '/spec/replicas', value: 3 }]],
    ])('of the scale by %s changes the replicas and counts as a change of the spec', async (patchType, patch) => {
      await context.cluster.create(DeploymentType, deployment(context.namespace, 'a'));
      await context.cluster.patch(DeploymentType, context.namespace, 'a', patchType, patch, { subresource: 'scale' });
      const after = await context.cluster.get(DeploymentType, context.namespace, 'a');
      expect([after?.spec.replicas, after?.metadata.generation]).toEqual([3, 2]);
    });

    test('of the scale can be made to hold for zero alone: a Scale does not name a number that is 0', async () => {
      await context.cluster.create(DeploymentType, {
        ...deployment(context.namespace, 'a'),
        spec: { ...deployment(context.namespace, 'a').spec, replicas: 0 },
      });
      const raise = (replicas: number) =>
        context.cluster.patch(
          DeploymentType,
          context.namespace,
          'a',
          'json',
          [
            { op: 'test', path: '/spec/replicas', value: null },
            { op: 'add', path: '/spec/replicas', value: replicas },
          ],
          { subresource: 'scale' },
        );
      const raised = await raise(2);
      expect(raised.spec.replicas).toBe(2);
      await refused('Invalid', raise(3), /^the server rejected our request due to an error in our request/);
      const after = await context.cluster.get(DeploymentType, context.namespace, 'a');
      expect([after?.spec.replicas, after?.metadata.generation]).toEqual([2, 2]);
    });

    test('of the scale refuses what is below zero', async () => {
      await context.cluster.create(DeploymentType, deployment(context.namespace, 'a'));
      const patch = context.cluster.patch(
        DeploymentType,
        context.namespace,
        'a',
        'merge',
        { spec: { replicas: -1 } },
        { subresource: 'scale' },
      );
      await refused('Invalid', patch, /spec.replicas: Invalid value: -1: must be greater than or equal to 0/);
    });

    test('of what is not there is NotFound', async () => {
      await refused(
        'NotFound',
        context.cluster.patch(ConfigMapType, context.namespace, 'none', 'merge', {}),
        'configmaps "none" not found',
      );
    });
  });
}
