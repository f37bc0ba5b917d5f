import {
  allTypes,
  INSTALLATION,
  type Lease,
  LeaseType,
  NamespaceType,
  type Pod,
  PodType,
  WORKLOAD_LABEL,
} from '../../../../lib/api';
import { CountingExecutor, noLog, seededRandom, VirtualClock } from '../../../../lib/base';
import { type Gateway, Ownership, type View } from '../../../../lib/gateway';
import type { Cluster } from '../../../../lib/kube';
import { MemoryCluster } from '../../../../lib/local/cluster';
import { DataPlaneEnd, GatewayLease, LeaderLink, type LeaderLinkOptions } from '../../../../lib/roles/link';
import type { LinkChannel, LinkHandler } from '../../../../lib/roles/link/link-channel';

const { servingNamespace, gateway: GATEWAY, lease: LEASE } = INSTALLATION;
/** How long each message takes, in milliseconds. */
const DELAY = 50;

/** A gateway with its end of links. */
class Node {
  readonly ownership: Ownership;
  readonly lease: GatewayLease;
  readonly end: DataPlaneEnd;

  constructor(
    readonly name: string,
    world: World,
  ) {
    const { cluster, clock, executor } = world;
    this.ownership = new Ownership(`${name}.1`);
    const { ownership } = this;
    this.lease = new GatewayLease({ cluster, clock, executor, ownership });
    this.end = new DataPlaneEnd({
      ...{ clock, log: noLog, role: 'gateway', id: ownership.id, name, answerers: [] },
      gateway: { gateway: { onStats() {} } as unknown as Gateway, ownership, lease: this.lease },
    });
  }
}

/** Gateways, and leaders that dial them over links in memory, in virtual time. */
class World {
  readonly executor = new CountingExecutor((error) => {
    throw error;
  });
  readonly clock = new VirtualClock(this.executor);
  readonly cluster = new MemoryCluster({ clock: this.clock, random: seededRandom(1), types: [...allTypes, LeaseType] });
  readonly nodes = new Map<string, Node>();
  #ips = 0;

  async namespace(): Promise<void> {
    await this.cluster.create(NamespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: servingNamespace } });
    await this.cluster.create<Lease>(LeaseType, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace: servingNamespace, name: LEASE },
      spec: { holderIdentity: 'controller-1', renewTime: '0' },
    });
  }

  async gateway(name: string): Promise<Node> {
    const pod = await this.cluster.create<Pod>(PodType, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: servingNamespace, name, labels: { [WORKLOAD_LABEL]: GATEWAY } },
      spec: { containers: [] },
    });
    const podIP = `10.0.0.${++this.#ips}`;
    const conditions = [{ type: 'Ready', status: 'True' as const }];
    await this.cluster.updateStatus<Pod>(PodType, { ...pod, status: { phase: 'Running', podIP, conditions } });
    const node = new Node(name, this);
    this.nodes.set(podIP, node);
    return node;
  }

  /** Somebody leads and renews the lease, as it does every five seconds. */
  async renewLease(): Promise<void> {
    const spec = { holderIdentity: 'controller-2', renewTime: String(this.clock.now()) };
    await this.cluster.patch(LeaseType, servingNamespace, LEASE, 'merge', { spec });
  }

  async lead(): Promise<LeaderLink> {
    const { cluster, clock } = this;
    const leader = new LeaderLink({
      ...{ cluster, clock, random: seededRandom(2), log: noLog, name: 'controller-2', token: () => '', internalPort: 8081 },
      ...{ eventing: false, onStats() {}, onHearing() {} },
      dial: (options) => this.#dial(options),
    });
    await leader.start();
    return leader;
  }

  /** The gateway lets the leader in, and greets it, at once; each message comes as late as the one before it. */
  #dial({ host, accept }: Parameters<NonNullable<LeaderLinkOptions['dial']>>[0]): { hurry(): void; stop(): void } {
    const { clock } = this;
    const node = this.nodes.get(host)!;
    let ends: { readonly leader: LinkHandler; readonly gateway: LinkHandler } | undefined;
    const to = (end: 'leader' | 'gateway'): LinkChannel => ({
      send: (message) => void clock.after(DELAY, () => ends?.[end].message(JSON.parse(JSON.stringify(message)))),
      close() {},
    });
    clock.after(0, () => {
      const gateway = node.end.accept('controller', to('leader'));
      ends = { gateway, leader: accept(to('gateway')) };
    });
    return {
      hurry() {},
      stop() {
        const { leader, gateway } = ends ?? {};
        ends = undefined;
        gateway?.closed('');
        leader?.closed('');
      },
    };
  }
}

const viewOf = (nodes: readonly Node[], epoch: number): View => {
  const present = nodes.map(({ ownership: { id }, name }) => ({ id, name }));
  return { epoch, present, members: present.map((one) => ({ ...one, address: '', since: 1 })) };
};
const PODS = Array.from({ length: 20 }, (_, i) => `uid-${i}`);

describe('a new leader and its gateways', () => {
  test('a gateway that gives up what it has just as the leader dials has it back by itself', async () => {
    const world = new World();
    await world.namespace();
    const nodes = [await world.gateway('a')];
    const [{ ownership }] = nodes as [Node];
    ownership.setView(viewOf(nodes, 1));
    expect(ownership.admits('uid-1')).toBe(true);
    const leader = await world.lead();
    // It has greeted the leader, which has not answered.
    await world.clock.advance(DELAY / 2);
    ownership.fence();
    expect(ownership.admits('uid-1')).toBe(false);
    await world.clock.advance(5 * DELAY);
    expect([ownership.fenced, ownership.admits('uid-1')]).toEqual([false, true]);
    leader.stop();
    for (const { lease } of nodes) lease.stop();
  });

  test('a gateway whose lease ends while it is led has it back, too, and the others wait for it', async () => {
    const world = new World();
    await world.namespace();
    const nodes = [await world.gateway('a'), await world.gateway('b')];
    const [a, b] = nodes as [Node, Node];
    const leader = await world.lead();
    await world.clock.advance(1000);
    const own = PODS.filter((pod) => a.ownership.admits(pod));
    expect(own.length).toBeGreaterThan(3);
    const { epoch } = a.ownership.view!;
    a.ownership.fence();
    expect(own.some((pod) => a.ownership.admits(pod))).toBe(false);
    await world.clock.advance(1000);
    expect(a.ownership.view!.epoch).toBeGreaterThan(epoch);
    expect(a.ownership.view!.members.find(({ name }) => name === 'a')!.since).toBe(a.ownership.view!.epoch);
    expect(PODS.filter((pod) => a.ownership.admits(pod))).toEqual(own);
    expect(PODS.filter((pod) => b.ownership.admits(pod))).toEqual(PODS.filter((pod) => !own.includes(pod)));
    leader.stop();
    for (const { lease } of nodes) lease.stop();
  });

  test('what leaves a pod between greeting and answer is told, so that its owner does not wait for ever', async () => {
    const world = new World();
    await world.namespace();
    const nodes = [await world.gateway('a'), await world.gateway('b')];
    const [a, b] = nodes as [Node, Node];
    for (const { ownership } of nodes) ownership.setView(viewOf(nodes, 1));
    const pod = PODS.find((one) => b.ownership.ownerOf(one)?.name === 'b')!;
    a.ownership.enter(pod);
    const leader = await world.lead();
    await world.clock.advance(DELAY / 2);
    a.ownership.leave(pod);
    await world.clock.advance(5 * DELAY);
    expect(b.ownership.admits(pod)).toBe(true);
    leader.stop();
    for (const { lease } of nodes) lease.stop();
  });
});

describe('the lease of a gateway', () => {
  test('does not end by what was asked before it was renewed', async () => {
    const world = new World();
    await world.namespace();
    const [node] = [await world.gateway('a')];
    const { ownership } = node;
    ownership.setView(viewOf([node], 1));
    const { cluster, clock, executor } = world;
    const slow: Pick<Cluster, 'get'> = {
      get: async (type, namespace, name) => {
        await clock.sleep(3000);
        return cluster.get(type, namespace, name);
      },
    };
    const lease = new GatewayLease({ cluster: slow as Cluster, clock, executor, ownership });
    lease.renewed(lease.ask());
    // It has ended at 10 s; who leads is asked, and answers before that is known.
    await clock.advance(11_000);
    lease.renewed(lease.ask());
    await clock.advance(3000);
    await world.renewLease();
    // It ends again at 21 s. One look tells nothing: it takes two, between which somebody has renewed.
    await clock.advance(11_000);
    expect(ownership.fenced).toBe(false);
    await world.renewLease();
    await clock.advance(4000);
    expect(ownership.fenced).toBe(true);
    lease.stop();
  });
});
