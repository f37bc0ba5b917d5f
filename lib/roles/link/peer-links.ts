import { RUNTIME_PORTS } from '../../api';
import type { Clock, Log, Random } from '../../base';
import type { Member, Ownership, Peers, PlaceAsker, PlaceMessage } from '../../gateway';
import type { LinkChannel } from './link-channel';
import { LinkDialer } from './link-dialer';
import { LINK_VERSION } from './link-message';

export interface PeerLinksOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ownership: Ownership;
  /** Name of this pod. */
  readonly name: string;
  readonly token: () => string;
  /** Who is told what other gateways say. */
  readonly asker: () => PlaceAsker | undefined;
  /** @default the same for all */
  readonly portOf?: (member: Member) => number;
}

interface Link {
  readonly dialer: LinkDialer;
  channel: LinkChannel | undefined;
}

/**
 * Links of a gateway to the others, in whose pods it may want places. They are dialled as soon as the others are known: who dials is
 * found out by the API server, which may be gone when a place is wanted.
 */
export class PeerLinks implements Peers {
  readonly #links = new Map<string, Link>();

  constructor(private readonly options: PeerLinksOptions) {
    options.ownership.onChange(() => this.#follow());
  }

  send(to: Member, message: PlaceMessage): void {
    // Without a link nothing is said: when there is one, all that is wanted is.
    this.#links.get(to.id)?.channel?.send(message);
  }

  stop(): void {
    for (const { dialer } of this.#links.values()) dialer.stop();
    this.#links.clear();
  }

  #dial(to: Member): Link {
    const { clock, random, log, token, ownership, name, portOf = () => RUNTIME_PORTS.link } = this.options;
    const link: Link = {
      channel: undefined,
      dialer: new LinkDialer({
        ...{ clock, random, log, token, host: to.address, port: portOf(to) },
        accept: (channel) => {
          link.channel = channel;
          channel.send({ type: 'hello', version: LINK_VERSION, role: 'gateway', id: ownership.id, name });
          this.options.asker()?.lost(to.id);
          return {
            message: (message) => {
              if (message.type === 'hello') return;
              if (message.type !== 'place' && message.type !== 'none')
                throw new Error(`a message of type ${message.type}, which a gateway does not send to who asks`);
              this.options.asker()?.receive(to, message);
            },
            closed: () => {
              link.channel = undefined;
            },
          };
        },
      }),
    };
    this.#links.set(to.id, link);
    return link;
  }

  #follow(): void {
    const { ownership } = this.options;
    const members = (ownership.view?.members ?? []).filter(({ id }) => id !== ownership.id);
    for (const [id, { dialer }] of this.#links) {
      if (members.some((member) => member.id === id)) continue;
      this.#links.delete(id);
      dialer.stop();
    }
    for (const member of members) if (!this.#links.has(member.id)) this.#dial(member);
  }
}
