import {
  type Conditions,
  type Deployment,
  DeploymentType,
  isReady,
  type KubeObject,
  labels,
  type PodAutoscaler,
  PodAutoscalerType,
  PodType,
  type ResourceType,
  type Revision,
  type RevisionStatus,
  RevisionType,
  type ServingConfig,
  type Stored,
  setDefaults,
  validate,
  wantsQueueSidecar,
} from '../../api';
import { formatFieldErrors } from '../../base';
import { semanticEqual } from '../engine/json';
import { isControlledBy } from '../metadata';
import type { Apply, Ask, Observed, Plan, PlannedEvent, Read, Reconciler } from '../reconciler';
import { beginConditions, finishStatus, notOwnedMessage } from '../status';
import { propagateAutoscaler, propagateDeployment, propagatePod, revisionConditions } from './conditions';
import { deploymentName, makeDeployment, updateDeployment } from './deployment';
import { resolveDigests } from './digests';
import { ImageType, makeImageCaches } from './image-cache';
import { makePodAutoscaler } from './pod-autoscaler';

/** What differs between installations and is in no ConfigMap of Knative's core. */
export interface RevisionOptions {
  /** Whether the kind Image of caching.internal.knative.dev is served. @default false */
  readonly imageCache?: boolean;
  /** Where logs of a revision are; `${REVISION_UID}` stands for its uid. @default none */
  readonly loggingUrlTemplate?: string;
  /**
   * How long containers go on after their pod has been told to end and before they hear of it, in seconds, so that gateways stop
   * sending first and short requests end in peace. @default 0
   */
  readonly preStopSleepSeconds?: number;
  /**
   * Whether pods get the sidecar that revision or settings ask for: `required` refuses a revision where settings name no image for it,
   * `possible` leaves it out there. @default 'never': pods are no containers
   */
  readonly queueSidecar?: 'required' | 'possible' | 'never';
}

const NO_SIDECAR_IMAGE =
  'the revision is to have the sidecar queue-proxy, and queue-sidecar-image in ConfigMap config-deployment is empty or unset: set it to the image of the platform, or the annotation queue.sidecar.serving.knative.dev/enabled to "false"';

/** The plan of one Revision while it is put together. */
class RevisionPlan {
  readonly #apply: Apply[] = [];
  readonly #asks: Ask[] = [];
  readonly #events: PlannedEvent[] = [];
  #revision: Stored<Revision>;
  #conditions: Conditions;
  #fields: RevisionStatus;

  constructor(
    private readonly parent: Stored<Revision>,
    private readonly observed: Observed,
    private readonly config: ServingConfig,
    now: number,
    private readonly options: RevisionOptions,
  ) {
    this.#revision = setDefaults(parent, config);
    this.#conditions = beginConditions(parent, revisionConditions, now);
    const { loggingUrlTemplate } = options;
    const logUrl = loggingUrlTemplate?.replace(/\$\{REVISION_UID\}/g, parent.metadata.uid);
    this.#fields = { ...parent.status, logUrl };
  }

  make(): Plan {
    if (this.#resolveImages()) {
      const deployment = this.#planDeployment();
      if (deployment !== 'foreign') {
        if (this.options.imageCache) this.#planImageCaches();
        this.#planAutoscaler(deployment);
      }
    }
    const status = finishStatus(this.parent, this.#conditions, this.#fields);
    if (!isReady(this.parent) && this.#conditions.happy) {
      this.#event('Normal', 'RevisionReady', 'Revision becomes ready upon all resources being ready');
    }
    return { apply: this.#apply, asks: this.#asks, events: this.#events, status };
  }

  #resolveImages(): boolean {
    const resolution = resolveDigests(this.#revision, this.observed, this.config);
    if (resolution.state === 'resolved') {
      for (const warning of resolution.warnings) this.#event('Warning', 'DigestUnknown', `${warning}; the tag is kept`);
      const { containers: containerStatuses, initContainers } = resolution;
      const images = { containerStatuses, ...(initContainers.length > 0 ? { initContainerStatuses: initContainers } : {}) };
      this.#fields = { ...this.#fields, ...images };
      this.#revision = { ...this.#revision, status: { ...this.#revision.status, ...images } };
      return true;
    }
    this.#asks.push(resolution.ask);
    this.#conditions =
      resolution.state === 'pending'
        ? this.#conditions.markUnknown('ResourcesAvailable', 'ResolvingDigests')
        : this.#conditions.markFalse('ContainerHealthy', 'ContainerMissing', resolution.message);
    return false;
  }

  /** Returns the Deployment if it exists and is the revision's own. */
  #planDeployment(): Stored<Deployment> | undefined | 'foreign' {
    const existing = this.#own(DeploymentType, deploymentName(this.#revision));
    if (existing === 'foreign') return existing;
    const desired = makeDeployment(this.#revision, this.config, this.options.preStopSleepSeconds, this.#queued());
    if (!existing) {
      const refused = this.#refused();
      if (refused !== undefined) {
        this.#conditions = this.#conditions.markFalse('ResourcesAvailable', 'ValidationFailed', refused);
        return 'foreign';
      }
      this.#conditions = this.#conditions
        .markUnknown('ResourcesAvailable', 'Deploying')
        .markUnknown('ContainerHealthy', 'Deploying');
      this.#apply.push({ type: DeploymentType, object: desired });
      return undefined;
    }
    // Pods that have the sidecar keep the image that they have.
    const object = this.#lacksSidecar() ? undefined : updateDeployment(existing, desired);
    if (object) this.#apply.push({ type: DeploymentType, object, metadata: 'replace' });
    this.#conditions = propagateDeployment(this.#conditions, existing);
    if ((existing.spec.replicas ?? 1) > 0 && !existing.status?.availableReplicas) this.#explainMissingPods(existing);
    if (existing.status?.readyReplicas) this.#conditions = this.#conditions.markTrue('ContainerHealthy');
    return existing;
  }

  /** Why there is to be no such pod: what the API server of a cluster has no rule for, as features that are off, is refused here. */
  #refused(): string | undefined {
    return formatFieldErrors(validate(this.parent, this.config)) || (this.#lacksSidecar() ? NO_SIDECAR_IMAGE : undefined);
  }

  #wantsSidecar(): boolean {
    return wantsQueueSidecar(this.#revision.metadata.annotations, this.config);
  }

  #lacksSidecar(): boolean {
    return this.options.queueSidecar === 'required' && this.#wantsSidecar() && !this.config.deployment.queueSidecarImage;
  }

  #queued(): boolean {
    const { queueSidecar = 'never' } = this.options;
    return queueSidecar !== 'never' && this.#wantsSidecar() && this.config.deployment.queueSidecarImage !== '';
  }

  #explainMissingPods(deployment: Deployment): void {
    const { namespace = '', uid } = this.#revision.metadata;
    const pods = this.observed.list(PodType, namespace, { [labels.revisionUID]: uid });
    const pod = pods.find(({ metadata }) => !metadata.deletionTimestamp);
    if (pod) this.#conditions = propagatePod(this.#conditions, pod, deployment, this.config);
  }

  #planImageCaches(): void {
    const { containerStatuses = [], initContainerStatuses = [] } = this.#fields;
    const { namespace = '', uid } = this.#revision.metadata;
    const images = this.observed.list(ImageType, namespace, { [labels.revisionUID]: uid });
    const existing = new Set<string | undefined>(images.map(({ metadata }) => metadata.name));
    for (const object of makeImageCaches(this.#revision, [...containerStatuses, ...initContainerStatuses])) {
      if (!existing.has(object.metadata.name)) this.#apply.push({ type: ImageType, object });
    }
  }

  #planAutoscaler(deployment: Stored<Deployment> | undefined): void {
    const existing: Stored<PodAutoscaler> | undefined | 'foreign' = this.#own(PodAutoscalerType, this.#revision.metadata.name);
    if (existing === 'foreign') return;
    this.#conditions = propagateAutoscaler(this.#conditions, existing);
    const { actualScale = -1, desiredScale = -1 } = existing?.status ?? {};
    this.#fields = {
      ...this.#fields,
      actualReplicas: actualScale < 0 ? undefined : actualScale,
      desiredReplicas: desiredScale < 0 ? undefined : desiredScale,
    };
    const object = makePodAutoscaler(this.#revision, existing, deployment, this.#conditions, this.config);
    this.#apply.push({ type: PodAutoscalerType, object, metadata: 'replace' });
  }

  /** A child by name; one that is somebody else's is said once, in condition and event. */
  #own<T extends KubeObject>(type: ResourceType<T>, name: string): Stored<T> | undefined | 'foreign' {
    const existing = this.observed.get(type, this.#revision.metadata.namespace, name);
    if (!existing || isControlledBy(existing, this.#revision)) return existing;
    this.#conditions = this.#conditions.markFalse('ResourcesAvailable', 'NotOwned', notOwnedMessage(type.kind, name));
    if (!semanticEqual(this.#conditions.list, this.parent.status?.conditions)) {
      const revision = JSON.stringify(this.#revision.metadata.name);
      this.#event('Warning', 'InternalError', `revision: ${revision} does not own ${type.kind}: ${JSON.stringify(name)}`);
    }
    return 'foreign';
  }

  #event(type: PlannedEvent['type'], reason: string, message: string): void {
    this.#events.push({ type, reason, message });
  }
}

/** Runs a Revision: its Deployment and PodAutoscaler, and what they say of its health. */
export function revisionReconciler(options: RevisionOptions = {}): Reconciler<Revision, ServingConfig> {
  return {
    name: 'revision-controller',
    type: RevisionType,
    watches: [DeploymentType, PodAutoscalerType, PodType, ...(options.imageCache ? [ImageType] : [])],
    reads(parent): readonly Read[] {
      const { namespace = '', name, uid } = parent.metadata;
      return [
        { type: DeploymentType, namespace, name: deploymentName(parent) },
        { type: PodAutoscalerType, namespace, name },
        { type: PodType, namespace, labels: { [labels.revisionUID]: uid } },
        ...(options.imageCache ? [{ type: ImageType, namespace, labels: { [labels.revisionUID]: uid } }] : []),
      ];
    },
    plan: (parent, observed, config, now) => new RevisionPlan(parent, observed, config, now, options).make(),
  };
}
