import { type LabelSelector, type SinkBinding, SinkBindingType } from '../../../lib/api';
import { defined } from '../shape';
import { eventingRecipe } from './eventing-props';
import { type SourceProps, sourcePropNames, sourceSpec } from './source';

/** What has pods: one object by its name, or several of a kind by their labels. */
export interface BindingSubject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Either this or selector. */
  readonly name?: string;
  readonly selector?: LabelSelector;
}

/**
 * Tells the containers of anything that has pods where to send events, in the environment variable `K_SINK`.
 * @see https://knative.dev/docs/eventing/custom-event-source/sinkbinding/
 */
export interface SinkBindingProps extends SourceProps {
  /** Who is told: a `KnService`, a Deployment or a Job of any `cdk8s-plus-NN`, or objects of a kind by their labels. */
  readonly subject: BindingSubject;
}

export const sinkBindingRecipe = eventingRecipe<SinkBindingProps, SinkBinding>(
  SinkBindingType,
  { ...sourcePropNames, subject: 'any' },
  (props, namespace) => {
    const { apiVersion, kind, name, selector } = props.subject ?? {};
    return {
      ...sourceSpec(props, namespace),
      // A construct of cdk8s-plus has a selector of its own, of another kind; its name is what counts.
      subject: { ...defined({ apiVersion, kind, name, selector: name === undefined ? selector : undefined }) },
    };
  },
);
