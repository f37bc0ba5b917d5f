import type { Construct } from 'constructs';
import { type ApiServerSource as ApiServerSourceObject, type ApiServerSourceProps, apiServerSourceRecipe } from '../model';
import { EventingResource } from './eventing-resource';

/**
 * Sends an event for every change of objects of the cluster.
 * @see https://knative.dev/docs/eventing/sources/apiserversource/
 */
export class ApiServerSource extends EventingResource<ApiServerSourceProps, ApiServerSourceObject> {
  constructor(scope: Construct, id: string, props: ApiServerSourceProps) {
    super(scope, id, apiServerSourceRecipe, props);
  }
}
