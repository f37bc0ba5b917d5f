import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { type SinkBinding as SinkBindingObject, type SinkBindingProps, sinkBindingRecipe } from '../model';
import { type EventingArgs, EventingComponent } from './eventing-component';

/**
 * Tells the containers of anything that has pods where to send events, in `K_SINK`; made from the same model as the cdk8s construct.
 *
 * @example
 * new SinkBinding('heartbeats', { subject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'heart' }, sink: orders });
 * @see https://knative.dev/docs/eventing/custom-event-source/sinkbinding/
 */
export class SinkBinding extends EventingComponent<SinkBindingProps, SinkBindingObject> {
  constructor(name: string, args: EventingArgs<SinkBindingProps>, opts?: ComponentResourceOptions) {
    super(name, sinkBindingRecipe, args, opts);
  }
}
