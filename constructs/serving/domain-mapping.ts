import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { DomainMappingType } from '../../lib/api';
import {
  type DomainMapping as DomainMappingObject,
  type DomainMappingProps,
  type DomainOptions,
  type DomainTarget,
  domainClaimObject,
  domainMappingObject,
  domainMappingProblems,
  domainMetadata,
  type Problem,
} from '../model';
import { KnResource } from './kn-resource';

const DOMAIN_MAPPING = Symbol.for('knative-constructs.DomainMapping');

/**
 * A domain of your own that leads to a service: everyone who asks for it gets the service's answer, and the service sees the
 * domain as its Host. DNS is yours: the domain's records must lead to the cluster's front door.
 *
 * @example
 * new DomainMapping(chart, 'shop', { domain: 'shop.example.com', to: hello });
 * @example
 * hello.addDomain('shop.example.com');
 * @see https://knative.dev/docs/serving/services/custom-domains/
 */
export class DomainMapping extends KnResource<DomainMappingObject> {
  /** True if `x` is a `DomainMapping`, also one of another copy of this package. */
  static isDomainMapping(x: unknown): x is DomainMapping {
    return typeof x === 'object' && x !== null && DOMAIN_MAPPING in x;
  }

  static override [Symbol.hasInstance](x: unknown): boolean {
    return DomainMapping.isDomainMapping(x);
  }

  readonly #props: DomainMappingProps;

  constructor(scope: Construct, id: string, props: DomainMappingProps) {
    super(scope, id, DomainMappingType, { metadata: domainMetadata(props), silence: props.silence });
    this.#props = props;
    Object.defineProperty(this, DOMAIN_MAPPING, { value: true });
    if (props.claim) this.#claim();
  }

  /** The domain. */
  get domain(): string {
    return this.#props.domain;
  }

  /** The domain: it is the host inside the cluster too. */
  override get host(): string {
    return this.domain;
  }

  /** URL of the domain: with `tlsSecret` by HTTPS, else by plain HTTP. The installation may have another scheme. */
  override get address(): string {
    return `${this.#props.tlsSecret === undefined ? 'http' : 'https'}://${this.domain}`;
  }

  protected override model(): DomainMappingObject {
    return domainMappingObject(this.#props, this.namespace);
  }

  protected override problems(): readonly Problem[] {
    return [...domainMappingProblems(this.#props, this.namespace), ...this.#rivals()];
  }

  /** A domain leads to one place: two mappings of one chart are refused; other charts may be for other clusters. */
  #rivals(): Problem[] {
    const others = this.node.root.node
      .findAll()
      .filter((one): one is DomainMapping => DomainMapping.isDomainMapping(one) && one !== this && one.domain === this.domain);
    const message = `the domain ${JSON.stringify(this.domain)} is mapped by ${others[0]?.node.path} too`;
    const remedy = 'A domain leads to one place: keep one of the mappings.';
    if (others.length === 0) return [];
    if (others.some((other) => Chart.of(other) === Chart.of(this))) return [{ message, paths: ['metadata.name'], remedy }];
    return [{ message, paths: ['metadata.name'], remedy, level: 'warning', rule: 'duplicate-domain' }];
  }

  #claim(): void {
    const { metadata, ...claim } = domainClaimObject(this.domain, this.namespace ?? '');
    const object = new ApiObject(this, 'Claim', { ...claim, metadata: { name: metadata.name } });
    // A chart gives its namespace to everything; a claim belongs to the whole cluster.
    if (object.metadata.namespace !== undefined) object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  }
}

/** A mapping below what it leads to, in the same namespace. */
export function mapDomain(target: Construct & DomainTarget, domain: string, options: DomainOptions): DomainMapping {
  const { namespace } = target;
  const metadata = { ...(namespace === undefined ? {} : { namespace }), ...options.metadata };
  return new DomainMapping(target, `domain-${domain}`, { ...options, metadata, domain, to: target });
}
