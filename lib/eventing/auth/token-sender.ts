import type { EventMessage } from '../cloud-event';
import type { Destination, Sender, SendOptions, SinkResponse } from '../sender';

/** Gives out tokens of service accounts. */
export interface TokenSource {
  /** Rejects with why there is none. */
  token(identity: string, audience: string): Promise<string>;
  /** A token that was given out was refused: it is another one next time. */
  refused(identity: string, audience: string, token: string): void;
}

const UNAUTHORIZED = 401;

/**
 * Sends along a token where the destination has an audience and it is said as whom events go there; others get none. Where a token is
 * refused it is sent once more with a new one: the service account may have been made anew since.
 */
export class TokenSender implements Sender {
  constructor(
    private readonly sender: Sender,
    private readonly tokens: TokenSource,
  ) {}

  async send(destination: Destination, message: EventMessage, options: SendOptions): Promise<SinkResponse> {
    const { audience, identity } = destination;
    if (!audience || !identity) return this.sender.send(destination, message, options);
    const token = await this.tokens.token(identity, audience);
    const answer = await this.#sendWith(token, destination, message, options);
    if (answer.status !== UNAUTHORIZED) return answer;
    this.tokens.refused(identity, audience, token);
    const next = await this.tokens.token(identity, audience);
    return next === token ? answer : this.#sendWith(next, destination, message, options);
  }

  #sendWith(token: string, destination: Destination, message: EventMessage, options: SendOptions): Promise<SinkResponse> {
    const headers = { ...message.headers, authorization: `Bearer ${token}` };
    return this.sender.send(destination, { ...message, headers }, options);
  }
}
