import type { Clock } from '../base';
import { answerInTime } from './answer-in-time';
import { plainText } from './failure';
import { normalizeHost } from './headers';
import type { HttpFront } from './http-listener';
import type { InnerAnswer, InnerHosts } from './inner-hosts';
import type { Inbound, Outbound, UpgradeSocket } from './message';
import { framingFault } from './screen';
import { writeOutbound } from './upgrade';

/** A front door with parts of this process behind it and nothing else: no routes, no pods. */
export class InnerFront implements HttpFront {
  constructor(private readonly deps: { readonly clock: Clock; readonly inner: InnerHosts }) {}

  async handle(inbound: Inbound): Promise<Outbound> {
    const fault = framingFault(inbound.headers);
    if (fault) return plainText(400, `bad request: ${fault}`, ['Connection', 'close']);
    const answer = this.inner(inbound.host, inbound.target);
    return answer ? answerInTime(answer, inbound, this.deps.clock) : plainText(404, 'not found');
  }

  inner(host: string, target: string): InnerAnswer | undefined {
    return this.deps.inner(normalizeHost(host), target.split('?', 1)[0]!);
  }

  async upgrade(_inbound: Inbound, { socket }: UpgradeSocket): Promise<void> {
    writeOutbound(socket, plainText(400, 'bad request: no protocol to change to'));
  }
}
