import type { Clock, Log } from '../../base';
import type { Answerer } from '../../control';
import type { Asker, Gateway, Ownership } from '../../gateway';
import { AnswerBoard } from './answer-board';
import type { GatewayLease } from './gateway-lease';
import type { LinkChannel, LinkHandler } from './link-channel';
import { LINK_VERSION, type LinkMessage, type LinkRole } from './link-message';
import { type StatBatch, StatHistory } from './stat-history';

/** How often a gateway asks to keep its pods, in milliseconds. */
const RENEW_MS = 3000;

/** What a gateway has to say beside its answers. */
export interface GatewayEnd {
  readonly gateway: Gateway;
  readonly ownership: Ownership;
  readonly lease: GatewayLease;
}

export interface DataPlaneEndOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly role: LinkRole;
  readonly id: string;
  /** Name of this pod. */
  readonly name: string;
  readonly answerers: readonly Answerer[];
  readonly gateway?: GatewayEnd;
}

/** The end of links in the data plane: it answers the leading controller, reports to it, and serves other gateways. */
export class DataPlaneEnd {
  readonly #board: AnswerBoard;
  readonly #history: StatHistory;
  /** Leaders that have said up to where they know our reports. */
  readonly #leaders = new Set<LinkChannel>();
  /** Leaders that have been told how we stand, and so are told what changes, from then on. */
  readonly #greeted = new Set<LinkChannel>();

  constructor(private readonly options: DataPlaneEndOptions) {
    const { clock, answerers, gateway: part } = options;
    this.#board = new AnswerBoard(answerers);
    this.#history = new StatHistory(clock);
    part?.gateway.onStats((stats) => {
      const batch = this.#history.add(stats);
      for (const leader of this.#leaders) this.#report(leader, batch);
    });
    part?.ownership.onStanding(() => {
      const { standing, id } = part.ownership;
      for (const leader of this.#greeted) leader.send({ type: 'standing', of: id, standing });
    });
    part?.ownership.onFence(() => {
      const { epoch } = part.ownership.standing;
      for (const leader of this.#greeted) leader.send({ type: 'fenced', epoch });
    });
  }

  /** Whether somebody leads us. */
  get led(): boolean {
    return this.#leaders.size > 0;
  }

  /** Takes a link of somebody who has proved to be of this role. */
  accept(role: LinkRole, channel: LinkChannel): LinkHandler {
    this.#greet(channel);
    return role === 'controller' ? this.#leader(channel) : this.#peer(channel);
  }

  #greet(channel: LinkChannel): void {
    const { role, id, name, gateway } = this.options;
    const { view, standing, fenced = false } = gateway?.ownership ?? {};
    const sharing = standing && { ...(view ? { view } : {}), fenced, standing };
    channel.send({ type: 'hello', version: LINK_VERSION, role, id, name, ...(sharing ? { sharing } : {}) });
  }

  #leader(channel: LinkChannel): LinkHandler {
    const { clock, log, gateway: part } = this.options;
    const renew = () => part && channel.send({ type: 'renew', seq: part.lease.ask() });
    const timer = clock.every(RENEW_MS, renew);
    this.#greeted.add(channel);
    return {
      message: (message) => {
        if (message.type === 'hello') {
          log.info('led', { by: message.name });
          this.#leaders.add(channel);
          for (const batch of this.#history.since(message.heard ?? 0)) this.#report(channel, batch);
          renew();
        } else this.#led(channel, message);
      },
      closed: (reason) => {
        timer.cancel();
        this.#greeted.delete(channel);
        this.#board.leave(channel);
        if (this.#leaders.delete(channel)) log.info('led no longer', { reason });
      },
    };
  }

  #led(channel: LinkChannel, message: LinkMessage): void {
    const { gateway: part } = this.options;
    if (message.type === 'ask') this.#board.ask(channel, message.topic, message.key, message.input);
    else if (message.type === 'forget') this.#board.forget(channel, message.topic, message.key);
    else if (message.type === 'view' && part) part.ownership.setView(message.view);
    else if (message.type === 'standing' && part) part.ownership.learn(message.of, message.standing);
    else if (message.type === 'renewed' && part) part.lease.renewed(message.seq);
    else throw new Error(`a message of type ${message.type}, which is not for a ${this.options.role}`);
  }

  #report(leader: LinkChannel, { seq, stats }: StatBatch): void {
    leader.send({ type: 'stats', seq, stats });
  }

  /** Another gateway, which asks for places in our pods. */
  #peer(channel: LinkChannel): LinkHandler {
    const giver = this.options.gateway?.gateway.giver;
    const asker: Asker = { send: (message) => channel.send(message) };
    return {
      message: (message) => {
        if (message.type === 'hello') return;
        if (!giver || (message.type !== 'want' && message.type !== 'return'))
          throw new Error(`a message of type ${message.type}, which a gateway may not send here`);
        giver.receive(asker, message);
      },
      closed: () => giver?.closed(asker),
    };
  }
}
