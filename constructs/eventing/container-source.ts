import type { Construct } from 'constructs';
import { type ContainerSource as ContainerSourceObject, type ContainerSourceProps, containerSourceRecipe } from '../model';
import { EventingResource } from './eventing-resource';

/**
 * A container of your own that sends events; it finds the address of the sink in `K_SINK`.
 * @see https://knative.dev/docs/eventing/custom-event-source/containersource/
 */
export class ContainerSource extends EventingResource<ContainerSourceProps, ContainerSourceObject> {
  constructor(scope: Construct, id: string, props: ContainerSourceProps) {
    super(scope, id, containerSourceRecipe, props);
  }
}
