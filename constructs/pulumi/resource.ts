import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource';
import type { CustomResourceOptions, Output } from '@pulumi/pulumi';
import type { ResourceArgs } from './transform';

/**
 * A custom resource of Kubernetes whose spec and status are typed outputs: the provider tells outputs only of the keys that it was given,
 * so the key `status` is given without a value.
 */
export class StatusResource<T extends { readonly spec?: unknown; readonly status?: unknown }> extends CustomResource {
  /** What was asked for. */
  declare readonly spec: Output<T['spec']>;
  /** What the cluster says of the object; undefined until it has said something. */
  declare readonly status: Output<T['status']>;

  constructor(name: string, args: ResourceArgs, opts: CustomResourceOptions) {
    super(name, { ...args, status: undefined as never }, opts);
  }
}
