import type { Clock } from '../../base';
import { CompositeTransport } from './composite-transport';
import { H2cTransport } from './h2c-transport';
import type { PodTransport } from './pod-transport';
import { UndiciTransport } from './undici-transport';

/** Reaches pods over the network, in the protocol that each speaks. */
export function networkTransport(clock: Clock): PodTransport {
  return new CompositeTransport(
    [{ serves: (target) => target.protocol === 'h2c', transport: new H2cTransport(clock) }],
    new UndiciTransport(clock),
  );
}
