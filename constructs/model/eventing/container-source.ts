import { type ContainerSource, ContainerSourceType } from '../../../lib/api';
import { eventingRecipe } from './eventing-props';
import { type EventContainerProps, eventContainerPropNames, podProblems, podSpec } from './pod';
import { type SourceProps, sourcePropNames, sourceSpec } from './source';

/**
 * A container of your own that sends events; it finds the address of the sink in the environment variable `K_SINK`.
 * @see https://knative.dev/docs/eventing/custom-event-source/containersource/
 */
export interface ContainerSourceProps extends SourceProps, EventContainerProps {
  /** The whole pod template, as Kubernetes has it. @default - one container of the image */
  readonly template?: Readonly<Record<string, unknown>>;
}

export const containerSourceRecipe = eventingRecipe<ContainerSourceProps, ContainerSource>(
  ContainerSourceType,
  { ...sourcePropNames, ...eventContainerPropNames, template: 'any' },
  (props, namespace) => ({ ...sourceSpec(props, namespace), template: props.template ?? { spec: podSpec(props) } }),
  { problems: ({ image, template }) => podProblems(image, template, 'template') },
);
