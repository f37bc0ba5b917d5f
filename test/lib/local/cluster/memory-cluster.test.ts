import {
  type ConfigMap,
  ConfigMapType,
  type Deployment,
  DeploymentType,
  type Event,
  EventType,
  K8sServiceType,
  type KubeObject,
  NamespaceType,
  type Pod,
  PodType,
  resourceType,
  SecretType,
  type Service,
  ServiceType,
} from '../../../../lib/api';
import { ClusterError, type WatchEvent } from '../../../../lib/kube';
import { MemoryStore } from '../../../../lib/local/store';
import { clusterContract } from '../../../contract/cluster-contract';
import { configMap, pod } from '../../../contract/objects';
import { Observer } from '../../../contract/observer';
import { testCluster } from './support';

clusterContract('MemoryCluster', async () => ({ cluster: testCluster().cluster, namespace: 'contract', close: async () => {} }));

const knService = (name: string): Service => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { namespace: 'default', name },
  spec: { template: { spec: { containers: [{ image: 'example.com/app:1' }] } } },
});

describe('MemoryCluster', () => {
  test('names a custom resource in its messages as the API server does', async () => {
    const { cluster } = testCluster();
    const stored = await cluster.create(ServiceType, knService('hello'));
    await cluster.updateStatus(ServiceType, { ...stored, status: { observedGeneration: 1 } });
    await expect(cluster.update(ServiceType, stored)).rejects.toThrow(
      'Operation cannot be fulfilled on services.serving.knative.dev "hello": the object has been modified; please apply your changes to the latest version and try again',
    );
    await expect(cluster.create(ServiceType, knService('hello'))).rejects.toThrow(
      'services.serving.knative.dev "hello" already exists',
    );
    await expect(cluster.delete(ServiceType, 'default', 'none')).rejects.toThrow('services.serving.knative.dev "none" not found');
  });

  test('does not know kinds that it was not told of', async () => {
    const { cluster } = testCluster();
    const Unknown = resourceType('example.com/v1', 'Unknown', 'unknowns');
    await expect(cluster.list(Unknown)).rejects.toMatchObject({
      reason: 'NotFound',
      message: 'the server could not find the requested resource',
    });
    expect(await cluster.watch(Unknown, {}, () => {}).closed).toMatchObject({ reason: 'NotFound' });
  });

  test('goes on after the newest version that it finds, even if it is not told which that was', async () => {
    const store = new MemoryStore();
    const { cluster } = testCluster({ store });
    await cluster.create(ConfigMapType, configMap('default', 'a'));
    const { resourceVersion } = (await cluster.create(ConfigMapType, configMap('default', 'b'))).metadata;
    store.write([{ key: 'version', value: undefined }]);
    const after = testCluster({ store }).cluster;
    const { metadata } = await after.create(ConfigMapType, configMap('default', 'c'));
    expect(Number(metadata.resourceVersion)).toBeGreaterThan(Number(resourceVersion));
    const watch = after.watch(ConfigMapType, { resourceVersion }, () => {});
    expect(await watch.closed).toMatchObject({ reason: 'Expired' });
  });

  test('refuses an object of another kind and one without a namespace', async () => {
    const { cluster } = testCluster();
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'default', name: 'a' } } as ConfigMap;
    await expect(cluster.create(ConfigMapType, secret)).rejects.toThrow(
      'Secret in version "v1" cannot be handled as a ConfigMap in version "v1"',
    );
    const homeless = { ...secret, kind: 'ConfigMap', metadata: { name: 'a' } };
    await expect(cluster.create(ConfigMapType, homeless)).rejects.toThrow('an empty namespace may not be set during creation');
  });

  test('hands out frozen objects, shares what did not change, and leaves the caller its own', async () => {
    const { cluster } = testCluster();
    const mine = { ...configMap('default', 'a'), data: { x: '1' } };
    const stored = await cluster.create(ConfigMapType, mine);
    expect(Object.isFrozen(stored.data)).toBe(true);
    expect(Object.isFrozen(mine.data)).toBe(false);
    expect(await cluster.get(ConfigMapType, 'default', 'a')).toBe(stored);
    const labelled = await cluster.patch(ConfigMapType, 'default', 'a', 'merge', { metadata: { labels: { y: 'z' } } });
    expect(labelled.data).toBe(stored.data);
  });

  test('a key named __proto__ is data like any other', async () => {
    const { cluster } = testCluster();
    const data = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
    await cluster.create(ConfigMapType, { ...configMap('default', 'a'), data });
    const { data: stored } = await cluster.patch(
      ConfigMapType,
      'default',
      'a',
      'merge',
      JSON.parse('{"data":{"__proto__":"y"}}'),
    );
    expect(JSON.stringify(stored)).toBe('{"__proto__":"y"}');
    expect(Object.getPrototypeOf(stored)).toBe(Object.prototype);
  });

  test('null is the same as not set', async () => {
    const { cluster } = testCluster();
    const object = {
      ...configMap('default', 'a'),
      data: { x: '1', y: null },
      metadata: { namespace: 'default', name: 'a', creationTimestamp: null },
    };
    const stored = await cluster.create(ConfigMapType, object as unknown as ConfigMap);
    expect(stored.data).toEqual({ x: '1' });
    expect(await cluster.update(ConfigMapType, object as unknown as ConfigMap)).toBe(stored);
  });

  describe('admission', () => {
    test('sees objects complete and may change or refuse them', async () => {
      const seen: string[] = [];
      const { cluster } = testCluster({
        admission: (object, old, operation) => {
          seen.push(`${operation} ${object.kind} ${old ? 'over' : 'new'}`);
          if (object.metadata.name === 'bad') throw new ClusterError('Invalid', 'bad is refused');
          return { ...object, metadata: { ...object.metadata, annotations: { seen: operation } } };
        },
      });
      const stored = await cluster.create(ServiceType, knService('a'));
      expect(stored.metadata.annotations).toEqual({ seen: 'create' });
      const patch = { metadata: { labels: { x: 'y' } } };
      expect((await cluster.patch(ServiceType, 'default', 'a', 'merge', patch)).metadata.annotations).toEqual({ seen: 'update' });
      await cluster.updateStatus(ServiceType, {
        ...stored,
        metadata: { ...stored.metadata, resourceVersion: undefined },
        status: {},
      } as unknown as Service);
      expect(seen).toEqual(['create Service new', 'create Namespace new', 'update Service over']);
      await expect(cluster.create(ServiceType, knService('bad'))).rejects.toThrow('bad is refused');
      expect(await cluster.get(ServiceType, 'default', 'bad')).toBeUndefined();
    });
  });

  describe('watches', () => {
    test('hear of a write after whoever awaits it, and never within a handler', async () => {
      const { cluster } = testCluster();
      const order: string[] = [];
      let inside = false;
      cluster.watch(ConfigMapType, {}, (event) => {
        expect(inside).toBe(false);
        if (event.type !== 'ADDED') return;
        inside = true;
        order.push(`event ${event.object.metadata.name}`);
        if (event.object.metadata.name === 'a') void cluster.create(ConfigMapType, configMap('default', 'b'));
        inside = false;
      });
      await cluster.create(ConfigMapType, configMap('default', 'a'));
      order.push('created a');
      await new Promise((resolve) => setImmediate(resolve));
      expect(order).toEqual(['created a', 'event a', 'event b']);
    });

    test('of different kinds hear of changes in the order in which they were made', async () => {
      const { cluster } = testCluster();
      const order: string[] = [];
      const note = (event: WatchEvent<KubeObject>) => void (event.type === 'ADDED' && order.push(event.object.metadata.name));
      cluster.watch(SecretType, {}, note);
      cluster.watch(ConfigMapType, {}, note);
      void cluster.create(ConfigMapType, configMap('default', 'one'));
      void cluster.create(SecretType, { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'default', name: 'two' } });
      void cluster.create(ConfigMapType, configMap('default', 'three'));
      await new Promise((resolve) => setImmediate(resolve));
      expect(order).toEqual(['one', 'two', 'three']);
    });

    test('from a version that is forgotten close as Expired, and others of the kind go on', async () => {
      const { cluster } = testCluster({ history: 3 });
      const versions: string[] = [];
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        versions.push((await cluster.create(ConfigMapType, configMap('default', name))).metadata.resourceVersion);
      }
      const from = (resourceVersion: string) => new Observer(cluster, ConfigMapType, { resourceVersion });
      const late = from(versions[0]!);
      const inTime = from(versions[1]!);
      expect(await late.watch.closed).toMatchObject({
        reason: 'Expired',
        code: 410,
        message: `too old resource version: ${versions[0]} (${versions[1]})`,
      });
      await inTime.see('ADDED', 'e');
      expect(inTime.seen).toEqual(['ADDED c', 'ADDED d', 'ADDED e']);
    });

    test('that hear of nothing are told the version from time to time, so that it is not forgotten', async () => {
      const { cluster } = testCluster({ history: 10 });
      const observer = new Observer(cluster, ConfigMapType, { labelSelector: 'none=none', resourceVersion: '' });
      for (let i = 0; i < 20; i++) await cluster.create(ConfigMapType, configMap('default', `a${i}`));
      await new Promise((resolve) => setImmediate(resolve));
      const last = observer.events.at(-1);
      expect(last?.type).toBe('BOOKMARK');
      const resumed = cluster.watch(
        ConfigMapType,
        { resourceVersion: last?.type === 'BOOKMARK' ? last.resourceVersion : '' },
        () => {},
      );
      expect(await Promise.race([resumed.closed, 'open'])).toBe('open');
    });

    test('whose handler throws are closed with the reason; others hear of the change', async () => {
      const { cluster } = testCluster();
      const broken = cluster.watch(ConfigMapType, {}, (event) => {
        if (event.type === 'ADDED') throw new Error('oops');
      });
      const observer = new Observer(cluster, ConfigMapType, {});
      await cluster.create(ConfigMapType, configMap('default', 'a'));
      await observer.see('ADDED', 'a');
      expect(await broken.closed).toMatchObject({ reason: 'InternalError', message: 'watch handler failed: oops' });
    });
  });

  describe('namespaces', () => {
    test('are made on first use', async () => {
      const { cluster } = testCluster();
      await cluster.create(ConfigMapType, configMap('fresh', 'a'));
      expect(await cluster.get(NamespaceType, undefined, 'fresh')).toMatchObject({
        metadata: { labels: { 'kubernetes.io/metadata.name': 'fresh' } },
        status: { phase: 'Active' },
      });
    });

    test('take what is in them along when deleted, and nothing new meanwhile', async () => {
      const { cluster } = testCluster();
      await cluster.create(ConfigMapType, configMap('going', 'plain'));
      await cluster.create(ConfigMapType, configMap('going', 'held', { metadata: { finalizers: ['example.com/hold'] } }));
      const observer = new Observer(cluster, NamespaceType, {});
      await cluster.delete(NamespaceType, undefined, 'going');
      expect((await cluster.get(NamespaceType, undefined, 'going'))?.status).toEqual({ phase: 'Terminating' });
      await expect(cluster.create(ConfigMapType, configMap('going', 'late'))).rejects.toMatchObject({
        reason: 'Forbidden',
        message: 'configmaps "late" is forbidden: unable to create new content in namespace going because it is being terminated',
      });
      expect((await cluster.list(ConfigMapType, { namespace: 'going' })).items.map((o) => o.metadata.name)).toEqual(['held']);
      await cluster.patch(ConfigMapType, 'going', 'held', 'merge', { metadata: { finalizers: null } });
      await observer.see('DELETED', 'going');
      expect(await cluster.get(NamespaceType, undefined, 'going')).toBeUndefined();
      await cluster.create(ConfigMapType, configMap('going', 'again'));
    });
  });

  describe('events', () => {
    const event = (name: string, namespace = 'default'): Event => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace, name },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name: 'p', uid: 'u' },
    });

    test('are kept for an hour after they were last written', async () => {
      const { cluster, clock } = testCluster();
      const names = async () => (await cluster.list(EventType)).items.map(({ metadata }) => metadata.name);
      await cluster.create(EventType, event('once'));
      await cluster.create(EventType, event('again'));
      await clock.advance(1800_000);
      await cluster.patch(EventType, 'default', 'again', 'merge', { count: 2 });
      await cluster.create(EventType, event('half'));
      await clock.advance(1800_000);
      await cluster.create(EventType, event('new'));
      expect(await names()).toEqual(['again', 'half', 'new']);
      await clock.advance(3600_000);
      await cluster.create(EventType, event('last'));
      expect(await names()).toEqual(['last']);
    });

    test('do not bring a namespace back that has gone', async () => {
      const { cluster } = testCluster();
      await expect(cluster.create(EventType, event('late', 'gone'))).rejects.toMatchObject({
        reason: 'NotFound',
        message: 'namespaces "gone" not found',
      });
      expect((await cluster.list(NamespaceType)).items).toEqual([]);
      await cluster.create(EventType, event('first'));
    });
  });

  describe('core kinds', () => {
    const service = (name: string, spec: object) =>
      ({ apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'default', name }, spec }) as never;

    test('a Service is given an address of its own, which it keeps', async () => {
      const { cluster } = testCluster();
      const a = await cluster.create(K8sServiceType, service('a', { ports: [{ port: 80 }] }));
      const b = await cluster.create(K8sServiceType, service('b', { ports: [{ port: 80 }] }));
      expect(a.spec).toMatchObject({
        type: 'ClusterIP',
        clusterIPs: [a.spec.clusterIP],
        ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
      });
      const [first, second] = a.spec.clusterIP!.split('.').map(Number);
      expect([first, second! >= 96 && second! < 112]).toEqual([10, true]);
      expect(b.spec.clusterIP).not.toBe(a.spec.clusterIP);
      const updated = await cluster.update(K8sServiceType, service('a', { ports: [{ port: 81 }] }));
      expect(updated.spec.clusterIP).toBe(a.spec.clusterIP);
      await expect(cluster.patch(K8sServiceType, 'default', 'a', 'merge', { spec: { clusterIP: '10.96.0.9' } })).rejects.toThrow(
        /may not change once set/,
      );
      await expect(cluster.create(K8sServiceType, service('c', { clusterIP: a.spec.clusterIP }))).rejects.toThrow(
        /provided IP is already allocated/,
      );
      await cluster.delete(K8sServiceType, 'default', 'a');
      expect((await cluster.create(K8sServiceType, service('c', { clusterIP: a.spec.clusterIP }))).spec.clusterIP).toBe(
        a.spec.clusterIP,
      );
    });

    test('a headless and an external Service have no address; one that becomes external gives it back', async () => {
      const { cluster } = testCluster();
      expect((await cluster.create(K8sServiceType, service('a', { clusterIP: 'None' }))).spec.clusterIP).toBe('None');
      const external = { type: 'ExternalName', externalName: 'example.com' };
      expect((await cluster.create(K8sServiceType, service('b', external))).spec.clusterIP).toBeUndefined();
      const { clusterIP } = (await cluster.create(K8sServiceType, service('c', {}))).spec;
      expect((await cluster.patch(K8sServiceType, 'default', 'c', 'merge', { spec: external })).spec.clusterIP).toBeUndefined();
      expect((await cluster.create(K8sServiceType, service('d', { clusterIP }))).spec.clusterIP).toBe(clusterIP);
    });

    test('a Pod begins as Pending on the one node, with defaults filled in', async () => {
      const { cluster } = testCluster();
      const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 0 };
      const stored = await cluster.create(
        PodType,
        pod('default', 'a', { containers: [{ name: 'main', image: 'example.com/app', readinessProbe }] }),
      );
      expect(stored.status).toEqual({ phase: 'Pending' });
      expect(stored.spec).toMatchObject({ nodeName: 'local', restartPolicy: 'Always', terminationGracePeriodSeconds: 30 });
      expect(stored.spec.containers[0]).toMatchObject({
        imagePullPolicy: 'Always',
        readinessProbe: {
          httpGet: { port: 80, path: '/', scheme: 'HTTP' },
          periodSeconds: 10,
          timeoutSeconds: 1,
          successThreshold: 1,
          failureThreshold: 3,
        },
      });
    });

    const template = (spec: object) => ({ metadata: { labels: { a: 'b' } }, spec });
    const mounting = (mount: object) => ({
      containers: [{ name: 'app', image: 'a', volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }] }],
      volumes: [{ name: 'v', emptyDir: {} }],
    });
    test.each([
      [
        'a container',
        { containers: [{ name: '../x', image: 'a' }] },
        'containers[0].name: Invalid value: "../x": a lowercase RFC 1123',
      ],
      ['a container without', { containers: [{ image: 'a' }] }, 'containers[0].name: Required value'],
      ['a volume', { containers: [], volumes: [{ name: '../../etc' }] }, 'volumes[0].name: Invalid value: "../../etc"'],
      ['a subPath upwards', mounting({ subPath: 'a/../../b' }), `subPath: Invalid value: "a/../../b": must not contain '..'`],
      ['an absolute subPath', mounting({ subPath: '/etc' }), 'subPath: Invalid value: "/etc": must be a relative path'],
      ['a mount with options', mounting({ mountPath: '/v:rw,z' }), `mountPath: Invalid value: "/v:rw,z": must not contain ':'`],
    ])('a Pod or a Deployment that leads out of its own folders is refused: %s', async (_what, spec, message) => {
      const { cluster } = testCluster();
      const metadata = { name: 'x', namespace: 'default' };
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec } as Pod;
      await expect(cluster.create(PodType, pod)).rejects.toThrow(message);
      const workload = { selector: { matchLabels: { a: 'b' } }, template: template(spec) };
      const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: workload } as Deployment;
      await expect(cluster.create(DeploymentType, deployment)).rejects.toThrow(`spec.template.spec.`);
      await expect(cluster.create(DeploymentType, deployment)).rejects.toThrow(message);
    });

    test('a Secret keeps clear text encoded', async () => {
      const { cluster } = testCluster();
      const secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { namespace: 'default', name: 'a' },
        stringData: { key: 'value' },
      };
      const stored = await cluster.create(SecretType, secret);
      expect(stored).toMatchObject({ type: 'Opaque', data: { key: 'dmFsdWU=' } });
      expect(stored.stringData).toBeUndefined();
    });
  });

  test('goes on where it was on the store of another: objects, versions, addresses, collection of what is owned', async () => {
    const store = new MemoryStore();
    const before = testCluster({ store }).cluster;
    const owner = await before.create(ConfigMapType, configMap('default', 'owner'));
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid }];
    const owned = await before.create(ConfigMapType, configMap('default', 'owned', { metadata: { ownerReferences } }));
    const after = testCluster({ store }).cluster;
    expect(await after.get(ConfigMapType, 'default', 'owned')).toEqual(owned);
    const last = Number(owned.metadata.resourceVersion);
    expect((await after.list(ConfigMapType)).resourceVersion).toBe(`${last + 1}`);
    for (const resourceVersion of ['1', `${last}`]) {
      expect(await after.watch(ConfigMapType, { resourceVersion }, () => {}).closed).toMatchObject({ reason: 'Expired' });
    }
    const observer = new Observer(after, ConfigMapType, {});
    await after.delete(ConfigMapType, 'default', 'owner');
    await observer.see('DELETED', 'owned');
  });

  test('writes among 15,000 objects cost what they cost among few', async () => {
    const { cluster } = testCluster();
    const write = async (from: number, count: number) => {
      const start = performance.now();
      for (let i = from; i < from + count; i++) await cluster.create(PodType, pod('default', `pod-${i}`));
      return (performance.now() - start) / count;
    };
    await write(0, 3000);
    const few = await write(3000, 2000);
    await write(5000, 10_000);
    const many = await write(15_000, 2000);
    expect(many).toBeLessThan(few * 5 + 0.05);
  });
});
