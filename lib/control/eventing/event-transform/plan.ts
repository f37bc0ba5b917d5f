import {
  type Conditions,
  childName,
  controllerRef,
  type Destination,
  EventPolicyType,
  type EventTransform,
  type EventTransformStatus,
  EventTransformType,
  eventTransformConditions,
  type K8sService,
  K8sServiceType,
  ServiceAccountType,
  type ServingConfig,
  type Stored,
} from '../../../api';
import { isControlledBy } from '../../metadata';
import type { Observed, Plan, PlannedEvent, Reconciler } from '../../reconciler';
import { ResolveError } from '../../resolve';
import { beginConditions, errorEvents, finishStatus, notOwnedMessage } from '../../status';
import { servingOf } from '../data-plane';
import { destinationReads, resolveDestination } from '../destination';
import { identityReads, planIdentity } from '../identity';
import { eventingAddressables } from '../kinds';
import { audienceField, planPolicies, policyReads } from '../policies';

/** What evaluates the expressions of all namespaces. */
const RUNNER = 'event-transform.knative-eventing.svc';
const LABELS = { 'eventing.knative.dev/event-transform-jsonata': 'true' } as const;
const NAME_LABEL = 'eventing.knative.dev/event-transform-name';

/** The Service by whose name a transformation is reached, as upstream calls it. */
export const transformServiceName = (transform: string): string => childName(transform, '-jsonata');

function makeService({ metadata, ...transform }: Stored<EventTransform>, { domain }: ServingConfig): K8sService {
  const { name, namespace } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: transformServiceName(name),
      namespace,
      labels: { ...LABELS, [NAME_LABEL]: name },
      ownerReferences: [controllerRef({ ...transform, metadata })],
    },
    spec: {
      type: 'ExternalName',
      externalName: `${RUNNER}.${domain.clusterDomain}`,
      ports: [{ name: 'http', protocol: 'TCP', port: 80 }],
    },
  };
}

/** Where changed events go, in the namespace of the transformation unless it names another. */
function sinkOf({ metadata, spec: { sink } }: EventTransform): Destination | undefined {
  return sink?.ref ? { ...sink, ref: { ...sink.ref, namespace: sink.ref.namespace || metadata.namespace } } : sink;
}

type Fields = Pick<EventTransformStatus, 'sinkUri' | 'sinkCACerts' | 'sinkAudience'>;

/** The plan of one EventTransform while it is put together. */
class EventTransformPlan {
  #conditions: Conditions;
  #events: readonly PlannedEvent[] = [];

  constructor(
    private readonly parent: Stored<EventTransform>,
    private readonly observed: Observed,
    private readonly config: ServingConfig,
    now: number,
  ) {
    this.#conditions = beginConditions(parent, eventTransformConditions, now);
  }

  make(): Plan {
    const { parent, observed, config } = this;
    const { name, namespace } = parent.metadata;
    const policies = planPolicies(this.#conditions, EventTransformType, parent, observed, config);
    this.#conditions = policies.conditions;
    const identity = planIdentity(this.#conditions, EventTransformType, parent, observed, config);
    const { ask, answer, served } = servingOf('event-transform', parent, observed);
    const fields = this.#resolve();
    this.#markExpression(served, answer?.problem);
    const owned = this.#markService(served);
    this.#markReady();
    const url = `http://${transformServiceName(name)}.${namespace}.svc.${config.domain.clusterDomain}`;
    const address = { name: 'http', url, ...audienceField(EventTransformType, parent, config) };
    // An address that was told stays: senders may have it.
    const known = owned && (served || parent.status?.address !== undefined);
    const status: EventTransformStatus = finishStatus(parent, this.#conditions, {
      ...fields,
      ...policies.fields,
      ...(parent.spec.sink ? identity.fields : {}),
      ...(known ? { address, addresses: [address] } : {}),
    });
    return {
      asks: [ask],
      apply: [
        ...(owned ? [{ type: K8sServiceType, object: makeService(parent, config) }] : []),
        ...(parent.spec.sink ? identity.apply : []),
      ],
      remove: identity.remove,
      events: this.#events,
      status,
    };
  }

  /** What upstream says of the Deployment that evaluates the expression is said here of the expression. */
  #markExpression(served: boolean, problem: string | undefined): void {
    if (served) this.#conditions = this.#conditions.markTrue('JsonataDeploymentReady');
    else if (problem !== undefined) {
      this.#conditions = this.#conditions.markFalse('JsonataDeploymentReady', 'JsonataExpressionInvalid', problem);
    } else {
      const message = 'The expression is being read.';
      this.#conditions = this.#conditions.markUnknown('JsonataDeploymentReady', 'JsonataDeploymentUnavailable', message);
    }
  }

  #resolve(): Fields {
    const sink = sinkOf(this.parent);
    if (!sink) {
      this.#conditions = this.#conditions.markTrue('JsonataSinkBindingReady');
      return {};
    }
    try {
      const { url, audience, CACerts } = resolveDestination(sink, this.observed, this.config);
      this.#conditions = this.#conditions.markTrue('JsonataSinkBindingReady');
      return {
        sinkUri: url,
        ...(CACerts ? { sinkCACerts: CACerts } : {}),
        ...(audience ? { sinkAudience: audience } : {}),
      };
    } catch (error) {
      if (!(error instanceof ResolveError)) throw error;
      this.#conditions = this.#conditions.markFalse('JsonataSinkBindingReady', 'NotFound', error.message);
      this.#events = errorEvents(this.parent, this.#conditions, `failed to resolve the sink: ${error.message}`);
      const { sinkUri, sinkCACerts, sinkAudience } = this.parent.status ?? {};
      return {
        ...(sinkUri ? { sinkUri } : {}),
        ...(sinkCACerts ? { sinkCACerts } : {}),
        ...(sinkAudience ? { sinkAudience } : {}),
      };
    }
  }

  #markReady(): void {
    const parts = ['JsonataDeploymentReady', 'JsonataSinkBindingReady'].map((type) => this.#conditions.get(type)!);
    const { status, reason, message } = parts.find((part) => part.status !== 'True') ?? parts[0]!;
    this.#conditions = this.#conditions.mark('TransformationReady', status, reason, message);
  }

  /** Whether the Service by whose name it is reached is there, or can be made. */
  #markService(served: boolean): boolean {
    const { name, namespace } = this.parent.metadata;
    const service = transformServiceName(name);
    const existing = this.observed.get(K8sServiceType, namespace, service);
    const foreign = existing !== undefined && !isControlledBy(existing, this.parent);
    const problem = foreign ? notOwnedMessage('Service', service) : this.observed.failure(K8sServiceType, namespace, service);
    if (problem !== undefined) {
      this.#conditions = this.#conditions.markFalse('Addressable', 'NoURL', problem);
      this.#events = errorEvents(this.parent, this.#conditions, `failed to reconcile the service: ${problem}`);
    } else if (served) this.#conditions = this.#conditions.markTrue('Addressable');
    else if (!this.parent.status?.address) {
      this.#conditions = this.#conditions.markUnknown('Addressable', 'WaitingForServiceEndpoints', 'URL is empty');
    }
    return !foreign;
  }
}

/** Gives a transformation its name in the cluster, resolves where its events go, and says whether its expression can be evaluated. */
export const eventTransformReconciler: Reconciler<EventTransform, ServingConfig> = {
  name: 'eventtransform-controller',
  type: EventTransformType,
  watches: [EventPolicyType, ServiceAccountType, ...eventingAddressables],
  reads: (parent, config) => [
    { type: K8sServiceType, namespace: parent.metadata.namespace, name: transformServiceName(parent.metadata.name) },
    ...destinationReads(sinkOf(parent)),
    ...policyReads(parent, config),
    ...identityReads(EventTransformType, parent),
  ],
  plan: (parent, observed, config, now) =>
    parent.metadata.deletionTimestamp ? {} : new EventTransformPlan(parent, observed, config, now).make(),
};
