import {
  type ApiServerSource,
  ApiServerSourceType,
  allTypes,
  type ConfigMap,
  ConfigMapType,
  type KubeObject,
  type ResourceType,
  resourceType,
  type Stored,
} from '../../../../lib/api';
import { CountingExecutor, noLog, seededRandom, VirtualClock } from '../../../../lib/base';
import { Deliverer, type EventMessage, Journal, SourceSender } from '../../../../lib/eventing';
import { type AccountCluster, type Cluster, ClusterError } from '../../../../lib/kube';
import { MemoryCluster } from '../../../../lib/local';
import { localServingConfig } from '../../../../lib/roles';
import { ApiServerSources } from '../../../../lib/roles/eventing/api-server-sources';
import { EventingAnswers } from '../../../../lib/roles/eventing/eventing-answers';

const WidgetType = resourceType('shop.example.com/v1', 'Widget', 'widgets');
const HELD = ['SinkProvided', 'Deployed', 'SufficientPermissions', 'OIDCIdentityCreated', 'Ready'];

/** A cluster of which the process may read ApiServerSources alone, and each service account what is said here. */
async function world(rights: Record<string, readonly string[]> = {}, kinds?: Cluster['kinds']) {
  const errors: unknown[] = [];
  const executor = new CountingExecutor((error) => errors.push(error));
  const clock = new VirtualClock(executor);
  const random = seededRandom(1);
  const memory = new MemoryCluster({ clock, random, types: [...allTypes, WidgetType] });
  const seen = (user: string, may: readonly string[]): Cluster => {
    const checked = (type: ResourceType) => {
      if (!may.includes(type.plural)) throw new ClusterError('Forbidden', `${type.plural} is forbidden: User "${user}" cannot`);
    };
    return Object.assign(Object.create(memory) as Cluster, {
      list: async (...args: Parameters<Cluster['list']>) => {
        checked(args[0]);
        return memory.list(...args);
      },
      watch: (type: ResourceType<KubeObject>, ...rest: [never, never]) => {
        checked(type);
        return memory.watch(type, ...rest);
      },
    });
  };
  const sent: EventMessage[] = [];
  const send = async (_to: unknown, message: EventMessage) => {
    sent.push(message);
    return { status: 202, headers: {}, body: Buffer.alloc(0) };
  };
  const asked: string[] = [];
  const closed: string[] = [];
  const answers = new EventingAnswers();
  const sources = new ApiServerSources({
    ...{ clock, executor, random, log: noLog, answers, config: () => localServingConfig },
    cluster: Object.assign(seen('process', ['apiserversources']), kinds ? { kinds } : {}),
    accounts: {
      issue: () => Promise.reject(new Error('no token is asked for here')),
      verify: () => ({ problem: 'none' }),
      as: (account): AccountCluster => {
        asked.push(account);
        return { cluster: seen(account, rights[account] ?? []), close: async () => void closed.push(account) };
      },
    },
    sender: new SourceSender({
      executor,
      random,
      journal: new Journal(clock),
      deliverer: new Deliverer({ clock, sender: { send } }),
    }),
  });
  await sources.start();
  const make = async (name: string, spec: Partial<ApiServerSource['spec']> = {}, annotations: Record<string, string> = {}) => {
    const made = await memory.create<ApiServerSource>(ApiServerSourceType, {
      ...{ apiVersion: 'sources.knative.dev/v1', kind: 'ApiServerSource', metadata: { name, namespace: 'shop', annotations } },
      spec: {
        sink: { uri: 'http://sink.shop.svc.cluster.local' },
        mode: 'Resource',
        resources: [{ apiVersion: 'v1', kind: 'ConfigMap' }],
        ...spec,
      },
    });
    return resolve(made);
  };
  /** As the controller does once the sink is there and the rights are enough, or are not to be looked at. */
  const resolve = async (made: Stored<ApiServerSource>) => {
    const present = await memory.get(ApiServerSourceType, 'shop', made.metadata.name);
    const conditions = HELD.map((type) => ({ type, status: 'True' }));
    const { generation } = present!.metadata;
    const sinkUri = 'http://sink.shop.svc.cluster.local/';
    await memory.updateStatus(ApiServerSourceType, {
      ...present!,
      status: { observedGeneration: generation, conditions, sinkUri, namespaces: ['shop'] },
    } as ApiServerSource);
    await clock.settle();
    return present!;
  };
  const told = new Map<string, unknown>();
  const ask = (name: string) =>
    answers.ask({ topic: 'eventing', key: `api-server-source/shop/${name}`, input: {} }, (key, value) =>
      told.set(key.split('/')[2]!, value),
    );
  const config = async (name: string) => {
    await memory.create<ConfigMap>(ConfigMapType, {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data: { secret: name } },
    });
    await clock.settle();
  };
  const names = () => sent.map(({ headers }) => headers['ce-name']);
  return { memory, clock, sources, make, resolve, ask, told, config, names, asked, closed, errors };
}

describe('ApiServerSources', () => {
  test('tell of kinds that only the cluster knows, also of those whose definition comes later', async () => {
    let served: readonly ResourceType[] = [];
    const asked: string[] = [];
    const { make, memory, clock, names, ask, told, sources } = await world(
      { 'shop/default': ['widgets'] },
      async (apiVersion) => {
        asked.push(apiVersion);
        return served;
      },
    );
    await make('widgets', { resources: [{ apiVersion: 'shop.example.com/v1', kind: 'Widget' }] });
    ask('widgets');
    expect(told.get('widgets')).toMatchObject({ problem: 'no kind Widget in version shop.example.com/v1 is served here' });
    served = [WidgetType];
    await clock.advance(30_000);
    expect(told.get('widgets')).toEqual({ generation: 1, source: 'https://kubernetes.default.svc' });
    const metadata = { name: 'w', namespace: 'shop' };
    await memory.create(WidgetType, { apiVersion: 'shop.example.com/v1', kind: 'Widget', metadata });
    await clock.settle();
    expect(names()).toEqual(['w']);
    await clock.advance(300_000);
    expect(asked).toHaveLength(2);
    await sources.stop();
  });

  test('a cluster that cannot be asked for its kinds is asked again', async () => {
    const { make, clock, ask, told } = await world(
      { 'shop/default': ['widgets'] },
      jest.fn().mockRejectedValueOnce(new ClusterError('Unavailable', 'the server is not there')).mockResolvedValue([WidgetType]),
    );
    await make('widgets', { resources: [{ apiVersion: 'shop.example.com/v1', kind: 'Widget' }] });
    ask('widgets');
    await clock.advance(30_000);
    expect(told.get('widgets')).toMatchObject({ generation: 1 });
    expect(told.get('widgets')).not.toHaveProperty('problem');
  });

  test('tell what their own service account may read, each its own', async () => {
    const { make, config, names, asked, errors } = await world({ 'shop/reader': ['configmaps'], 'shop/other': ['configmaps'] });
    await make('one', { serviceAccountName: 'reader' });
    await make('two', { serviceAccountName: 'reader' });
    await make('three', { serviceAccountName: 'other' });
    await config('a');
    expect(names()).toEqual(['a', 'a', 'a']);
    // One connection for each account.
    expect(asked).toEqual(['shop/reader', 'shop/other']);
    expect(errors).toEqual([]);
  });

  test('tell nothing that their account may not read, though rights are said to be enough', async () => {
    const { make, config, names, ask, told } = await world();
    // Whoever makes a source says that its rights are not to be checked.
    await make('nosy', {}, { 'features.knative.dev/apiserversource-skip-permissions-check': 'true' });
    ask('nosy');
    await config('a');
    expect(names()).toEqual([]);
    expect(told.get('nosy')).toEqual({
      ...{ generation: 1, source: 'https://kubernetes.default.svc', forbidden: true },
      problem: 'cannot watch configmaps in namespace shop: configmaps is forbidden: User "shop/default" cannot',
    });
  });

  test('look as the account of their own namespace, whatever the name says', async () => {
    const { make, asked, config, names } = await world({ 'kube-system/admin': ['configmaps'] });
    await make('nosy', { serviceAccountName: '../kube-system/admin' });
    await config('a');
    expect([asked, names()]).toEqual([['shop/../kube-system/admin'], []]);
  });

  test('look as another account from when they name it, and connections that nobody needs end', async () => {
    const { memory, make, resolve, config, names, asked, closed, sources } = await world({ 'shop/reader': ['configmaps'] });
    const made = await make('one', { serviceAccountName: 'reader' });
    await config('a');
    await memory.patch(ApiServerSourceType, 'shop', 'one', 'merge', { spec: { serviceAccountName: 'default' } });
    await resolve(made);
    await config('b');
    expect([names(), asked, closed]).toEqual([['a'], ['shop/reader', 'shop/default'], ['shop/reader']]);
    await memory.delete(ApiServerSourceType, 'shop', 'one');
    await sources.stop();
    expect(closed).toEqual(['shop/reader', 'shop/default']);
  });
});
