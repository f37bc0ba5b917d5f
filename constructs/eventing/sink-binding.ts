import type { Construct } from 'constructs';
import { type SinkBinding as SinkBindingObject, type SinkBindingProps, sinkBindingRecipe } from '../model';
import { EventingResource } from './eventing-resource';

/**
 * Tells the containers of anything that has pods where to send events, in `K_SINK`.
 *
 * @example
 * new SinkBinding(chart, 'heartbeats', { subject: deployment, sink: orders });
 * @see https://knative.dev/docs/eventing/custom-event-source/sinkbinding/
 */
export class SinkBinding extends EventingResource<SinkBindingProps, SinkBindingObject> {
  constructor(scope: Construct, id: string, props: SinkBindingProps) {
    super(scope, id, sinkBindingRecipe, props);
  }
}
