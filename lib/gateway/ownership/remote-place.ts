import { RUNTIME_PORTS } from '../../api';
import type { Lease } from '../backend';
import type { Slot } from '../breaker';
import { TICKET_HEADER } from './place-messages';
import type { Member } from './view';

/** A place in a pod of another gateway, which takes one request there. */
export class RemotePlace implements Slot {
  inFlight = 0;
  readonly usable = true;

  constructor(
    readonly member: Member,
    private readonly ticket: string,
    /** Nobody needs the place any more. */
    readonly giveBack: () => void,
  ) {}

  /** Where the request goes, and what it brings. @param released called once it is over */
  lease(protocol: 'http1' | 'h2c', released: () => void): Lease {
    return {
      target: { host: this.member.address, port: RUNTIME_PORTS.internal, protocol },
      headers: [TICKET_HEADER, this.ticket],
      ...{ startMs: 0, probeMs: 0, cold: false },
      release: released,
      unreachable() {},
    };
  }
}
