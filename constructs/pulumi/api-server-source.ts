import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { type ApiServerSource as ApiServerSourceObject, type ApiServerSourceProps, apiServerSourceRecipe } from '../model';
import { type EventingArgs, EventingComponent } from './eventing-component';

/**
 * Sends an event for every change of objects of the cluster, made from the same model as the cdk8s construct.
 *
 * @example
 * new ApiServerSource('changes', { resources: [{ apiVersion: 'v1', kind: 'Event' }], serviceAccount: watcher, sink: orders });
 * @see https://knative.dev/docs/eventing/sources/apiserversource/
 */
export class ApiServerSource extends EventingComponent<ApiServerSourceProps, ApiServerSourceObject> {
  constructor(name: string, args: EventingArgs<ApiServerSourceProps>, opts?: ComponentResourceOptions) {
    super(name, apiServerSourceRecipe, args, opts);
  }
}
