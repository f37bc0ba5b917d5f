import {
  BrokerType,
  ChannelType,
  childName,
  type EventPolicy,
  EventPolicyType,
  InMemoryChannelType,
  K8sServiceType,
  type KubeObject,
  ParallelType,
  type ResourceType,
  SequenceType,
  ServiceAccountType,
  SubscriptionType,
  TriggerType,
} from '../../../../lib/api';
import { summary } from '../support/objects';
import { EventingWorld } from './support/eventing-world';
import { config, withOidc } from './support/objects';

const named = (apiVersion: string, kind: string, name: string, spec: object = {}): KubeObject =>
  ({ apiVersion, kind, metadata: { name, namespace: 'default' }, spec }) as KubeObject;
const to = (kind: string, name: string, apiVersion = 'v1') => ({ ref: { apiVersion, kind, name } });
const sink = named('v1', 'Service', 'sink', { ports: [{ port: 80 }] });
const policy = (name: string, spec: EventPolicy['spec']) => named('eventing.knative.dev/v1alpha1', 'EventPolicy', name, spec);
const shop = { sub: 'system:serviceaccount:default:shop' };

async function start(settings = withOidc): Promise<EventingWorld> {
  const world = await new EventingWorld({ config: settings }).start();
  await world.create(K8sServiceType, sink);
  return world;
}

/** What policies say, by name: whom they are about, and who may send. */
async function policies(world: EventingWorld): Promise<Record<string, readonly unknown[]>> {
  const all = (await world.list(EventPolicyType)) as EventPolicy[];
  return Object.fromEntries(
    all.map(({ metadata, spec, status }) => [
      metadata.name,
      [spec?.to?.map(({ ref }) => `${ref?.kind} ${ref?.name}`).join() ?? 'all', status?.from ?? []],
    ]),
  );
}

async function statusOf(world: EventingWorld, type: ResourceType, name: string) {
  const { status } = (await world.get(type, name)) as KubeObject;
  return status as {
    readonly policies?: readonly { readonly name: string }[];
    readonly address?: { readonly audience?: string };
  };
}

const subscription = (name: string) =>
  `system:serviceaccount:default:${childName(name, '-oidc-messaging.knative.dev-Subscription').toLowerCase()}`;

describe('where senders prove who they are', () => {
  it('a sequence lets into each channel but the first its own subscriptions alone, and into the first who may send to it', async () => {
    const world = await start();
    await world.create(
      EventPolicyType,
      policy('shops', { to: [to('Sequence', 'fulfil', 'flows.knative.dev/v1')], from: [shop] }),
    );
    const steps = [to('Service', 'sink'), to('Service', 'sink'), to('Service', 'sink')];
    await world.create(SequenceType, named('flows.knative.dev/v1', 'Sequence', 'fulfil', { steps }));
    expect(await world.ready(SequenceType, 'fulfil')).toBe('True');
    expect(await policies(world)).toEqual({
      shops: ['Sequence fulfil', [shop.sub]],
      'fulfil-shops': ['InMemoryChannel fulfil-kn-sequence-0', [shop.sub]],
      'fulfil-fulfil-kn-sequence-1': ['InMemoryChannel fulfil-kn-sequence-1', [subscription('fulfil-kn-sequence-0')]],
      'fulfil-fulfil-kn-sequence-2': ['InMemoryChannel fulfil-kn-sequence-2', [subscription('fulfil-kn-sequence-1')]],
    });
    const { policies: applied, address } = await statusOf(world, SequenceType, 'fulfil');
    expect(applied?.map(({ name }) => name)).toEqual(['shops']);
    expect(address?.audience).toBe('messaging.knative.dev/inmemorychannel/default/fulfil-kn-sequence-0');

    await world.remove(EventPolicyType, 'shops');
    expect(Object.keys(await policies(world))).toEqual(['fulfil-fulfil-kn-sequence-1', 'fulfil-fulfil-kn-sequence-2']);
    await world.remove(SequenceType, 'fulfil');
    expect(await policies(world)).toEqual({});
  });

  it('a parallel lets into the channel of each branch the subscription to its filter alone', async () => {
    const world = await start();
    await world.create(EventPolicyType, policy('shops', { to: [to('Parallel', 'fan', 'flows.knative.dev/v1')], from: [shop] }));
    const branches = [{ subscriber: to('Service', 'sink') }, { subscriber: to('Service', 'sink') }];
    await world.create(ParallelType, named('flows.knative.dev/v1', 'Parallel', 'fan', { branches }));
    expect(await world.ready(ParallelType, 'fan')).toBe('True');
    expect(await policies(world)).toEqual({
      shops: ['Parallel fan', [shop.sub]],
      'fan-ep-shops': ['InMemoryChannel fan-kn-parallel', [shop.sub]],
      'fan-ep-fan-kn-parallel-0': ['InMemoryChannel fan-kn-parallel-0', [subscription('fan-kn-parallel-filter-0')]],
      'fan-ep-fan-kn-parallel-1': ['InMemoryChannel fan-kn-parallel-1', [subscription('fan-kn-parallel-filter-1')]],
    });
  });

  it('who may send to a Channel may send to the one behind it', async () => {
    const world = await start();
    const filters = [{ exact: { type: 'news' } }];
    await world.create(
      EventPolicyType,
      policy('shops', { to: [to('Channel', 'news', 'messaging.knative.dev/v1')], from: [shop], filters }),
    );
    await world.create(ChannelType, named('messaging.knative.dev/v1', 'Channel', 'news'));
    expect(await world.ready(ChannelType, 'news')).toBe('True');
    expect(await policies(world)).toMatchObject({ 'shops-news': ['InMemoryChannel news', [shop.sub]] });
    expect((await world.get(EventPolicyType, 'shops-news')) as EventPolicy).toMatchObject({ spec: { filters } });
    expect((await statusOf(world, InMemoryChannelType, 'news')).policies?.map(({ name }) => name)).toEqual(['shops-news']);
    expect((await statusOf(world, ChannelType, 'news')).address?.audience).toBe(
      'messaging.knative.dev/inmemorychannel/default/news',
    );
    await world.remove(EventPolicyType, 'shops');
    expect(await policies(world)).toEqual({});
  });

  it('a receiver is not ready while one of its policies is not', async () => {
    const world = await start();
    const from = [{ ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Trigger', name: 'paid', namespace: 'default' } }];
    await world.create(EventPolicyType, policy('late', { from }));
    await world.create(EventPolicyType, policy('shops', { from: [shop] }));
    await world.create(BrokerType, named('eventing.knative.dev/v1', 'Broker', 'orders'));
    expect(await world.ready(BrokerType, 'orders')).toBe('False/EventPoliciesNotReady: event policies late are not ready');
    expect((await statusOf(world, BrokerType, 'orders')).policies?.map(({ name }) => name)).toEqual(['shops']);
    const spec = { broker: 'orders', subscriber: to('Service', 'sink') };
    await world.create(TriggerType, named('eventing.knative.dev/v1', 'Trigger', 'paid', spec));
    expect(await world.ready(BrokerType, 'orders')).toBe('True');
    expect(await policies(world)).toMatchObject({
      late: ['all', ['system:serviceaccount:default:paid-oidc-eventing.knative.dev-trigger']],
    });
  });

  it('a service account of the same name that somebody else has made is not used', async () => {
    const world = await start();
    const name = 'paid-oidc-eventing.knative.dev-trigger';
    await world.create(ServiceAccountType, named('v1', 'ServiceAccount', name));
    await world.create(BrokerType, named('eventing.knative.dev/v1', 'Broker', 'orders'));
    const spec = { broker: 'orders', subscriber: to('Service', 'sink') };
    await world.create(TriggerType, named('eventing.knative.dev/v1', 'Trigger', 'paid', spec));
    expect(await world.ready(TriggerType, 'paid')).toBe(
      `False/Unable to resolve service account for OIDC authentication: service account ${name} not owned by Trigger paid`,
    );
  });

  it('all of it goes when the feature is switched off, and what was ready stays ready', async () => {
    const world = await start();
    await world.create(EventPolicyType, policy('shops', { from: [shop] }));
    await world.create(BrokerType, named('eventing.knative.dev/v1', 'Broker', 'orders'));
    await world.create(
      SequenceType,
      named('flows.knative.dev/v1', 'Sequence', 'fulfil', { steps: [to('Service', 'sink'), to('Service', 'sink')] }),
    );
    expect((await world.list(ServiceAccountType)).length).toBe(2);
    world.engine.setConfig(config);
    await world.settle();
    expect(await world.list(ServiceAccountType)).toEqual([]);
    expect(Object.keys(await policies(world))).toEqual(['shops']);
    expect(await world.ready(EventPolicyType, 'shops')).toBe('False/OIDCAuthenticationDisabled');
    expect(await world.ready(BrokerType, 'orders')).toBe('True');
    expect(await statusOf(world, BrokerType, 'orders')).not.toHaveProperty('policies');
    expect((await statusOf(world, BrokerType, 'orders')).address).not.toHaveProperty('audience');
    const { status } = (await world.get(SubscriptionType, 'fulfil-kn-sequence-0')) as KubeObject;
    expect(status).not.toHaveProperty('auth');
    expect(summary(status as never).OIDCIdentityCreated).toBe('True/authentication-oidc feature disabled');
  });
});
