import type { Construct } from 'constructs';
import {
  type EventingProps,
  type EventingRecipe,
  eventingMetadata,
  type ModelObject,
  type Problem,
  type WarningRule,
} from '../model';
import { ApiResource } from '../serving/api-resource';
import { checkGraph } from './graph-validation';
import { SILENCE } from './silence';

/** What constructs of Eventing have in common: one object, made from props by a recipe. */
export abstract class EventingResource<P extends EventingProps, T extends ModelObject> extends ApiResource<T> {
  /** Warnings that are accepted here. */
  readonly [SILENCE]: readonly WarningRule[];
  readonly #recipe: EventingRecipe<P, T>;
  readonly #props: P;

  protected constructor(scope: Construct, id: string, recipe: EventingRecipe<P, T>, props: P) {
    const { annotations } = recipe.object('', props, undefined).metadata;
    const metadata = eventingMetadata(props, annotations as Readonly<Record<string, string>> | undefined);
    super(scope, id, recipe.type, { metadata, silence: props.silence });
    this.#recipe = recipe;
    this.#props = props;
    this[SILENCE] = props.silence ?? [];
    checkGraph(this.node.root);
  }

  protected override model(): T {
    return this.#recipe.object(this.name, this.#props, this.namespace);
  }

  protected override problems(): readonly Problem[] {
    return this.#recipe.problems(this.#props);
  }
}
