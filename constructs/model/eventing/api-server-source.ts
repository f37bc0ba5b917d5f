import { type ApiServerSource, ApiServerSourceType, type LabelSelector } from '../../../lib/api';
import { defined, type NameInput, nameOf, nonEmpty } from '../shape';
import { eventingRecipe } from './eventing-props';
import type { FilterLike } from './filter';
import { type SourceProps, sourcePropNames, sourceSpec } from './source';

/** Objects of a kind. */
export interface WatchedResource {
  readonly apiVersion: string;
  readonly kind: string;
  /** Which of them. @default - all */
  readonly selector?: LabelSelector;
}

/**
 * Sends an event for every change of objects of the cluster: types `dev.knative.apiserver.{ref,resource}.{add,update,delete}`.
 * @see https://knative.dev/docs/eventing/sources/apiserversource/
 */
export interface ApiServerSourceProps extends SourceProps {
  /** The objects. */
  readonly resources: readonly WatchedResource[];
  /** Whether events hold a reference to the object, or all of it. @default 'Reference' */
  readonly mode?: 'Reference' | 'Resource';
  /** As whom the objects are watched; it needs the rights to get, list and watch them. @default 'default' */
  readonly serviceAccount?: NameInput;
  /** Only objects that an object of this kind owns. @default - all */
  readonly owner?: { readonly apiVersion: string; readonly kind: string };
  /** Namespaces that are watched. @default - that of the source */
  readonly namespaces?: LabelSelector;
  /** Which events are sent; all must match. Upstream: needs the feature `new-apiserversource-filters`. @default - all */
  readonly where?: readonly FilterLike[];
}

export const apiServerSourceRecipe = eventingRecipe<ApiServerSourceProps, ApiServerSource>(
  ApiServerSourceType,
  { ...sourcePropNames, resources: 'any', mode: 'any', serviceAccount: 'any', owner: 'any', namespaces: 'any', where: 'any' },
  (props, namespace) => ({
    ...sourceSpec(props, namespace),
    resources: props.resources ?? [],
    ...defined({
      mode: props.mode,
      serviceAccountName: props.serviceAccount === undefined ? undefined : nameOf(props.serviceAccount),
      owner: props.owner,
      namespaceSelector: props.namespaces,
      filters: nonEmpty(props.where?.map(({ spec }) => spec)),
    }),
  }),
);
