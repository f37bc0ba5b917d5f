import { CustomResource } from '@pulumi/kubernetes/apiextensions/customResource';
import type { ComponentResourceOptions, Input } from '@pulumi/pulumi';
import { DomainMappingType } from '../../lib/api';
import {
  type DomainMapping as DomainMappingObject,
  type DomainMappingProps,
  domainClaimObject,
  domainMappingObject,
  domainMappingProblems,
} from '../model';
import { type ComponentArgs, KnComponent } from './component';
import { asData, type DeepInputs, resolved } from './inputs';
import type { Transform } from './transform';

type Props = Omit<DomainMappingProps, 'domain' | 'silence'> & { readonly domain?: string };

/** Arguments of `DomainMapping`: the props of the cdk8s construct of that name, each an `Input` at every depth. */
export interface DomainMappingArgs extends DeepInputs<Omit<Props, 'claim' | 'domain'>>, ComponentArgs {
  /** The domain. @default - the name of the component */
  readonly domain?: Input<string>;
  /** Claim the domain for the namespace with a ClusterDomainClaim; needs `metadata.namespace`. @default false */
  readonly claim?: boolean;
  /** Changes the DomainMapping before it is made. @default - none */
  readonly transform?: { readonly domainMapping?: Transform };
}

/**
 * A domain of your own that leads to a service, made from the same model as the cdk8s construct.
 *
 * @example
 * new DomainMapping('shop.example.com', { to: hello });
 * @see https://knative.dev/docs/serving/services/custom-domains/
 */
export class DomainMapping extends KnComponent<Props, DomainMappingObject> {
  /** The claim, where `claim` is set. */
  readonly claim: CustomResource | undefined;

  constructor(name: string, args: DomainMappingArgs, opts?: ComponentResourceOptions) {
    const { transform, ...rest } = args;
    super('knative-constructs:serving:DomainMapping', name, recipe, rest, transform?.domainMapping, opts);
    // The mapping becomes ready with the claim, so the claim must not wait for what the mapping says.
    const claim = resolved<Props>(asData({ domain: args.domain, metadata: args.metadata })).apply(({ domain = name, metadata }) =>
      domainClaimObject(domain, metadata?.namespace ?? ''),
    );
    const { apiVersion, kind } = domainClaimObject(name, '');
    const shape = { apiVersion, kind, metadata: claim.apply(({ metadata }) => ({ name: metadata.name! })) };
    const spec = claim.apply((object) => object.spec);
    this.claim = args.claim ? new CustomResource(`${name}-claim`, { ...shape, spec }, { parent: this }) : undefined;
    this.registerOutputs({ name: this.name, namespace: this.namespace, url: this.url });
  }
}

const recipe = {
  type: DomainMappingType,
  child: 'domainmapping',
  object: (domain: string, props: Props) => domainMappingObject({ ...props, domain }, props.metadata?.namespace),
  problems: (domain: string, props: Props) => domainMappingProblems({ ...props, domain }, props.metadata?.namespace),
  complete: (mapping: DomainMappingObject) => mapping,
};
