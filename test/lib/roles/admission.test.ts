import { type ConfigMap, defaultServingConfig, type KubeObject, type Stored } from '../../../lib/api';
import type { PresentObjects } from '../../../lib/local';
import { LiveSettings } from '../../../lib/roles';
import { admission } from '../../../lib/roles/admission';

const none: PresentObjects = { get: () => undefined, list: () => [] };
const admitted = admission(new LiveSettings(defaultServingConfig));
const admit = (object: KubeObject, old: KubeObject | undefined, operation: 'create' | 'update', user: string | undefined) =>
  admitted(object, old, operation, user, none);

const service = (image: string, annotations?: Record<string, string>): KubeObject => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name: 'hello', namespace: 'default', ...(annotations ? { annotations } : {}) },
  spec: { template: { spec: { containers: [{ image: `example.com/app-${image}` }] } } },
});

const CREATOR = 'serving.knative.dev/creator';
const MODIFIER = 'serving.knative.dev/lastModifier';

test('who creates a service is noted, and who changes its spec, whatever the client says of itself', () => {
  const created = admit(service('a', { [CREATOR]: 'mallory' }), undefined, 'create', 'ann');
  expect(created.metadata.annotations).toEqual({ [CREATOR]: 'ann', [MODIFIER]: 'ann' });
  const changed = admit(service('b', { [CREATOR]: 'ann', [MODIFIER]: 'ann' }), created, 'update', 'bob');
  expect(changed.metadata.annotations).toEqual({ [CREATOR]: 'ann', [MODIFIER]: 'bob' });
  const same = admit(service('b', { [CREATOR]: 'ann', [MODIFIER]: 'bob' }), changed, 'update', 'carol');
  expect(same.metadata.annotations).toEqual({ [CREATOR]: 'ann', [MODIFIER]: 'bob' });
});

test('the creator cannot be taken away', () => {
  const created = admit(service('a'), undefined, 'create', 'ann');
  expect(() => admit(service('b'), created, 'update', 'bob')).toThrow(
    'validation failed: annotation value is immutable: metadata.annotations.serving.knative.dev/creator',
  );
});

test('nothing is noted of what controllers write, of what a service owns, and of other kinds', () => {
  expect(admit(service('a'), undefined, 'create', undefined).metadata.annotations).toBeUndefined();
  const owner = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello', uid: '1', controller: true };
  const { metadata, spec } = service('a');
  const owned = { ...service('a'), kind: 'Configuration', metadata: { ...metadata, ownerReferences: [owner] }, spec };
  expect(admit(owned, undefined, 'create', 'ann').metadata.annotations).toBeUndefined();
  const other: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'default' } };
  expect(admit(other, undefined, 'create', 'ann').metadata.annotations).toBeUndefined();
});

describe('objects of Eventing', () => {
  const GROUP = 'eventing.knative.dev';
  const broker = (spec?: object, annotations?: Record<string, string>): KubeObject => ({
    apiVersion: `${GROUP}/v1`,
    kind: 'Broker',
    metadata: { name: 'orders', namespace: 'shop', ...(annotations ? { annotations } : {}) },
    ...(spec ? { spec } : {}),
  });
  const map = (name: string, data: Record<string, string>, resourceVersion: string): Stored<ConfigMap> => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'knative-eventing', uid: name, resourceVersion, generation: 1, creationTimestamp: '' },
    data,
  });
  const present = (...maps: readonly Stored<ConfigMap>[]): PresentObjects => ({
    get: () => undefined,
    list: () => maps as never,
  });

  test('get their defaults, and say who made them and changed their spec', () => {
    const created = admit(broker(), undefined, 'create', 'ann');
    expect(created).toEqual({
      ...broker(),
      metadata: {
        ...{ name: 'orders', namespace: 'shop' },
        annotations: {
          [`${GROUP}/broker.class`]: 'MTChannelBasedBroker',
          [`${GROUP}/creator`]: 'ann',
          [`${GROUP}/lastModifier`]: 'ann',
        },
      },
      spec: {
        config: { apiVersion: 'v1', kind: 'ConfigMap', name: 'config-br-default-channel', namespace: 'knative-eventing' },
        delivery: { retry: 10, backoffPolicy: 'exponential', backoffDelay: 'PT0.2S' },
      },
    });
    expect(admit(created, created, 'update', 'bob')).toEqual(created);
    expect(admit(broker(undefined, created.metadata.annotations), created, 'update', 'bob')).toEqual(created);
    const changed = admit(broker({ delivery: { retry: 1 } }, created.metadata.annotations), created, 'update', 'bob');
    expect(changed.metadata.annotations).toMatchObject({ [`${GROUP}/creator`]: 'ann', [`${GROUP}/lastModifier`]: 'bob' });
  });

  test.each<[string, string, object, object]>([
    ['messaging.knative.dev/v1', 'Channel', {}, { channelTemplate: { kind: 'InMemoryChannel' } }],
    ['sources.knative.dev/v1', 'PingSource', { sink: { uri: 'http://e.com' } }, { schedule: '* * * * *' }],
    [
      'flows.knative.dev/v1',
      'Sequence',
      { steps: [{ ref: { apiVersion: 'v1', kind: 'Service', name: 'a' } }] },
      { steps: [{ ref: { namespace: 'shop' } }], channelTemplate: { kind: 'InMemoryChannel' } },
    ],
  ])('of %s, as a %s, are signed with the name of their group', (apiVersion, kind, spec, defaulted) => {
    const object = { apiVersion, kind, metadata: { name: 'one', namespace: 'shop' }, spec } as KubeObject;
    const created = admit(object, undefined, 'create', 'ann');
    expect(created.spec).toMatchObject(defaulted);
    expect(created.metadata.annotations).toMatchObject({ [`${apiVersion.split('/')[0]}/creator`]: 'ann' });
  });

  test('get the defaults that the ConfigMaps have at this moment, and keep what they were made with', () => {
    const data = { 'default-br-config': 'clusterDefault: {brokerClass: Other, delivery: {retry: 3}}' };
    const made = admitted(broker(), undefined, 'create', undefined, none);
    const other = admitted(broker(), undefined, 'create', undefined, present(map('config-br-defaults', data, '7')));
    expect(other).toMatchObject({
      metadata: { annotations: { [`${GROUP}/broker.class`]: 'Other' } },
      spec: { delivery: { retry: 3 } },
    });
    expect(admitted(made, made, 'update', undefined, present(map('config-br-defaults', data, '7')))).toEqual(made);
    expect(admitted(broker(), undefined, 'create', undefined, none)).toEqual(made);
  });

  test('that are not valid are refused before anything is filled in', () => {
    expect(() => admit(broker({ delivery: 7 }), undefined, 'create', 'ann')).toThrow('validation failed: ');
  });

  test('are served with what holds beside a ConfigMap that cannot be read', () => {
    const broken = map('config-br-defaults', { 'default-br-config': '[' }, '8');
    const sizes = map('config-ping-defaults', { 'data-max-size': '1' }, '9');
    const { eventing } = new LiveSettings(defaultServingConfig).at(present(broken, sizes));
    expect(eventing).toEqual({ ...defaultServingConfig.eventing, pingDataMaxSize: 1 });
  });
});

test('a ConfigMap with a wrong setting is refused in the namespace where it would count', () => {
  const map = (namespace: string): KubeObject =>
    ({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config-ping-defaults', namespace } },
      data: { 'data-max-size': 'much' },
    }) as KubeObject;
  expect(() => admit(map('knative-eventing'), undefined, 'create', 'ann')).toThrow('failed to parse "data-max-size"');
  expect(admit(map('shop'), undefined, 'create', 'ann')).toEqual(map('shop'));
});

test('a policy is refused where policies do not count, but one from before may lose its labels and finalizers', () => {
  const policy: KubeObject = {
    apiVersion: 'eventing.knative.dev/v1alpha1',
    kind: 'EventPolicy',
    metadata: { name: 'shops', namespace: 'default', labels: { a: 'b' } },
    spec: { from: [{ sub: 'shop' }] },
  };
  const refused = 'validation failed: oidc-authentication feature not enabled: spec';
  expect(() => admit(policy, undefined, 'create', 'ann')).toThrow(refused);
  const bare = { ...policy, metadata: { name: 'shops', namespace: 'default' } };
  expect(admit(bare, policy, 'update', undefined).metadata.labels).toBeUndefined();
  expect(() => admit({ ...policy, spec: {} }, policy, 'update', 'ann')).toThrow(refused);
});
