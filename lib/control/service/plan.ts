import {
  type Conditions,
  type Configuration,
  ConfigurationType,
  type KubeObject,
  type Revision,
  RevisionType,
  type Route,
  RouteType,
  type Service,
  type ServiceStatus,
  ServiceType,
  type ServingConfig,
  type Stored,
  setDefaults,
} from '../../api';
import { revisionClash } from '../configuration/name';
import { semanticEqual } from '../engine/json';
import { isControlledBy } from '../metadata';
import type { Apply, Observed, Plan, PlannedEvent, Read, Reconciler } from '../reconciler';
import { beginConditions, finishStatus } from '../status';
import {
  markConfigurationNotOwned,
  markConfigurationOutOfDate,
  markRevisionNameTaken,
  markRouteNotOwned,
  markRouteOutOfDate,
  markTrafficNotMigrated,
  propagateReady,
  serviceConditions,
} from './conditions';
import { makeConfiguration, makeRoute } from './resources';

/** A child as it is and as it should be. */
interface Child<T extends KubeObject> {
  readonly existing: Stored<T> | undefined;
  readonly apply: Apply;
  readonly event: PlannedEvent | undefined;
  /** Whether its controller has seen the spec that it should have. */
  readonly upToDate: boolean;
}

function childOf<T extends Configuration | Route>(
  type: Apply['type'],
  existing: Stored<T> | undefined,
  desired: T,
  observed: Observed,
  config: ServingConfig,
): Child<T> {
  const { namespace, name = '' } = desired.metadata;
  const current =
    existing !== undefined &&
    existing.status?.observedGeneration === existing.metadata.generation &&
    semanticEqual(setDefaults<KubeObject>(existing, config).spec, setDefaults<KubeObject>(desired, config).spec);
  return {
    existing,
    apply: { type, object: desired, metadata: 'replace' },
    event: existing ? undefined : creationEvent(type.kind, name, observed.failure(type, namespace, name)),
    upToDate: current,
  };
}

function creationEvent(kind: string, name: string, failure: string | undefined): PlannedEvent {
  const what = `${kind} ${JSON.stringify(name)}`;
  return failure === undefined
    ? { type: 'Normal', reason: 'Created', message: `Created ${what}` }
    : { type: 'Warning', reason: 'CreationFailed', message: `Failed to create ${what}: ${failure}` };
}

/** Whether the route sends requests where the Service wants them: its status names the revisions that its spec stands for. */
function isMigrated(route: Stored<Route>, configuration: Stored<Configuration>): boolean {
  const got = route.status?.traffic ?? [];
  const want = route.spec.traffic ?? [];
  return (
    want.length === got.length &&
    want.every(({ tag, revisionName, configurationName, percent }, i) => {
      const latest = configurationName === configuration.metadata.name;
      const target = {
        tag,
        percent,
        revisionName: latest ? configuration.status?.latestReadyRevisionName : revisionName,
        configurationName: latest ? undefined : configurationName,
      };
      const { url: _url, latestRevision: _latest, ...actual } = got[i]!;
      return semanticEqual(target, actual);
    })
  );
}

/** The plan of one Service while it is put together. */
class ServicePlan {
  readonly #service: Stored<Service>;
  readonly #apply: Apply[] = [];
  readonly #events: PlannedEvent[] = [];
  #conditions: Conditions;
  #fields: ServiceStatus;

  constructor(
    private readonly parent: Stored<Service>,
    private readonly observed: Observed,
    private readonly config: ServingConfig,
    now: number,
  ) {
    this.#service = setDefaults(parent, config);
    this.#conditions = beginConditions(parent, serviceConditions, now);
    this.#fields = parent.status ?? {};
  }

  make(): Plan {
    const configuration = this.#planConfiguration();
    if (configuration && this.#mayRoute(configuration)) this.#planRoute(configuration);
    const status = finishStatus(this.parent, this.#conditions, this.#fields);
    return { apply: this.#apply, events: this.#events, status };
  }

  #planConfiguration(): Child<Configuration> | undefined {
    const { namespace, name } = this.#service.metadata;
    const existing = this.observed.get(ConfigurationType, namespace, name);
    if (existing && !isControlledBy(existing, this.#service)) {
      this.#foreign(markConfigurationNotOwned(this.#conditions, name), 'configuration');
      return undefined;
    }
    const desired = makeConfiguration(this.#service, existing);
    const child = childOf(ConfigurationType, existing, desired, this.observed, this.config);
    this.#add(child);
    if (child.upToDate && existing) {
      const { latestCreatedRevisionName, latestReadyRevisionName } = existing.status ?? {};
      this.#fields = { ...this.#fields, latestCreatedRevisionName, latestReadyRevisionName };
      this.#conditions = propagateReady(this.#conditions, 'ConfigurationsReady', existing);
    } else this.#conditions = markConfigurationOutOfDate(this.#conditions);
    return child;
  }

  /** A revision name of the author's own must be known to be free before traffic may move. */
  #mayRoute(configuration: Child<Configuration>): boolean {
    const { namespace } = this.#service.metadata;
    const name = this.#service.spec.template.metadata?.name;
    if (!name) return true;
    if (!configuration.upToDate || !configuration.existing) return false;
    const revision: Stored<Revision> | undefined = this.observed.get(RevisionType, namespace, name);
    if (!revision || !revisionClash(configuration.existing, revision, this.config)) return true;
    this.#conditions = markRevisionNameTaken(this.#conditions, name);
    return false;
  }

  #planRoute(configuration: Child<Configuration>): void {
    const { namespace, name } = this.#service.metadata;
    const existing = this.observed.get(RouteType, namespace, name);
    if (existing && !isControlledBy(existing, this.#service)) {
      this.#foreign(markRouteNotOwned(this.#conditions, name), 'route');
      return;
    }
    const child = childOf(RouteType, existing, makeRoute(this.#service), this.observed, this.config);
    this.#add(child);
    if (!existing || !child.upToDate) {
      this.#conditions = markRouteOutOfDate(this.#conditions);
      return;
    }
    const { url, address, traffic } = existing.status ?? {};
    this.#fields = { ...this.#fields, url, address, traffic };
    this.#conditions = propagateReady(this.#conditions, 'RoutesReady', existing);
    if (!this.#conditions.is('RoutesReady', 'True')) return;
    if (!configuration.existing || !isMigrated(existing, configuration.existing)) {
      this.#conditions = markTrafficNotMigrated(this.#conditions);
    }
  }

  #add(child: Child<KubeObject>): void {
    this.#apply.push(child.apply);
    if (child.event) this.#events.push(child.event);
  }

  /** A child of that name belongs to somebody else: said once, in condition and event. */
  #foreign(conditions: Conditions, kind: 'configuration' | 'route'): void {
    const name = JSON.stringify(this.#service.metadata.name);
    if (!semanticEqual(conditions.list, this.parent.status?.conditions)) {
      const message = `service: ${name} does not own ${kind}: ${name}`;
      this.#events.push({ type: 'Warning', reason: 'InternalError', message });
    }
    this.#conditions = conditions;
  }
}

/** Keeps a Configuration and a Route for every Service, and its status the sum of theirs. */
export const serviceReconciler: Reconciler<Service, ServingConfig> = {
  name: 'service-controller',
  type: ServiceType,
  watches: [ConfigurationType, RouteType, RevisionType],
  reads({ metadata: { namespace, name }, spec }): readonly Read[] {
    const revision = spec.template.metadata?.name;
    return [
      { type: ConfigurationType, namespace, name },
      { type: RouteType, namespace, name },
      ...(revision ? [{ type: RevisionType, namespace, name: revision }] : []),
    ];
  },
  plan: (parent, observed, config, now) => new ServicePlan(parent, observed, config, now).make(),
};
