import type { EventMessage } from '../cloud-event';
import type { Destination, Sender, SendOptions, SinkResponse } from '../sender';

/** Gives out tokens of service accounts. Rejects with why there is none. */
export type TokenSource = (identity: string, audience: string) => Promise<string>;

/** Sends along a token where the destination has an audience and it is said as whom events go there; others get none. */
export class TokenSender implements Sender {
  constructor(
    private readonly sender: Sender,
    private readonly tokens: TokenSource,
  ) {}

  async send(destination: Destination, message: EventMessage, options: SendOptions): Promise<SinkResponse> {
    const { audience, identity } = destination;
    if (!audience || !identity) return this.sender.send(destination, message, options);
    const authorization = `Bearer ${await this.tokens(identity, audience)}`;
    return this.sender.send(destination, { ...message, headers: { ...message.headers, authorization } }, options);
  }
}
