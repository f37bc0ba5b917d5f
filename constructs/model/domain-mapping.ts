import { annotations, apiVersionOf, ClusterDomainClaimType, DomainMappingType, ServiceType } from '../../lib/api';
import type { FieldError } from '../../lib/base';
import type { ClusterDomainClaim, DomainMapping } from './api-types';
import { unknownDomainProps } from './known-props';
import type { MetadataProps, WarningRule } from './metadata';
import { defined, type Named, type NameInput, nameOf } from './shape';

/**
 * Where a domain leads: a `KnService`, a `TrafficSplit`, a Service of any `cdk8s-plus-NN`, or anything else with a kind, a name and
 * an address inside the cluster. A name alone is that of a Knative service.
 */
export interface DomainTarget extends Named {
  /** API version of the object. @default 'serving.knative.dev/v1' */
  readonly apiVersion?: string;
  /** Kind of the object. @default 'Service' */
  readonly kind?: string;
  /** Namespace of the object: that of the mapping. @default - that of the mapping */
  readonly namespace?: string | undefined;
}

/** What a mapping may say beside its domain and its target. */
export interface DomainOptions {
  /**
   * Secret of the same namespace with the certificate of the domain.
   * @default - the certificate that the installation provides, if it provides any
   */
  readonly tlsSecret?: NameInput;
  /** Whether plain HTTP is served, or sent to HTTPS. @default - as the installation says; upstream: 'enabled' */
  readonly http?: 'enabled' | 'redirected';
  /**
   * Claim the domain for the namespace with a ClusterDomainClaim. Needed where the setting `autocreate-cluster-domain-claims` is not
   * on, which is upstream's default; whoever applies the claim must be allowed to.
   * @default false
   */
  readonly claim?: boolean;
  /** Labels, annotations and namespace of the object; its name is the domain. @default - the chart's namespace */
  readonly metadata?: Omit<MetadataProps, 'name'>;
  /** Warnings that are known and accepted here. Errors cannot be silenced. @default - none */
  readonly silence?: readonly WarningRule[];
}

/**
 * A domain of your own that leads to a service.
 * @see https://knative.dev/docs/serving/services/custom-domains/
 */
export interface DomainMappingProps extends DomainOptions {
  /** The domain: `shop.example.com`. Its DNS records must lead to the cluster's front door. */
  readonly domain: string;
  /** Where it leads. */
  readonly to: string | DomainTarget;
}

/** A target that is not known, or was forgotten in JavaScript, has no name: validation says so. */
const targetOf = (to: string | DomainTarget = ''): DomainTarget => (typeof to === 'string' ? { name: to } : to);

/** The object's metadata; keys are absent where nothing was set. */
export function domainMetadata({ domain, http, metadata = {} }: DomainMappingProps): MetadataProps {
  const { namespace, labels, annotations: own } = metadata;
  const annotated = { ...(http && { [annotations.httpProtocol[1]]: http }), ...own };
  return { name: domain, ...defined({ namespace, labels, annotations: defined(annotated) }) };
}

/**
 * The DomainMapping for the props.
 * @param namespace the object's final namespace, if it is known
 */
export function domainMappingObject(props: DomainMappingProps, namespace?: string): DomainMapping {
  const target = targetOf(props.to);
  const elsewhere = target.namespace !== undefined && target.namespace !== namespace;
  return {
    apiVersion: apiVersionOf(DomainMappingType),
    kind: DomainMappingType.kind,
    metadata: { ...domainMetadata(props), ...(namespace === undefined ? {} : { namespace }) },
    spec: {
      ref: {
        apiVersion: target.apiVersion ?? apiVersionOf(ServiceType),
        kind: target.kind ?? ServiceType.kind,
        name: target.name,
        ...(elsewhere ? { namespace: target.namespace } : {}),
      },
      ...(props.tlsSecret === undefined ? {} : { tls: { secretName: nameOf(props.tlsSecret) } }),
    },
  };
}

/** The claim of a namespace to a domain. */
export function domainClaimObject(domain: string, namespace: string): ClusterDomainClaim {
  return {
    apiVersion: apiVersionOf(ClusterDomainClaimType),
    kind: ClusterDomainClaimType.kind,
    metadata: { name: domain },
    spec: { namespace },
  };
}

const NO_NAMESPACE: FieldError = {
  message: 'a claim names the namespace that may map the domain, and none is known',
  paths: ['metadata.namespace'],
  remedy: 'Give the mapping, or its chart, a namespace.',
};

/** What is wrong with the props beyond what can be seen in the DomainMapping. */
export function domainMappingProblems(props: DomainMappingProps, namespace: string | undefined): FieldError[] {
  const { claim, http } = props;
  const known = http === undefined || http === 'enabled' || http === 'redirected';
  return [
    ...unknownDomainProps(props),
    ...(claim && namespace === undefined ? [NO_NAMESPACE] : []),
    ...(known ? [] : [{ message: `invalid value: ${String(http)}`, paths: ['http'], remedy: "Say 'enabled' or 'redirected'." }]),
  ];
}
