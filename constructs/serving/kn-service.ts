import { Chart } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import { apiVersionOf, ServiceType } from '../../lib/api';
import type { FieldError } from '../../lib/base';
import {
  type ContainerProps,
  type DomainOptions,
  type EnvFrom,
  type EnvValue,
  type KnServiceProps,
  LOCAL_METADATA,
  type LocalMetadata,
  type MainContainerProps,
  type NameInput,
  resolveContentHash,
  routedMetadata,
  type Service,
  type ServiceLike,
  serviceObject,
  serviceProblems,
  type TrafficTarget,
  type VolumeProps,
} from '../model';
import { type Address, clusterAddress } from './address';
import { type DomainMapping, mapDomain } from './domain-mapping';
import { KnResource } from './kn-resource';

const KN_SERVICE = Symbol.for('knative-constructs.KnService');

/** A Knative service, made here or existing already: something with a name and an address. */
export interface IKnService extends IConstruct, Address, ServiceLike {
  readonly apiVersion: string;
  /** The name of the object. */
  readonly name: string;
  /** The namespace of the object; undefined where neither construct nor chart names one. */
  readonly namespace: string | undefined;
}

/**
 * A Knative service: code that runs while there are requests, with a URL, and a history of revisions.
 *
 * Only what the props say is written; everything else is left to the cluster's defaults. The final object, after every
 * patch, is validated at synthesis with the messages of Knative's own webhook.
 *
 * @example
 * const hello = new KnService(chart, 'hello', {
 *   name: 'hello',
 *   image: 'ghcr.io/knative/helloworld-go:latest',
 *   scale: { max: 10 },
 * });
 * @see https://knative.dev/docs/serving/services/
 */
export class KnService extends KnResource<Service> implements IKnService {
  /** True if `x` is a `KnService`, also one of another copy of this package. */
  static isKnService(x: unknown): x is KnService {
    return typeof x === 'object' && x !== null && KN_SERVICE in x;
  }

  /** A service that exists already, or is defined elsewhere. @param options.namespace default: the chart's */
  static fromServiceName(scope: Construct, id: string, name: string, options: { readonly namespace?: string } = {}): IKnService {
    return new ExistingService(scope, id, name, options.namespace ?? Chart.of(scope).namespace);
  }

  static override [Symbol.hasInstance](x: unknown): boolean {
    return KnService.isKnService(x);
  }

  #props: KnServiceProps;

  constructor(scope: Construct, id: string, props: KnServiceProps) {
    super(scope, id, ServiceType, { metadata: routedMetadata(props), silence: props.silence }, resolveContentHash);
    this.#props = props;
    Object.defineProperty(this, KN_SERVICE, { value: true });
    for (const container of [props, ...(props.sidecars ?? [])]) this.#recordLocal(container);
  }

  /**
   * The name of the revision that the template makes, patches included; undefined where Knative generates it
   * (`RevisionName.generated()`), which it does when the revision is made.
   */
  get revisionName(): string | undefined {
    return this.apiObject.toJson().spec?.template?.metadata?.name;
  }

  /** Environment variables of the serving container; a copy. */
  get env(): Readonly<Record<string, EnvValue>> {
    return { ...this.#props.env };
  }

  /** Sidecars; a copy. */
  get sidecars(): readonly ContainerProps[] {
    return [...(this.#props.sidecars ?? [])];
  }

  /** Volumes; a copy. */
  get volumes(): readonly VolumeProps[] {
    return [...(this.#props.volumes ?? [])];
  }

  /** Targets of the split; a copy, empty where all requests go to the latest revision. */
  get traffic(): readonly TrafficTarget[] {
    return [...(this.#props.traffic ?? [])];
  }

  /** Sets an environment variable of the serving container; the last value set counts. */
  addEnv(name: string, value: EnvValue): this {
    return this.#set({ env: { ...this.#props.env, [name]: value } });
  }

  /** Makes all keys of a ConfigMap or Secret environment variables of the serving container. */
  addEnvFrom(source: EnvFrom): this {
    return this.#set({ envFrom: [...(this.#props.envFrom ?? []), source] });
  }

  /** Adds a volume and mounts it in the serving container. */
  addVolume(volume: VolumeProps): this {
    return this.#set({ volumes: [...(this.#props.volumes ?? []), volume] });
  }

  /** Adds a sidecar. */
  addContainer(container: ContainerProps): this {
    this.#recordLocal(container);
    return this.#set({ sidecars: [...(this.#props.sidecars ?? []), container] });
  }

  /** Adds a Secret with which images are pulled. */
  addImagePullSecret(secret: NameInput): this {
    return this.#set({ imagePullSecrets: [...(this.#props.imagePullSecrets ?? []), secret] });
  }

  /** Sets a label of the service's revisions and their pods. */
  addTemplateLabel(key: string, value: string): this {
    const { template } = this.#props;
    return this.#set({ template: { ...template, labels: { ...template?.labels, [key]: value } } });
  }

  /** Sets an annotation of the service's revisions and their pods. */
  addTemplateAnnotation(key: string, value: string): this {
    const { template } = this.#props;
    return this.#set({ template: { ...template, annotations: { ...template?.annotations, [key]: value } } });
  }

  /**
   * Replaces the split: `hello.splitTraffic(TrafficSplit.canary({ stable: 'hello-00001', percent: 10, tag: 'next' }))`.
   */
  splitTraffic(targets: readonly TrafficTarget[]): this {
    return this.#set({ traffic: targets });
  }

  /** Leads a domain of your own here: `hello.addDomain('shop.example.com')`. */
  addDomain(domain: string, options: DomainOptions = {}): DomainMapping {
    return mapDomain(this, domain, options);
  }

  #set(change: Partial<KnServiceProps>): this {
    this.#props = { ...this.#props, ...change };
    return this;
  }

  protected override model(): Service {
    return serviceObject(this.name, this.#props);
  }

  protected override problems(): readonly FieldError[] {
    return serviceProblems(this.name, this.#props);
  }

  #recordLocal({ image, local }: MainContainerProps): void {
    if (local) this.node.addMetadata(LOCAL_METADATA, { image, ...local } satisfies LocalMetadata);
  }
}

/** What `fromServiceName` gives. */
class ExistingService extends Construct implements IKnService {
  readonly apiVersion = apiVersionOf(ServiceType);
  readonly kind = ServiceType.kind;
  readonly host: string;
  readonly address: string;

  constructor(
    scope: Construct,
    id: string,
    readonly name: string,
    readonly namespace: string | undefined,
  ) {
    super(scope, id);
    ({ host: this.host, address: this.address } = clusterAddress({ name, namespace }));
  }
}
