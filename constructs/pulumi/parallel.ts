import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { type Parallel as ParallelObject, type ParallelProps, parallelRecipe } from '../model';
import { type EventingArgs, EventingComponent } from './eventing-component';

/**
 * Ways that an event takes at the same time, made from the same model as the cdk8s construct.
 *
 * @example
 * new Parallel('check', { branches: [{ filter: isLarge, to: approve }, { to: record }] });
 * @see https://knative.dev/docs/eventing/flows/parallel/
 */
export class Parallel extends EventingComponent<ParallelProps, ParallelObject> {
  constructor(name: string, args: EventingArgs<ParallelProps>, opts?: ComponentResourceOptions) {
    super(name, parallelRecipe, args, opts);
  }
}
