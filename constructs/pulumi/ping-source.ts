import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { type PingSource as PingSourceObject, type PingSourceProps, pingSourceRecipe } from '../model';
import { type EventingArgs, EventingComponent } from './eventing-component';

/**
 * Sends the same event again and again, by the clock, made from the same model as the cdk8s construct.
 *
 * @example
 * new PingSource('tick', { schedule: '0 9 * * 1-5', timezone: 'Europe/Paris', sink: orders });
 * @see https://knative.dev/docs/eventing/sources/ping-source/
 */
export class PingSource extends EventingComponent<PingSourceProps, PingSourceObject> {
  constructor(name: string, args: EventingArgs<PingSourceProps>, opts?: ComponentResourceOptions) {
    super(name, pingSourceRecipe, args, opts);
  }
}
