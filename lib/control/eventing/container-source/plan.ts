import {
  type Conditions,
  type ContainerSource,
  type ContainerSourceStatus,
  ContainerSourceType,
  conditionOf,
  containerSourceConditions,
  type Deployment,
  DeploymentType,
  type ServingConfig,
  type SinkBinding,
  SinkBindingType,
  type Stored,
  setDefaults,
} from '../../../api';
import { isControlledBy } from '../../metadata';
import type { Apply, Observed, Plan, PlannedEvent, Reconciler } from '../../reconciler';
import { beginConditions, errorEvents, finishStatus } from '../../status';
import { type Binding, tokenSecretOf } from '../sink-binding';
import { deploymentName, makeDeployment, makeSinkBinding, sinkBindingName } from './resources';

type Fields = Pick<ContainerSourceStatus, 'sinkUri' | 'sinkCACerts' | 'sinkAudience' | 'auth'>;

/** What the binding tells, once it knows it for the sink that it has now. */
function bindingOf(binding: Stored<SinkBinding>, config: ServingConfig): Binding | undefined {
  const { metadata, spec, status } = binding;
  const { sinkUri: url, sinkCACerts: CACerts, sinkAudience, observedGeneration } = status ?? {};
  const { ceOverrides } = spec;
  const tokenSecret = tokenSecretOf(binding, sinkAudience, config);
  if (!url || observedGeneration !== metadata.generation) return undefined;
  return {
    url,
    ...(CACerts ? { CACerts } : {}),
    ...(ceOverrides ? { ceOverrides } : {}),
    ...(tokenSecret ? { tokenSecret } : {}),
  };
}

function fieldsOf({ status }: SinkBinding): Fields {
  const { sinkUri, sinkCACerts, sinkAudience, auth } = status ?? {};
  return {
    ...(sinkUri ? { sinkUri } : {}),
    ...(sinkCACerts ? { sinkCACerts } : {}),
    ...(sinkAudience ? { sinkAudience } : {}),
    ...(auth ? { auth } : {}),
  };
}

/** The plan of one ContainerSource while it is put together. */
class ContainerSourcePlan {
  readonly #source: Stored<ContainerSource>;
  readonly #apply: Apply[] = [];
  #conditions: Conditions;
  #events: readonly PlannedEvent[] = [];

  constructor(
    private readonly parent: Stored<ContainerSource>,
    private readonly observed: Observed,
    private readonly config: ServingConfig,
    now: number,
  ) {
    this.#source = setDefaults(parent, config);
    this.#conditions = beginConditions(parent, containerSourceConditions, now);
  }

  make(): Plan {
    const { namespace } = this.parent.metadata;
    const binding = this.observed.get(SinkBindingType, namespace, sinkBindingName(this.parent));
    const deployment = this.observed.get(DeploymentType, namespace, deploymentName(this.parent));
    this.#planBinding(binding);
    this.#planDeployment(deployment, binding);
    const fields = binding && this.#owns(binding) ? fieldsOf(binding) : {};
    const status: ContainerSourceStatus = finishStatus(this.parent, this.#conditions, fields);
    return { apply: this.#apply, events: this.#events, status };
  }

  #owns(child: SinkBinding | Deployment): boolean {
    return isControlledBy(child, this.parent);
  }

  #planBinding(existing: Stored<SinkBinding> | undefined): void {
    const name = sinkBindingName(this.parent);
    if (existing && !this.#owns(existing)) {
      const message = this.#notOwned('SinkBinding', name);
      this.#conditions = this.#conditions.markFalse('SinkBindingReady', 'NotOwned', message);
      return;
    }
    this.#apply.push({ type: SinkBindingType, object: makeSinkBinding(this.#source) });
    const ready = conditionOf(existing?.status?.conditions, 'Ready');
    if (!ready) this.#conditions = this.#conditions.markUnknown('SinkBindingReady', '', '');
    else if (ready.status === 'True') this.#conditions = this.#conditions.markTrue('SinkBindingReady');
    else this.#conditions = this.#conditions.mark('SinkBindingReady', ready.status, ready.reason, ready.message);
  }

  /** It is made when the address is known, so that no container ever runs without; while it is lost, all stays as it is. */
  #planDeployment(existing: Stored<Deployment> | undefined, sinkBinding: Stored<SinkBinding> | undefined): void {
    const name = deploymentName(this.parent);
    if (existing && !this.#owns(existing)) {
      const message = this.#notOwned('deployment', name);
      this.#conditions = this.#conditions.markFalse('ReceiveAdapterReady', 'NotOwned', message);
      return;
    }
    const binding = sinkBinding && this.#owns(sinkBinding) ? bindingOf(sinkBinding, this.config) : undefined;
    const failure = this.observed.failure(DeploymentType, this.parent.metadata.namespace, name);
    if (failure !== undefined) {
      this.#conditions = this.#conditions.markFalse('ReceiveAdapterReady', 'DeploymentFailed', failure);
      return;
    }
    if (binding) this.#apply.push({ type: DeploymentType, object: makeDeployment(this.#source, binding, existing) });
    const available = conditionOf(existing?.status?.conditions, 'Available');
    if (!available) {
      const message = `The Deployment '${name}' is unavailable.`;
      this.#conditions = this.#conditions.markUnknown('ReceiveAdapterReady', 'DeploymentUnavailable', message);
    } else if (available.status === 'True') this.#conditions = this.#conditions.markTrue('ReceiveAdapterReady');
    else this.#conditions = this.#conditions.mark('ReceiveAdapterReady', available.status, available.reason, available.message);
  }

  #notOwned(kind: string, name: string): string {
    const message = `${kind} ${JSON.stringify(name)} is not owned by ContainerSource ${JSON.stringify(this.parent.metadata.name)}`;
    this.#events = errorEvents(this.parent, this.#conditions, message);
    return message;
  }
}

/** Runs the container of a ContainerSource in a Deployment, and has a SinkBinding tell it where to send events. */
export const containerSourceReconciler: Reconciler<ContainerSource, ServingConfig> = {
  name: 'containersource-controller',
  type: ContainerSourceType,
  watches: [SinkBindingType, DeploymentType],
  reads(parent) {
    const { namespace } = parent.metadata;
    return [
      { type: SinkBindingType, namespace, name: sinkBindingName(parent) },
      { type: DeploymentType, namespace, name: deploymentName(parent) },
    ];
  },
  plan: (parent, observed, config, now) =>
    parent.metadata.deletionTimestamp ? {} : new ContainerSourcePlan(parent, observed, config, now).make(),
};
