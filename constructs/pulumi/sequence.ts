import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { type Sequence as SequenceObject, type SequenceProps, sequenceRecipe } from '../model';
import { type EventingArgs, EventingComponent } from './eventing-component';

/**
 * Steps that an event passes one after the other, made from the same model as the cdk8s construct.
 *
 * @example
 * new Sequence('fulfil', { steps: [reserve, charge, ship], reply: orders });
 * @see https://knative.dev/docs/eventing/flows/sequence/
 */
export class Sequence extends EventingComponent<SequenceProps, SequenceObject> {
  constructor(name: string, args: EventingArgs<SequenceProps>, opts?: ComponentResourceOptions) {
    super(name, sequenceRecipe, args, opts);
  }
}
