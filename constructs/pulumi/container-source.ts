import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { type ContainerSource as ContainerSourceObject, type ContainerSourceProps, containerSourceRecipe } from '../model';
import { type EventingArgs, EventingComponent } from './eventing-component';

/**
 * A container of your own that sends events, made from the same model as the cdk8s construct; it finds the address of the sink in
 * `K_SINK`.
 *
 * @example
 * new ContainerSource('heartbeats', { image: 'registry.example.com/heartbeats', sink: orders });
 * @see https://knative.dev/docs/eventing/custom-event-source/containersource/
 */
export class ContainerSource extends EventingComponent<ContainerSourceProps, ContainerSourceObject> {
  constructor(name: string, args: EventingArgs<ContainerSourceProps>, opts?: ComponentResourceOptions) {
    super(name, containerSourceRecipe, args, opts);
  }
}
