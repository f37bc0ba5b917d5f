import * as pulumi from '@pulumi/pulumi';
import type { ResourceType } from '../../lib/api';
import type { FieldError } from '../../lib/base';
import { findingLine, findings, type ModelObject, type WarningRule } from '../model';
import { known } from './inputs';

/** Props of an object whose name may be given. */
export interface NamedProps {
  readonly name?: string;
  /** Of an object that is named by its domain. */
  readonly domain?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

/** How props become an object: the functions of `constructs/model`, shared with the cdk8s constructs. */
export interface Recipe<Props, T extends ModelObject> {
  /** The kind of the object. */
  readonly type: ResourceType;
  /** Appended to the component's name to name the child, and the key of its transform. */
  readonly child: string;
  readonly object: (name: string, props: Props) => T;
  readonly problems: (name: string, props: Props) => readonly FieldError[];
  /** Completes the object after transforms. */
  readonly complete: (object: T) => T;
}

/** Everything that the last step looks at. */
export interface Finished<Props, T> {
  readonly data: Props;
  /** The object before transforms, and after. */
  readonly made: T;
  readonly changed: T;
}

/** The model of one component: makes the object, and refuses what is wrong with it. */
export class ComponentModel<Props extends NamedProps, T extends ModelObject> {
  constructor(
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
    if (this.#nameOf(value) !== this.#nameOf(data)) return; // names are made from the name, and that is not known
    const object = this.recipe.complete(this.object(value));
    const { errors } = findings(object, this.recipe.problems(this.#nameOf(value), value));
    this.#refuse(complete ? errors : errors.filter(({ message }) => !SAYS_MISSING.test(message)));
  }

  /** Completes the object, refuses it if it is wrong, and warns. */
  finish({ data: props, made, changed }: Finished<Props, T>, component: pulumi.Resource): T {
    const object = this.recipe.complete(changed);
    const { errors, warnings } = findings(
      object,
      this.recipe.problems(this.#nameOf(props), props),
      this.transformed ? made : undefined,
    );
    this.#refuse(errors, component);
    for (const warning of warnings) {
      if (this.silence.includes(warning.rule)) continue;
      pulumi.log.warn(`${findingLine('KNC1101', warning)} (silence: '${warning.rule}')`, component);
    }
    return object;
  }

  #nameOf({ domain, name, metadata }: Props): string {
    return domain ?? name ?? metadata?.name ?? this.name;
  }

  #refuse(errors: readonly FieldError[], component?: pulumi.Resource): void {
    if (errors.length === 0) return;
    const lines = errors.map((error) => findingLine('KNC1001', error));
    throw new pulumi.ResourceError(`${this.name}:\n  ${lines.join('\n  ')}`, component, true);
  }
}

/** Errors that what is not resolved yet may put right. */
const SAYS_MISSING =
  /^(missing field|expected exactly one, got neither|expected at least one, got none|nothing says what runs|Traffic targets sum to 0,|reply is set without)|no matching volume/;
