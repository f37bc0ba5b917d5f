import { apiVersionOf, type ResourceType } from '../../../lib/api';
import type { FieldError } from '../../../lib/base';
import type { ModelObject } from '../api-types';
import type { Problem } from '../findings';
import { type Known, unknownProps } from '../known-props';
import type { MetadataProps, WarningRule } from '../metadata';
import { defined } from '../shape';

/** What every construct of Eventing can be told. */
export interface EventingProps {
  /** Name of the object. Short for `metadata.name`, and wins over it. @default - generated from the construct's path */
  readonly name?: string;
  /** Metadata of the object. @default - none */
  readonly metadata?: MetadataProps;
  /** Warnings that are known and accepted here. Errors cannot be silenced. @default - none */
  readonly silence?: readonly WarningRule[];
}

/** How props become an object of one kind. */
export interface EventingRecipe<P extends EventingProps, T extends ModelObject> {
  readonly type: ResourceType;
  /** @param namespace the object's final namespace, if it is known */
  readonly object: (name: string, props: P, namespace: string | undefined) => T;
  /** What is wrong with the props beyond what can be seen in the object. */
  readonly problems: (props: P) => readonly Problem[];
}

/** Names of the props of an interface: one too many or too few does not compile. */
export type PropNames<P> = Readonly<Record<keyof Required<P>, 'any' | Known>>;

/** The props that every construct of Eventing has. */
export const eventingPropNames = { name: 'any', metadata: 'any', silence: 'any' } as const satisfies PropNames<EventingProps>;

/** The object's metadata; keys are absent where nothing was set. */
export function eventingMetadata(
  { name, metadata = {} }: EventingProps,
  annotations: Readonly<Record<string, string | undefined>> = {},
): MetadataProps {
  const { namespace, labels, annotations: own } = metadata;
  const annotated = defined({ ...annotations, ...own }) as Readonly<Record<string, string>> | undefined;
  return { ...defined({ name: name ?? metadata.name, namespace, labels, annotations: annotated }) };
}

/** A recipe of which only the spec is special. */
export function eventingRecipe<P extends EventingProps, T extends ModelObject>(
  type: ResourceType,
  names: PropNames<P>,
  spec: (props: P, namespace: string | undefined) => T['spec'],
  more: {
    readonly annotations?: (props: P) => Readonly<Record<string, string | undefined>>;
    readonly problems?: (props: P) => readonly Problem[];
  } = {},
): EventingRecipe<P, T> {
  return {
    type,
    object: (name, props, namespace) =>
      ({
        apiVersion: apiVersionOf(type),
        kind: type.kind,
        metadata: {
          ...eventingMetadata(props, more.annotations?.(props)),
          name,
          ...(namespace === undefined ? {} : { namespace }),
        },
        spec: spec(props, namespace),
      }) as unknown as T,
    problems: (props): FieldError[] => [...unknownProps(props, names), ...(more.problems?.(props) ?? [])],
  };
}
