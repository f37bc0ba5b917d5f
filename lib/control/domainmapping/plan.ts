import {
  ClusterDomainClaimType,
  type Conditions,
  type DomainMapping,
  type DomainMappingStatus,
  DomainMappingType,
  IngressType,
  type ResourceType,
  type ServingConfig,
  type Stored,
  setDefaults,
} from '../../api';
import { IngressError, isTakenIn } from '../ingress/child-ingress';
import { finalizerPatch } from '../metadata';
import type { Apply, Observed, Plan, PlannedEvent, Reconciler } from '../reconciler';
import { typeAmong } from '../resolve';
import { markIngressNotConfigured, propagateIngress } from '../route/conditions';
import { asksForCertificate, markUnsupported } from '../route/tls';
import { beginConditions, errorEvents, finishStatus } from '../status';
import {
  domainMappingConditions,
  markCertificateGiven,
  markClaimedByAnother,
  markClaimFailed,
  markNotResolved,
  markTlsNotEnabled,
} from './conditions';
import { addressableTypes, resolveTarget, servingAddressableTypes, TargetError } from './reference';
import { ingressName, makeClaim, makeIngress } from './resources';

const FINALIZER = 'domainmappings.serving.knative.dev';

/** The domain belongs to somebody else, or to nobody and must not be claimed; the conditions say so already. */
class ClaimError extends Error {}

/** The plan of one DomainMapping while it is put together. */
class DomainMappingPlan {
  readonly #mapping: Stored<DomainMapping>;
  readonly #apply: Apply[] = [];
  readonly #events: PlannedEvent[] = [];
  #conditions: Conditions;

  constructor(
    private readonly parent: Stored<DomainMapping>,
    private readonly observed: Observed,
    private readonly config: ServingConfig,
    now: number,
    private readonly targets: readonly ResourceType[],
  ) {
    this.#mapping = setDefaults(parent, config);
    this.#conditions = beginConditions(parent, domainMappingConditions, now);
  }

  make(): Plan {
    if (this.parent.metadata.generation !== this.parent.status?.observedGeneration) {
      this.#conditions = markIngressNotConfigured(this.#conditions);
    }
    try {
      this.#planClaim();
      this.#planCertificate();
      this.#planIngress();
    } catch (error) {
      // What the author or the installation can mend is said in the status; anything else is the engine's to report.
      if (error instanceof TargetError) this.#conditions = markNotResolved(this.#conditions, error.message);
      else if (!(error instanceof ClaimError) && !(error instanceof IngressError)) throw error;
      const context = error instanceof TargetError ? 'resolving reference: ' : '';
      this.#events.push(...errorEvents(this.parent, this.#conditions, context + error.message));
    }
    const status: DomainMappingStatus = finishStatus(this.parent, this.#conditions, this.#address());
    return { apply: this.#apply, events: this.#events, status };
  }

  #address(): Pick<DomainMappingStatus, 'url' | 'address'> {
    const scheme = this.#mapping.spec.tls ? 'https' : this.config.network.defaultExternalScheme;
    const url = `${scheme}://${this.#mapping.metadata.name}`;
    return { url, address: { url } };
  }

  /** A domain is claimed for a namespace, so that no other can map it too. */
  #planClaim(): void {
    const { name, namespace } = this.#mapping.metadata;
    const claim = this.observed.get(ClusterDomainClaimType, undefined, name);
    if (claim && claim.spec.namespace !== namespace) {
      this.#conditions = markClaimedByAnother(this.#conditions);
      throw new ClaimError(`namespace ${JSON.stringify(namespace)} does not own ClusterDomainClaim for ${JSON.stringify(name)}`);
    }
    if (!claim) this.#planNewClaim();
    this.#conditions = this.#conditions.markTrue('DomainClaimed');
  }

  #planNewClaim(): void {
    const { name } = this.#mapping.metadata;
    if (!this.config.network.autocreateClusterDomainClaims) {
      const message =
        `no ClusterDomainClaim found for domain ${JSON.stringify(name)}` +
        ' (and autocreate-cluster-domain-claims property is not true)';
      this.#conditions = markClaimFailed(this.#conditions, message);
      throw new ClaimError(message);
    }
    this.#apply.push({ type: ClusterDomainClaimType, object: makeClaim(this.#mapping) });
    const failure = this.observed.failure(ClusterDomainClaimType, undefined, name);
    if (failure === undefined) return;
    const message = `failed to create ClusterDomainClaim: ${failure}`;
    this.#conditions = markClaimFailed(this.#conditions, message);
    throw new ClaimError(message);
  }

  /** Where the installation asks for a certificate the mapping says that there will be none, rather than serving plain HTTP in silence. */
  #planCertificate(): void {
    if (this.#mapping.spec.tls) this.#conditions = markCertificateGiven(this.#conditions);
    else if (asksForCertificate(this.#mapping, this.config)) {
      this.#conditions = markUnsupported(this.#conditions, 'external-domain-tls');
    } else this.#conditions = markTlsNotEnabled(this.#conditions);
  }

  #planIngress(): void {
    const target = resolveTarget(this.#mapping, this.targets, this.observed, this.config.domain.clusterDomain);
    this.#conditions = this.#conditions.markTrue('ReferenceResolved');
    const { namespace } = this.#mapping.metadata;
    const desired = makeIngress(this.#mapping, target, this.config);
    const existing = this.observed.get(IngressType, namespace, ingressName(this.#mapping));
    this.#apply.push({ type: IngressType, object: desired, metadata: 'replace' });
    if (!existing) this.#tellCreation(ingressName(this.#mapping));
    this.#conditions =
      existing && isTakenIn(existing, desired, this.config)
        ? propagateIngress(this.#conditions, existing)
        : markIngressNotConfigured(this.#conditions);
  }

  #tellCreation(name: string): void {
    const failure = this.observed.failure(IngressType, this.#mapping.metadata.namespace, name);
    if (failure === undefined) {
      this.#events.push({ type: 'Normal', reason: 'Created', message: `Created Ingress ${JSON.stringify(name)}` });
    } else {
      this.#events.push({ type: 'Warning', reason: 'CreationFailed', message: `Failed to create Ingress: ${failure}` });
    }
  }
}

/** Gives a claim back that was made here, then lets the mapping go. */
function release(mapping: Stored<DomainMapping>, observed: Observed, config: ServingConfig): Plan {
  const { name, namespace } = mapping.metadata;
  const claim = observed.get(ClusterDomainClaimType, undefined, name);
  const ours = claim?.spec.namespace === namespace && !claim?.metadata.deletionTimestamp;
  if (ours && config.network.autocreateClusterDomainClaims) {
    return { remove: [{ type: ClusterDomainClaimType, namespace: undefined, name }] };
  }
  const patch = finalizerPatch(mapping, DomainMappingType, FINALIZER, false);
  return { patch: patch ? [patch] : [] };
}

/** Leads a domain of its author's own to a service: claims the domain for the namespace, and makes an Ingress for it. */
export function createDomainMappingReconciler({
  eventing = true,
}: {
  /** Whether it may lead to objects of Eventing. @default true */
  readonly eventing?: boolean;
} = {}): Reconciler<DomainMapping, ServingConfig> {
  const targets = eventing ? addressableTypes : servingAddressableTypes;
  return {
    name: 'domainmapping-controller',
    type: DomainMappingType,
    watches: [ClusterDomainClaimType, IngressType, ...targets.filter((type) => type !== DomainMappingType)],
    finalizer: FINALIZER,
    reads(parent, config) {
      const { metadata, spec } = setDefaults(parent, config);
      const { name, namespace = '' } = metadata;
      const type = typeAmong(targets, spec.ref);
      return [
        { type: ClusterDomainClaimType, namespace: undefined, name },
        { type: IngressType, namespace, name: ingressName(parent) },
        ...(type ? [{ type, namespace: spec.ref.namespace ?? namespace, name: spec.ref.name }] : []),
      ];
    },
    plan(parent, observed, config, now) {
      if (parent.metadata.deletionTimestamp) return release(parent, observed, config);
      // Only what is held can be cleaned up after: nothing is made before the finalizer is there.
      const hold = finalizerPatch(parent, DomainMappingType, FINALIZER, true);
      return hold ? { patch: [hold] } : new DomainMappingPlan(parent, observed, config, now, targets).make();
    },
  };
}

/** The same where there is Eventing. */
export const domainMappingReconciler = createDomainMappingReconciler();
