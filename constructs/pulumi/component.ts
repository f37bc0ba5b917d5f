import * as pulumi from '@pulumi/pulumi';
import { apiVersionOf } from '../../lib/api';
import type { ModelObject, WarningRule } from '../model';
import { type AwaitProps, awaitAnnotations } from './await';
import { ComponentModel, type Finished, type NamedProps, type Recipe } from './component-model';
import { asData, type DeepInputs, resolved, resourcesIn } from './inputs';
import { type OtherResource, ProgramGraph } from './program-graph';
import { StatusResource } from './resource';
import { applyTransform, type Transform } from './transform';

/** What every component takes beside the props of its model. */
export interface ComponentArgs {
  /** What Pulumi waits for; `false` waits for nothing. @default - the condition Ready */
  readonly await?: false | AwaitProps;
  /** Warnings that are known and accepted here. @default - none */
  readonly silence?: readonly WarningRule[];
}

/** A component over one API object with a URL. */
export abstract class KnComponent<Props extends NamedProps, T extends ModelObject> extends pulumi.ComponentResource {
  /** API version of the object. */
  readonly apiVersion: string;
  /** Kind of the object. */
  readonly kind: string;
  /** Name of the object. */
  readonly name: pulumi.Output<string>;
  /** Namespace of the object; that of the provider where none was given. */
  readonly namespace: pulumi.Output<string | undefined>;
  /** The URL under which it is reached; undefined where the kind has none, and where `await` is false and it is not ready yet. */
  readonly url: pulumi.Output<string>;
  /** The object itself, with `metadata` and `status` as outputs. */
  readonly resource: StatusResource<T>;

  protected constructor(
    type: string,
    name: string,
    recipe: Recipe<Props, T>,
    args: DeepInputs<Props> & ComponentArgs,
    transform: Transform | undefined,
    opts: pulumi.ComponentResourceOptions | undefined,
  ) {
    const { await: wait, silence = [], ...props } = args;
    const data = asData(props) as Props;
    const model = new ComponentModel(name, recipe, awaitAnnotations(wait), silence, transform !== undefined);
    if (!transform) model.checkKnown(data); // before super(), so that what is refused is not registered
    super(type, name, data as pulumi.Inputs, opts);
    this.apiVersion = apiVersionOf(recipe.type);
    this.kind = recipe.type.kind;
    const made = resolved<Props>(data).apply((all) => model.object(all as Props));
    const childName = `${name}-${recipe.child}`;
    const childOpts: pulumi.CustomResourceOptions = { parent: this };
    const identity = { apiVersion: this.apiVersion, kind: this.kind };
    const raw = { ...identity, metadata: made.apply(metadataOf), spec: made.apply(specOf) };
    const changed = applyTransform(transform, raw, childOpts, childName);
    const checked = resolved<Finished<Props, T>>({ changed, data, made }).apply((all) =>
      model.finish(all as Finished<Props, T>, this),
    );
    const others = asData(resourcesIn(props).filter((resource) => !(resource instanceof KnComponent)));
    ProgramGraph.current().add({
      ...{ name, silence, component: this, others: resolved<readonly OtherResource[]>(others) },
      object: checked as unknown as pulumi.Output<ModelObject>,
    });
    this.resource = new StatusResource<T>(
      childName,
      { ...identity, metadata: checked.apply(metadataOf), spec: checked.apply(specOf) },
      childOpts,
    );
    this.name = this.resource.metadata.apply((metadata) => metadata.name);
    this.namespace = this.resource.metadata.apply((metadata) => metadata.namespace);
    this.url = this.resource.status.apply((status) => urlOf(status) as string);
  }
}

/** Where an object is reached: what has a host says it of itself, what takes events says it of its address. */
function urlOf(status: ModelObject['status']): string | undefined {
  const { url, address } = (status ?? {}) as { readonly url?: string; readonly address?: { readonly url?: string } };
  return url ?? address?.url;
}

const metadataOf = ({ metadata }: ModelObject) => metadata as Record<string, unknown>;
const specOf = ({ spec }: ModelObject) => spec as unknown as Record<string, unknown>;
