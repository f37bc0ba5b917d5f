import type { Construct } from 'constructs';
import { type PingSource as PingSourceObject, type PingSourceProps, pingSourceRecipe } from '../model';
import { EventingResource } from './eventing-resource';

/**
 * Sends the same event again and again, by the clock.
 *
 * @example
 * new PingSource(chart, 'tick', { schedule: '0 9 * * 1-5', timezone: 'Europe/Paris', data: { day: 'begins' }, sink: orders });
 * @see https://knative.dev/docs/eventing/sources/ping-source/
 */
export class PingSource extends EventingResource<PingSourceProps, PingSourceObject> {
  constructor(scope: Construct, id: string, props: PingSourceProps) {
    super(scope, id, pingSourceRecipe, props);
  }
}
