import type { Construct } from 'constructs';
import { type Parallel as ParallelObject, type ParallelProps, parallelRecipe } from '../model';
import { EventingResource } from './eventing-resource';

/**
 * Ways that an event takes at the same time, each of them after a filter.
 *
 * @example
 * new Parallel(chart, 'check', { branches: [{ filter: isLarge, to: approve }, { to: record }], reply: orders });
 * @see https://knative.dev/docs/eventing/flows/parallel/
 */
export class Parallel extends EventingResource<ParallelProps, ParallelObject> {
  constructor(scope: Construct, id: string, props: ParallelProps) {
    super(scope, id, parallelRecipe, props);
  }
}
