import { type ApiObjectMetadataDefinition, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { apiVersionOf, type ResourceType } from '../../lib/api';
import type { MetadataProps, ModelObject, Problem, WarningRule } from '../model';
import { KnObject } from './kn-object';
import { objectValidation } from './validation';

/** What a construct over one API object is made of. */
export interface ApiResourceProps {
  readonly metadata: MetadataProps;
  readonly silence?: readonly WarningRule[] | undefined;
}

/** What constructs over one API object have in common. */
export abstract class ApiResource<T extends ModelObject> extends Construct {
  /** API version of the object: `serving.knative.dev/v1`. */
  readonly apiVersion: string;
  /** API group of the object: `serving.knative.dev`. */
  readonly apiGroup: string;
  /** Kind of the object. */
  readonly kind: string;
  /** The object's name: the one given, or one generated from the construct's path. */
  readonly name: string;
  /** Labels, annotations and further metadata of the object; not those of revisions. */
  readonly metadata: ApiObjectMetadataDefinition;
  /** The object underneath, as `ApiObject.of()` gives it. */
  protected readonly apiObject: KnObject<T>;

  /** @param complete what is done to the object after every patch */
  protected constructor(scope: Construct, id: string, type: ResourceType, props: ApiResourceProps, complete?: (object: T) => T) {
    super(scope, id);
    this.apiVersion = apiVersionOf(type);
    this.apiGroup = type.group;
    this.kind = type.kind;
    this.apiObject = new KnObject<T>(this, 'Resource', {
      apiVersion: this.apiVersion,
      kind: this.kind,
      metadata: props.metadata,
      spec: Lazy.any({ produce: () => this.model().spec }),
      ...(complete && { complete }),
    });
    this.name = this.apiObject.name;
    this.metadata = this.apiObject.metadata;
    this.node.addValidation(
      objectValidation({
        apiObject: this.apiObject,
        unpatched: () => this.model(),
        problems: () => this.problems(),
        silence: props.silence ?? [],
      }),
    );
  }

  /** The namespace of the object; undefined where neither construct nor chart names one. */
  get namespace(): string | undefined {
    return this.metadata.namespace;
  }

  /** Sets a label of the object. */
  addLabel(key: string, value: string): this {
    this.metadata.addLabel(key, value);
    return this;
  }

  /** Sets an annotation of the object. */
  addAnnotation(key: string, value: string): this {
    this.metadata.addAnnotation(key, value);
    return this;
  }

  /**
   * Merges `patch` into the synthesized object (RFC 7386), after the props and after JSON patches: objects are merged,
   * lists are replaced whole, null removes. What it says is what comes out; a field that Knative does not allow there is
   * warned of, not dropped. `ApiObject.of(construct).addJsonPatch()` works too.
   */
  mergePatch(patch: object): this {
    this.apiObject.mergePatch(patch);
    return this;
  }

  /** The object for the props as they are now, before patches. */
  protected abstract model(): T;

  /** What is wrong with the props beyond what can be seen in the object. */
  protected abstract problems(): readonly Problem[];
}
