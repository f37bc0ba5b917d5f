import type { ComponentResourceOptions } from '@pulumi/pulumi';
import type { EventingProps, EventingRecipe, ModelObject } from '../model';
import { type ComponentArgs, KnComponent } from './component';
import type { Recipe } from './component-model';
import type { DeepInputs } from './inputs';
import type { Transform } from './transform';

/** Arguments of a component of Eventing: the props of the cdk8s construct of that name, each an `Input` at every depth. */
export type EventingArgs<P extends EventingProps> = DeepInputs<Omit<P, 'silence'>> &
  ComponentArgs & {
    /** Changes the object before it is made. @default - none */
    readonly transform?: Transform;
  };

function recipeOf<P extends EventingProps, T extends ModelObject>(recipe: EventingRecipe<P, T>): Recipe<P, T> {
  return {
    type: recipe.type,
    child: recipe.type.kind.toLowerCase(),
    object: (name, props) => recipe.object(name, props, props.metadata?.namespace),
    problems: (_name, props) => recipe.problems(props),
    complete: (object) => object,
  };
}

/** A component over one object of Eventing; `url` is its address, undefined where the kind has none. */
export abstract class EventingComponent<P extends EventingProps, T extends ModelObject> extends KnComponent<P, T> {
  protected constructor(
    name: string,
    recipe: EventingRecipe<P, T>,
    args: EventingArgs<P>,
    opts: ComponentResourceOptions | undefined,
  ) {
    const { transform, ...rest } = args;
    const type = `knative-constructs:eventing:${recipe.type.kind}`;
    super(type, name, recipeOf(recipe), rest as unknown as DeepInputs<P> & ComponentArgs, transform, opts);
    this.registerOutputs({ name: this.name, namespace: this.namespace, url: this.url });
  }
}
