import {
  annotationOf,
  annotations,
  type Conditions,
  ConfigurationType,
  EndpointsType,
  type Ingress,
  IngressType,
  isReady,
  K8sServiceType,
  labels,
  parseDuration,
  RevisionType,
  type Route,
  type RouteStatus,
  RouteType,
  type ServingConfig,
  type Stored,
  setDefaults,
} from '../../api';
import { IngressError, isTakenIn } from '../ingress/child-ingress';
import { isControlledBy } from '../metadata';
import type { Apply, Observed, Plan, PlannedEvent, Read, Reconciler } from '../reconciler';
import { beginConditions, errorEvents, finishStatus } from '../status';
import {
  markEndpointsNotOwned,
  markIngressNotConfigured,
  markRolloutInProgress,
  markServiceNotOwned,
  propagateIngress,
  routeConditions,
} from './conditions';
import { DomainError, hostnameOf, hostOf, serviceHost, urlOf } from './domains';
import { makeIngress } from './ingress';
import { planServices } from './placeholder-services';
import { finishedRollout, isDone, observeReady, type Rollout, step } from './rollout';
import { readRollout } from './rollout-annotation';
import { markCertificates } from './tls';
import { resolveTraffic, statusTraffic, type Traffic } from './traffic';
import { tagsOf, type Visibility, visibilities } from './visibility';

const NS_PER_MS = 1e6;

/** What differs between installations and is in no ConfigMap of Knative's core. */
export interface RouteOptions {
  /** Where requests for Ingresses of our own class go inside the cluster. @default known once the Ingress says so */
  readonly gatewayHost?: string;
}

/** The plan of one Route while it is put together. */
class RoutePlan {
  readonly #route: Stored<Route>;
  readonly #apply: Apply[] = [];
  readonly #remove: NonNullable<Plan['remove']>[number][] = [];
  readonly #events: PlannedEvent[] = [];
  #conditions: Conditions;
  #fields: RouteStatus;
  #requeueAfter: number | undefined;

  constructor(
    private readonly parent: Stored<Route>,
    private readonly observed: Observed,
    private readonly config: ServingConfig,
    private readonly now: number,
    private readonly options: RouteOptions,
  ) {
    this.#route = setDefaults(parent, config);
    this.#conditions = beginConditions(parent, routeConditions, now);
    this.#fields = parent.status ?? {};
  }

  make(): Plan {
    if (this.parent.metadata.generation !== this.parent.status?.observedGeneration) {
      this.#conditions = markIngressNotConfigured(this.#conditions);
    }
    try {
      this.#planTraffic();
    } catch (error) {
      // What the author or the installation can mend is said in the status; anything else is the engine's to report.
      if (error instanceof DomainError) {
        this.#conditions = this.#conditions.markFalse('AllTrafficAssigned', 'ErrorConfig', error.message);
      } else if (!(error instanceof IngressError)) throw error;
      this.#tell(error.message);
    }
    return {
      apply: this.#apply,
      remove: this.#remove,
      events: this.#events,
      status: finishStatus(this.parent, this.#conditions, this.#fields),
      ...(this.#requeueAfter === undefined ? {} : { requeueAfter: this.#requeueAfter }),
    };
  }

  #planTraffic(): void {
    const { config, observed } = this;
    const { namespace = '', name } = this.#route.metadata;
    const traffic = resolveTraffic(this.#route, observed);
    const services = observed.list(K8sServiceType, namespace, { [labels.route]: name });
    const visibility = visibilities(this.#route, services, config);
    const own = visibility.get('')!;
    this.#fields = { ...this.#fields, url: urlOf(hostOf(this.#route, '', own, config), own, config) };
    if ('isFailure' in traffic) {
      this.#conditions = traffic.mark(this.#conditions);
      return;
    }
    const urlOfTag = (tag: string): string => {
      const from = visibility.get(tag) ?? 'ExternalIP';
      return urlOf(hostOf(this.#route, tag, from, config), from, config);
    };
    const nothing: Rollout = { configurations: [] };
    this.#fields = { ...this.#fields, traffic: statusTraffic(traffic, nothing, urlOfTag) };
    this.#conditions = this.#conditions.markTrue('AllTrafficAssigned');
    this.#fields = { ...this.#fields, address: { url: `http://${serviceHost(this.#route, config)}` } };
    if (!this.#ownsServices(traffic)) return;
    this.#conditions = markCertificates(this.#conditions, this.#route, visibility, config);
    const rollout = this.#planIngress(traffic, visibility);
    if (isDone(rollout)) return;
    this.#conditions = markRolloutInProgress(this.#conditions);
    this.#fields = { ...this.#fields, traffic: statusTraffic(traffic, rollout, urlOfTag) };
  }

  /** Plans Services and Ingress; returns the rollout on which the Ingress is based. */
  #planIngress(traffic: Traffic, visibility: ReadonlyMap<string, Visibility>): Rollout {
    const { namespace, name } = this.#route.metadata;
    const existing = this.observed.get(IngressType, namespace, name);
    this.#planServices(traffic, existing);
    const rollout = this.#rollout(finishedRollout(traffic.byTag), existing);
    const desired = makeIngress({ route: this.#route, traffic, rollout, visibility, config: this.config });
    this.#apply.push({ type: IngressType, object: desired, metadata: 'replace' });
    if (!existing) this.#tellCreation(IngressType, name, `Ingress ${JSON.stringify(name)}`, 'Ingress');
    if (!existing || !isTakenIn(existing, desired, this.config)) this.#conditions = markIngressNotConfigured(this.#conditions);
    else if (isDone(rollout)) this.#conditions = propagateIngress(this.#conditions, existing);
    return rollout;
  }

  #planServices(traffic: Traffic, ingress: Ingress | undefined): void {
    const tags = [...traffic.byTag.keys()].sort();
    const plan = planServices(this.#route, tags, ingress, this.observed, this.config, this.options.gatewayHost);
    this.#apply.push(...plan.apply);
    this.#remove.push(...plan.remove);
    for (const name of plan.missing) {
      const what = `placeholder service ${JSON.stringify(name)}`;
      this.#tellCreation(K8sServiceType, name, what, what);
    }
  }

  /** The state of the gradual rollout, and when it goes on. */
  #rollout(goal: Rollout, ingress: Stored<Ingress> | undefined): Rollout {
    const seconds = this.#rolloutSeconds();
    if (!ingress || seconds <= 0) return goal;
    const now = this.now * NS_PER_MS;
    let previous = readRollout(ingress.metadata.annotations?.[annotations.rollout[0]]);
    if (previous && isReady(ingress) && !this.#conditions.is('IngressReady', 'True')) {
      previous = observeReady(previous, now, seconds);
    }
    const { rollout, nextStepTime } = step(goal, previous, now);
    if (nextStepTime !== undefined) this.#requeueAfter = Math.max(0, Math.ceil((nextStepTime - now) / NS_PER_MS));
    return rollout;
  }

  #rolloutSeconds(): number {
    const given = annotationOf(this.#route.metadata.annotations, annotations.rolloutDuration);
    const duration = (given ? parseDuration(given) : undefined) || this.config.network.rolloutDuration;
    return Math.trunc(duration / 1000);
  }

  /** False, and said in the status, if something that the route needs to make exists and belongs to somebody else. */
  #ownsServices(traffic: Traffic): boolean {
    const { namespace, name } = this.#route.metadata;
    const route = JSON.stringify(name);
    for (const tag of [...traffic.byTag.keys()].sort()) {
      const child = hostnameOf(name, tag, this.config);
      const service = this.observed.get(K8sServiceType, namespace, child);
      const endpoints = this.observed.get(EndpointsType, namespace, child);
      if (service && !isControlledBy(service, this.#route)) {
        this.#conditions = markServiceNotOwned(this.#conditions, child);
        this.#tell(`route: ${route} does not own Service: ${JSON.stringify(child)}`);
        return false;
      }
      if (endpoints && !isControlledBy(endpoints, this.#route)) {
        this.#conditions = markEndpointsNotOwned(this.#conditions, child);
        this.#tell(`route: ${route} does not own Endpoints: ${JSON.stringify(child)}`);
        return false;
      }
    }
    return true;
  }

  #tell(message: string): void {
    this.#events.push(...errorEvents(this.parent, this.#conditions, message));
  }

  #tellCreation(type: Apply['type'], name: string, created: string, failed: string): void {
    const failure = this.observed.failure(type, this.#route.metadata.namespace, name);
    if (failure === undefined) this.#events.push({ type: 'Normal', reason: 'Created', message: `Created ${created}` });
    else {
      const message = `Failed to create ${failed}: ${failure}`;
      this.#events.push({ type: 'Warning', reason: 'CreationFailed', message });
    }
  }
}

function readsOf(parent: Stored<Route>, config: ServingConfig): readonly Read[] {
  const { namespace = '', name } = parent.metadata;
  const reads: Read[] = [
    { type: IngressType, namespace, name },
    { type: K8sServiceType, namespace, labels: { [labels.route]: name } },
    { type: EndpointsType, namespace, labels: { [labels.route]: name } },
  ];
  for (const { revisionName, configurationName } of parent.spec.traffic ?? []) {
    if (revisionName) reads.push({ type: RevisionType, namespace, name: revisionName });
    else if (configurationName) {
      reads.push({ type: ConfigurationType, namespace, name: configurationName });
      reads.push({ type: RevisionType, namespace, labels: { [labels.configuration]: configurationName } });
    }
  }
  for (const tag of tagsOf(parent)) {
    const child = hostnameOf(name, tag, config);
    reads.push({ type: K8sServiceType, namespace, name: child }, { type: EndpointsType, namespace, name: child });
  }
  return reads;
}

/** Sends the requests of a Route to revisions: an Ingress for the front door and a Service for every name inside the cluster. */
export function createRouteReconciler(options: RouteOptions = {}): Reconciler<Route, ServingConfig> {
  return {
    name: 'route-controller',
    type: RouteType,
    watches: [ConfigurationType, RevisionType, IngressType, K8sServiceType, EndpointsType],
    reads(parent, config) {
      try {
        return readsOf(parent, config);
      } catch (error) {
        // No host can be made: the plan says so, and only the route or the configuration can change it.
        if (error instanceof DomainError) return [];
        throw error;
      }
    },
    plan: (parent, observed, config, now) => new RoutePlan(parent, observed, config, now, options).make(),
  };
}

/** The same where nothing is known of front doors before they are there. */
export const routeReconciler = createRouteReconciler();
