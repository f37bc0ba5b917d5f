import * as pulumi from '@pulumi/pulumi';
import { apiVersionOf, type ResourceType } from '../../lib/api';
import type { FieldError } from '../../lib/base';
import { findingLine, findings, type Route, type RoutedProps, type Service, type WarningRule } from '../model';
import { type AwaitProps, awaitAnnotations } from './await';
import { asData, type DeepInputs, known, resolved } from './inputs';
import { StatusResource } from './resource';
import { applyTransform, type Transform } from './transform';

/** What every component takes beside the props of its model. */
export interface ComponentArgs {
  /** What Pulumi waits for; `false` waits for nothing. @default - the condition Ready */
  readonly await?: false | AwaitProps;
  /** Warnings that are known and accepted here. @default - none */
  readonly silence?: readonly WarningRule[];
}

/** How props become an object: the functions of `constructs/model`, shared with the cdk8s constructs. */
export interface Recipe<Props, T extends Service | Route> {
  /** The kind of the object. */
  readonly type: ResourceType;
  /** Appended to the component's name to name the child, and the key of its transform. */
  readonly child: string;
  readonly object: (name: string, props: Props) => T;
  readonly problems: (name: string, props: Props) => readonly FieldError[];
  /** Completes the object after transforms. */
  readonly complete: (object: T) => T;
}

/** A component over one API object with a URL. */
export abstract class KnComponent<Props extends RoutedProps, T extends Service | Route> extends pulumi.ComponentResource {
  /** API version of the object. */
  readonly apiVersion: string;
  /** Kind of the object. */
  readonly kind: string;
  /** Name of the object. */
  readonly name: pulumi.Output<string>;
  /** Namespace of the object; that of the provider where none was given. */
  readonly namespace: pulumi.Output<string | undefined>;
  /** The URL under which it is reached; undefined only where `await` is false and it is not ready yet. */
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
    super(type, name, data as pulumi.Inputs, opts);
    this.apiVersion = apiVersionOf(recipe.type);
    this.kind = recipe.type.kind;
    const model = new Model(this, name, recipe, awaitAnnotations(wait), silence, transform !== undefined);
    if (!transform) model.checkKnown(data);
    const made = resolved<Props>(data).apply((all) => model.object(all as Props));
    const childName = `${name}-${recipe.child}`;
    const childOpts: pulumi.CustomResourceOptions = { parent: this };
    const identity = { apiVersion: this.apiVersion, kind: this.kind };
    const raw = { ...identity, metadata: made.apply(metadataOf), spec: made.apply(specOf) };
    const changed = applyTransform(transform, raw, childOpts, childName);
    const checked = resolved<Finished<Props, T>>({ changed, data, made }).apply((all) => model.finish(all as Finished<Props, T>));
    this.resource = new StatusResource<T>(
      childName,
      { ...identity, metadata: checked.apply(metadataOf), spec: checked.apply(specOf) },
      childOpts,
    );
    this.name = this.resource.metadata.apply((metadata) => metadata.name);
    this.namespace = this.resource.metadata.apply((metadata) => metadata.namespace);
    this.url = this.resource.status.apply((status) => status?.url as string);
  }
}

const metadataOf = ({ metadata }: Service | Route) => metadata as Record<string, unknown>;
const specOf = ({ spec }: Service | Route) => spec as unknown as Record<string, unknown>;

/** Everything that the last step looks at. */
interface Finished<Props, T> {
  readonly data: Props;
  /** The object before transforms, and after. */
  readonly made: T;
  readonly changed: T;
}

/** The model of one component: makes the object, and refuses what is wrong with it. */
class Model<Props extends RoutedProps, T extends Service | Route> {
  constructor(
    private readonly component: pulumi.Resource,
    private readonly name: string,
    private readonly recipe: Recipe<Props, T>,
    private readonly annotations: Record<string, string>,
    private readonly silence: readonly WarningRule[],
    private readonly transformed: boolean,
  ) {}

  /** The object for resolved props; its name is the component's unless the props say otherwise. */
  object(props: Props): T {
    const object = this.recipe.object(this.#nameOf(props), props);
    return { ...object, metadata: { ...object.metadata, annotations: { ...this.annotations, ...object.metadata.annotations } } };
  }

  /** Refuses at once what is wrong with the part of the props that is known before anything is resolved. */
  checkKnown(data: Props): void {
    const { value, complete } = known(data);
    const object = this.recipe.complete(this.object(value));
    const { errors } = findings(object, this.recipe.problems(this.#nameOf(value), value));
    this.#refuse(complete ? errors : errors.filter(({ message }) => !SAYS_MISSING.test(message)));
  }

  /** Completes the object, refuses it if it is wrong, and warns. */
  finish({ data: props, made, changed }: Finished<Props, T>): T {
    const object = this.recipe.complete(changed);
    const { errors, warnings } = findings(
      object,
      this.recipe.problems(this.#nameOf(props), props),
      this.transformed ? made : undefined,
    );
    this.#refuse(errors);
    for (const warning of warnings) {
      if (this.silence.includes(warning.rule)) continue;
      pulumi.log.warn(`${findingLine('KNC1101', warning)} (silence: '${warning.rule}')`, this.component);
    }
    return object;
  }

  #nameOf({ name, metadata }: Props): string {
    return name ?? metadata?.name ?? this.name;
  }

  #refuse(errors: readonly FieldError[]): void {
    if (errors.length === 0) return;
    const lines = errors.map((error) => findingLine('KNC1001', error));
    throw new pulumi.ResourceError(`${this.name}:\n  ${lines.join('\n  ')}`, this.component, true);
  }
}

/** Errors that what is not resolved yet may put right. */
const SAYS_MISSING = /^(missing field|expected exactly one, got neither)/;
