import { INSTALLATION, isPodReady, type Pod, PodType, RUNTIME_PORTS, type Stored, WORKLOAD_LABEL } from '../../api';
import type { Clock, Log, Random } from '../../base';
import { type Answerer, GatewayAddresses, TOKEN_SECRET_TOPIC } from '../../control';
import { Roster, type Stat } from '../../gateway';
import { type Cluster, Informer } from '../../kube';
import { EventingAnswersByPart } from './eventing-answers-by-part';
import { type FleetAnswers, GatewayFleetAnswers, PartAnswers } from './fleet-answers';
import type { LinkChannel, LinkHandler } from './link-channel';
import { LinkDialer, type LinkDialerOptions } from './link-dialer';
import { LINK_VERSION, type LinkHello, type LinkMessage, type LinkRole } from './link-message';

const { servingNamespace, eventingNamespace, gateway, eventing, source } = INSTALLATION;

export interface LeaderLinkOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Whether there are brokers and sources to be followed. @default true */
  readonly eventing?: boolean;
  /** Name of this pod. */
  readonly name: string;
  /** By which we prove who we are. */
  readonly token: () => string;
  /** Told what gateways have seen. */
  readonly onStats: (stats: readonly Stat[]) => void;
  /** Told whether every gateway that takes requests is heard. */
  readonly onHearing: (all: boolean) => void;
  /** Port of gateways for requests by cluster-local names. */
  readonly internalPort: number;
  /** @default the same for all */
  readonly portOf?: (pod: Stored<Pod>) => number;
  /** @default over the network */
  readonly dial?: (options: LinkDialerOptions) => Dialer;
}

/** Keeps up a link. */
export type Dialer = Pick<LinkDialer, 'hurry' | 'stop'>;

const overNetwork = (options: LinkDialerOptions): Dialer => new LinkDialer(options);

/** A pod of the data plane. */
interface Part {
  pod: Stored<Pod>;
  readonly role: Exclude<LinkRole, 'controller'>;
  readonly dialer: Dialer;
  channel: LinkChannel | undefined;
  hello: LinkHello | undefined;
}

/** The link of the leading controller to gateways, brokers and sources: it finds their pods, dials each, and speaks for all of them to the plans. */
export class LeaderLink {
  /** For the engine. */
  readonly answerers: readonly Answerer[];
  readonly #addresses = new GatewayAddresses();
  readonly #gateways = new GatewayFleetAnswers();
  readonly #events = new EventingAnswersByPart();
  readonly #tokens = new PartAnswers(TOKEN_SECRET_TOPIC);
  readonly #roster: Roster;
  readonly #parts = new Map<string, Part>();
  readonly #informers: readonly Informer<Pod>[];
  /** Up to where the reports of each gateway are known, by its id. */
  readonly #heard = new Map<string, number>();
  #started = false;
  #stopped = false;

  constructor(private readonly options: LeaderLinkOptions) {
    const { cluster, clock, log, eventing: events = true } = options;
    this.answerers = [this.#addresses, this.#gateways, this.#events, this.#tokens];
    this.#roster = new Roster({
      ...{ clock, log },
      sendView: (id, view) => this.#to(id)?.send({ type: 'view', view }),
      sendStanding: (id, of, standing) => this.#to(id)?.send({ type: 'standing', of, standing }),
    });
    const follow = (namespace: string, name: string, role: Part['role']) => {
      const informer = new Informer(cluster, PodType, clock, log, { namespace, labelSelector: `${WORKLOAD_LABEL}=${name}` });
      informer.onChange(({ previous, next }) => this.#changed((next ?? previous)!, next, role));
      return informer;
    };
    this.#informers = [
      follow(servingNamespace, gateway, 'gateway'),
      ...(events ? [follow(eventingNamespace, eventing, 'eventing'), follow(eventingNamespace, source, 'source')] : []),
    ];
  }

  /** Resolves once the pods are known; links come about by and by. */
  async start(): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.start()));
    if (this.#stopped) return;
    this.#started = true;
    this.#look();
  }

  stop(): void {
    this.#stopped = true;
    // First: as links end one by one, nobody is told of it over those that are left.
    this.#roster.stop();
    for (const informer of this.#informers) informer.stop();
    for (const part of this.#parts.values()) part.dialer.stop();
  }

  #to(id: string): LinkChannel | undefined {
    for (const { hello, channel } of this.#parts.values()) if (hello?.id === id) return channel;
    return undefined;
  }

  #changed(changed: Stored<Pod>, next: Stored<Pod> | undefined, role: Part['role']): void {
    const { uid } = changed.metadata;
    const known = this.#parts.get(uid);
    const phase = next?.status?.phase;
    const over = phase === 'Succeeded' || phase === 'Failed';
    const ip = over ? undefined : next?.status?.podIP;
    if (known && (ip === undefined || ip !== known.pod.status?.podIP)) {
      this.#parts.delete(uid);
      known.dialer.stop();
    }
    if (next && ip !== undefined) {
      const part = this.#parts.get(uid) ?? this.#dial(next, ip, role);
      if (!isPodReady(part.pod) && isPodReady(next)) part.dialer.hurry();
      part.pod = next;
    }
    if (this.#started) this.#look();
  }

  #dial(pod: Stored<Pod>, host: string, role: Part['role']): Part {
    const { clock, random, log, token, portOf = () => RUNTIME_PORTS.link, dial = overNetwork } = this.options;
    const part: Part = {
      ...{ pod, role, channel: undefined, hello: undefined },
      dialer: dial({
        ...{ clock, random, log, token, host, port: portOf(pod) },
        accept: (channel) => this.#accept(part, channel),
      }),
    };
    this.#parts.set(pod.metadata.uid, part);
    return part;
  }

  #accept(part: Part, channel: LinkChannel): LinkHandler {
    return {
      message: (message) => {
        if (message.type === 'hello') this.#greeted(part, channel, message);
        else if (part.hello) this.#said(part, part.hello, channel, message);
        else throw new Error('a message before the first');
      },
      closed: () => {
        const { hello } = part;
        part.channel = undefined;
        part.hello = undefined;
        for (const answers of this.#answersOf(part)) answers.setChannel(part.pod.metadata.name, undefined);
        if (hello && part.role === 'gateway') this.#roster.lost(hello.id);
        this.#hearing();
      },
    };
  }

  #greeted(part: Part, channel: LinkChannel, hello: LinkHello): void {
    const { role, pod } = part;
    const { name } = pod.metadata;
    if (part.hello || hello.role !== role || hello.name !== name)
      throw new Error(`it says that it is ${hello.role} ${hello.name}, and was taken for ${role} ${name}`);
    part.hello = hello;
    part.channel = channel;
    const heard = this.#heard.get(hello.id) ?? 0;
    channel.send({
      type: 'hello',
      version: LINK_VERSION,
      role: 'controller',
      ...{ id: this.options.name, name: this.options.name, heard },
    });
    for (const answers of this.#answersOf(part)) answers.setChannel(name, channel);
    if (role === 'gateway' && hello.sharing) {
      const { view, fenced, standing } = hello.sharing;
      this.#roster.linked({ id: hello.id, name, address: pod.status?.podIP ?? '', view, fenced, standing });
    }
    this.#hearing();
  }

  #said({ role, pod }: Part, { id }: LinkHello, channel: LinkChannel, message: LinkMessage): void {
    if (message.type === 'answer') {
      const { topic, key, value } = message;
      this.#answersOf({ role })
        .find((answers) => answers.topic === topic)
        ?.answered(pod.metadata.name, key, value);
      return;
    }
    if (role !== 'gateway') throw new Error(`a message of type ${message.type}, which is not for a controller`);
    if (message.type === 'stats') {
      this.#heard.set(id, message.seq);
      // Nobody reports for another.
      this.options.onStats(message.stats.map((stat) => ({ ...stat, reporter: pod.metadata.name })));
    } else if (message.type === 'standing') this.#roster.stands(id, message.standing);
    else if (message.type === 'fenced') this.#roster.fenced(id, message.epoch);
    else if (message.type === 'renew') channel.send({ type: 'renewed', seq: message.seq });
    else throw new Error(`a message of type ${message.type}, which is not for a controller`);
  }

  #answersOf({ role }: Pick<Part, 'role'>): readonly FleetAnswers[] {
    if (role === 'gateway') return [this.#gateways];
    return role === 'eventing' ? [this.#events.parts.eventing, this.#tokens] : [this.#events.parts.source];
  }

  /** Who takes requests now. */
  #look(): void {
    const parts = [...this.#parts.values()];
    const takes = ({ pod }: Part) => isPodReady(pod) && !pod.metadata.deletionTimestamp;
    for (const role of ['gateway', 'eventing', 'source'] as const) {
      // Of what there is one of, it counts before it is ready: what it is asked does not wait for that.
      const of = parts.filter((part) => part.role === role && (role !== 'gateway' || takes(part)));
      for (const answers of this.#answersOf({ role })) {
        answers.setFleet(of.map(({ pod }) => pod.metadata.name));
        for (const { pod, channel } of of) if (channel) answers.setChannel(pod.metadata.name, channel);
      }
    }
    const gateways = parts.filter(({ role }) => role === 'gateway');
    this.#roster.setPods(gateways.map((part) => ({ name: part.pod.metadata.name, ready: takes(part) })));
    const addresses = gateways.filter(takes).map(({ pod }) => ({ ip: pod.status?.podIP ?? '' }));
    const ports = ['http', 'http2'].map((name) => ({ name, port: this.options.internalPort, protocol: 'TCP' }));
    this.#addresses.set(addresses.length === 0 ? [] : [{ addresses: addresses.sort((a, b) => (a.ip < b.ip ? -1 : 1)), ports }]);
    this.#hearing();
  }

  #hearing(): void {
    const ready = [...this.#parts.values()].filter(({ role, pod }) => role === 'gateway' && isPodReady(pod));
    this.options.onHearing(this.#started && ready.length > 0 && ready.every(({ hello }) => hello !== undefined));
  }
}
