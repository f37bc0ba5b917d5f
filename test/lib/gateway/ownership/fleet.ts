import { allTypes, PodType } from '../../../../lib/api';
import { CountingExecutor, noLog, noMetrics, seededRandom, VirtualClock } from '../../../../lib/base';
import {
  type Asker,
  FunctionTransport,
  Gateway,
  Ownership,
  type PlaceMessage,
  Roster,
  type Standing,
  type View,
} from '../../../../lib/gateway';
import { MemoryCluster } from '../../../../lib/local/cluster';
import { World } from '../world';

/** A gateway gives up what it owns when it has not heard of a leader for so long: before others may take it. */
const FENCE_MS = 20_000;

const refused = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** One gateway of several, with its links. */
class Node {
  readonly ownership: Ownership;
  readonly gateway: Gateway;
  alive = true;
  linked = false;
  ready = true;
  fenceTimer: { cancel(): void } | undefined;
  /** By gateway that was asked. */
  readonly askers = new Map<string, Asker>();

  constructor(
    readonly fleet: Fleet,
    readonly name: string,
    readonly id: string,
    readonly address: string,
  ) {
    const { cluster, clock, executor } = fleet;
    this.ownership = new Ownership(id);
    const peers = { send: (to: { readonly id: string }, message: PlaceMessage) => fleet.tell(this, to.id, message) };
    const transport = new FunctionTransport(
      (host, port, request) => executor.suspended(fleet.dispatch(this, host, port, request)),
      executor,
    );
    this.gateway = new Gateway({
      ...{ cluster, clock, executor, random: seededRandom(3), log: noLog, metrics: noMetrics, transport },
      options: { reporter: name },
      shared: { ownership: this.ownership, peers },
    });
    this.ownership.onStanding(() => {
      const { standing } = this.ownership;
      fleet.later(() => this.linked && fleet.roster?.stands(id, standing));
    });
    this.ownership.onFence(() => {
      const { epoch } = this.ownership.standing;
      fleet.later(() => this.linked && fleet.roster?.fenced(id, epoch));
    });
  }
}

interface Inside {
  readonly node: Node;
  readonly end: (error?: Error) => void;
}

/** Several gateways in one process over one cluster, with a leader that tells them of each other; every message takes a while. */
export class Fleet {
  readonly errors: unknown[] = [];
  readonly executor = new CountingExecutor((error) => this.errors.push(error));
  readonly clock = new VirtualClock(this.executor);
  readonly cluster = new MemoryCluster({ clock: this.clock, random: seededRandom(7), types: allTypes });
  readonly nodes = new Map<string, Node>();
  /** What is inside of each pod now, by its port, which is its own. */
  readonly inside = new Map<number, Set<Inside>>();
  readonly world: World;
  roster: Roster | undefined;
  most = 0;
  served = 0;
  crashes = 0;
  #random: () => number;
  #count = 0;
  #calls = new Map<Node, Set<(error: Error) => void>>();

  constructor(
    seed: number,
    readonly delayMs: number,
    readonly serviceMs = 50,
  ) {
    const random = seededRandom(seed);
    this.#random = () => random.next();
    // It makes the objects, in our cluster.
    this.world = new World();
    Object.assign(this.world, { cluster: this.cluster });
  }

  /** A pod of a revision at an address of its own. Returns its name. */
  async pod(revision: string): Promise<string> {
    const name = await this.world.pod(revision, () => new Response());
    const pod = (await this.cluster.get(PodType, 'default', name))!;
    await this.cluster.updateStatus(PodType, { ...pod, status: { ...pod.status, podIP: `10.2.0.${++this.#count}` } });
    return name;
  }

  /** Calls back after the time that a message takes; messages do not overtake each other. */
  #lastAt = 0;
  later(fn: () => void): void {
    const at = Math.max(this.#lastAt, this.clock.now() + Math.floor(this.#random() * this.delayMs));
    this.#lastAt = at;
    this.clock.after(at - this.clock.now(), fn);
  }

  async join(name = `gateway-${++this.#count}`): Promise<Node> {
    const id = `${name}.${++this.#count}`;
    const node = new Node(this, name, id, `10.1.0.${this.#count}`);
    this.nodes.set(id, node);
    await node.gateway.start();
    this.#podsChanged();
    this.#link(node);
    return node;
  }

  /** Takes no more new requests; what is under way goes on. */
  leave(node: Node): void {
    node.ready = false;
    this.#podsChanged();
  }

  /** Ends at once, with all that goes through it. */
  async crash(node: Node, restart: boolean): Promise<void> {
    node.alive = false;
    this.crashes++;
    this.nodes.delete(node.id);
    for (const [, set] of this.inside) for (const one of [...set]) if (one.node === node) one.end(new Error('reset'));
    for (const fail of this.#calls.get(node) ?? []) fail(new Error('ECONNRESET'));
    for (const other of this.nodes.values()) {
      const asker = node.askers.get(other.id);
      if (asker) this.later(() => other.gateway.giver?.closed(asker));
      this.later(() => other.gateway.asker?.lost(node.id));
    }
    this.#unlink(node);
    void node.gateway.stop();
    if (restart) await this.join(node.name);
    else this.#podsChanged();
  }

  /** The leader does not hear of a gateway, nor the gateway of it. */
  cut(node: Node): void {
    this.#unlink(node);
  }

  mend(node: Node): void {
    if (node.alive && !node.linked) this.#link(node);
  }

  /** Another leads from now on, or nobody. */
  lead(on: boolean): void {
    this.roster?.stop();
    this.roster = undefined;
    for (const node of this.nodes.values()) {
      node.linked = false;
      node.fenceTimer?.cancel();
    }
    if (!on) return;
    const { clock } = this;
    const to = (id: string, use: (node: Node) => void) =>
      this.later(() => {
        const node = this.nodes.get(id);
        if (node?.linked) use(node);
      });
    this.roster = new Roster({
      ...{ clock, log: noLog },
      sendView: (id: string, view: View) => to(id, ({ ownership }) => ownership.setView(view)),
      sendStanding: (id: string, of: string, standing: Standing) => to(id, ({ ownership }) => ownership.learn(of, standing)),
    });
    this.#podsChanged();
    for (const node of this.nodes.values()) this.#link(node);
  }

  /** A message of one gateway to another. */
  tell(from: Node, to: string, message: PlaceMessage): void {
    this.later(() => {
      const node = this.nodes.get(to);
      if (!from.alive) return;
      if (!node) {
        this.clock.after(1000, () => from.alive && from.gateway.asker?.lost(to));
        return;
      }
      const asker = from.askers.get(to) ?? {
        send: (answer: PlaceMessage) =>
          this.later(
            () => from.alive && from.gateway.asker?.receive({ id: to, name: '', address: node.address, since: 0 }, answer),
          ),
      };
      from.askers.set(to, asker);
      node.gateway.giver?.receive(asker, message);
    });
  }

  async dispatch(from: Node, host: string, port: number, request: Request): Promise<Response> {
    const peer = [...this.nodes.values()].find(({ address }) => address === host);
    if (!host.startsWith('10.1.')) return this.#serve(from, port, request);
    if (!peer) throw refused();
    return new Promise((resolve, reject) => {
      const calls = this.#calls.get(peer) ?? new Set();
      this.#calls.set(peer, calls);
      calls.add(reject);
      peer.gateway
        .fetch(request, { visibility: 'internal' })
        .then(resolve, reject)
        .finally(() => calls.delete(reject));
    });
  }

  /** A request through a gateway; rejects if the gateway ends meanwhile. */
  fetch(node: Node, host: string): Promise<Response> {
    return new Promise((resolve, reject) => {
      const calls = this.#calls.get(node) ?? new Set();
      this.#calls.set(node, calls);
      calls.add(reject);
      node.gateway
        .fetch(new Request(`http://${host}/`))
        .then(resolve, reject)
        .finally(() => calls.delete(reject));
    });
  }

  /** Stops everything. */
  async stop(): Promise<void> {
    this.roster?.stop();
    await Promise.all([...this.nodes.values()].map(({ gateway }) => gateway.stop()));
  }

  #serve(node: Node, port: number, request: Request): Promise<Response> {
    const inside = this.inside.get(port) ?? new Set();
    this.inside.set(port, inside);
    return new Promise((resolve, reject) => {
      const timer = this.clock.after(this.serviceMs, () => one.end());
      const one: Inside = {
        node,
        end: (error) => {
          timer.cancel();
          if (!inside.delete(one)) return;
          if (error) reject(error);
          else {
            this.served++;
            resolve(new Response(request.url));
          }
        },
      };
      inside.add(one);
      this.most = Math.max(this.most, inside.size);
    });
  }

  #link(node: Node): void {
    if (!this.roster) return;
    const { roster } = this;
    const { id, name, address } = node;
    const { view, standing, fenced } = node.ownership;
    this.later(() => {
      if (!node.alive || this.roster !== roster) return;
      node.fenceTimer?.cancel();
      node.linked = true;
      roster.linked({ id, name, address, view, fenced, standing });
    });
  }

  #unlink(node: Node): void {
    node.linked = false;
    this.roster?.lost(node.id);
    node.fenceTimer?.cancel();
    node.fenceTimer = this.clock.after(FENCE_MS, () => this.roster && node.ownership.fence());
  }

  #podsChanged(): void {
    const pods = [...this.nodes.values()].map(({ name, ready }) => ({ name, ready }));
    this.later(() => this.roster?.setPods(pods));
  }
}
