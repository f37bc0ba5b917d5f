import type { Construct } from 'constructs';
import { type Sequence as SequenceObject, type SequenceProps, sequenceRecipe } from '../model';
import { EventingResource } from './eventing-resource';

/**
 * Steps that an event passes one after the other: each gets what the one before it answered.
 *
 * @example
 * new Sequence(chart, 'fulfil', { steps: [reserve, charge, ship], reply: orders });
 * @see https://knative.dev/docs/eventing/flows/sequence/
 */
export class Sequence extends EventingResource<SequenceProps, SequenceObject> {
  constructor(scope: Construct, id: string, props: SequenceProps) {
    super(scope, id, sequenceRecipe, props);
  }
}
