import {
  type ApiServerSource,
  type ApiServerSourceStatus,
  ApiServerSourceType,
  apiServerEvents,
  apiServerSourceConditions,
  type Conditions,
  childName,
  type Destination,
  NamespaceType,
  ServiceAccountType,
  type ServingConfig,
  type Stored,
  setDefaults,
} from '../../../api';
import type { Observed, Plan, PlannedEvent, Reconciler } from '../../reconciler';
import { ResolveError } from '../../resolve';
import { beginConditions, errorEvents, finishStatus } from '../../status';
import { type Serving, servingOf } from '../data-plane';
import { destinationReads, resolveDestination } from '../destination';
import { identityReads, planIdentity } from '../identity';
import { eventingAddressables } from '../kinds';
import { planAccess } from './access';
import { namespaceReads, watchedNamespaces } from './namespaces';

type Fields = Pick<ApiServerSourceStatus, 'sinkUri' | 'sinkCACerts' | 'sinkAudience'>;

/** Where events go, in the namespace of the source unless it names another. */
function sinkOf({ metadata, spec }: ApiServerSource): Destination {
  const { sink } = spec;
  return sink.ref ? { ...sink, ref: { ...sink.ref, namespace: sink.ref.namespace || metadata.namespace } } : sink;
}

/** The name of what upstream's controller would run. */
const adapterName = ({ metadata }: Stored<ApiServerSource>): string =>
  childName(`apiserversource-${metadata.name}-`, metadata.uid);

/** The plan of one ApiServerSource while it is put together. */
class ApiServerSourcePlan {
  readonly #source: Stored<ApiServerSource>;
  readonly #events: PlannedEvent[] = [];
  #conditions: Conditions;

  constructor(
    private readonly parent: Stored<ApiServerSource>,
    private readonly observed: Observed,
    private readonly config: ServingConfig,
    now: number,
  ) {
    this.#source = setDefaults(parent, config);
    this.#conditions = beginConditions(parent, apiServerSourceConditions, now);
  }

  make(): Plan {
    const { observed, parent, config } = this;
    const identity = planIdentity(this.#conditions, ApiServerSourceType, parent, observed, config);
    this.#conditions = identity.conditions;
    const sink = this.#resolve();
    const namespaces = watchedNamespaces(this.#source, observed);
    const serving = servingOf('api-server-source', parent, observed);
    const doubted = serving.answer?.forbidden === true;
    const access = planAccess(this.#conditions, this.#source, namespaces, observed, doubted);
    this.#conditions = access.conditions;
    if (access.problem !== undefined) this.#events.push(...errorEvents(parent, this.#conditions, access.problem));
    const { ask, source = '' } = this.#markServed(serving);
    const { mode } = this.#source.spec;
    const types = source === '' ? [] : apiServerEvents(mode === 'Resource' ? 'Resource' : 'Reference');
    const status: ApiServerSourceStatus = finishStatus(parent, this.#conditions, {
      ...sink,
      ...identity.fields,
      namespaces: [...namespaces],
      ...(types.length > 0 ? { ceAttributes: types.map((type) => ({ type, source })) } : {}),
    });
    return { apply: identity.apply, remove: identity.remove, asks: [...access.asks, ask], events: this.#events, status };
  }

  /** What was known of a sink stays while it cannot be found, and the condition says so. */
  #resolve(): Fields {
    const sink = sinkOf(this.#source);
    try {
      const { url, CACerts, audience } = resolveDestination(sink, this.observed, this.config);
      this.#conditions = this.#conditions.markTrue('SinkProvided');
      return { sinkUri: url, ...(CACerts ? { sinkCACerts: CACerts } : {}), ...(audience ? { sinkAudience: audience } : {}) };
    } catch (error) {
      if (!(error instanceof ResolveError)) throw error;
      this.#conditions = this.#conditions.markFalse('SinkProvided', 'NotFound', error.message);
      const told = errorEvents(this.parent, this.#conditions, `Sink not found: ${JSON.stringify(sink)}`);
      this.#events.push(...told.map((event) => ({ ...event, reason: 'SinkNotFound' })));
      const { sinkUri, sinkCACerts, sinkAudience } = this.parent.status ?? {};
      return {
        ...(sinkUri ? { sinkUri } : {}),
        ...(sinkCACerts ? { sinkCACerts } : {}),
        ...(sinkAudience ? { sinkAudience } : {}),
      };
    }
  }

  #markServed({ ask, answer, served }: Serving) {
    if (answer?.problem !== undefined) {
      this.#conditions = this.#conditions.markFalse('Deployed', 'WatchFailed', answer.problem);
    } else if (served) this.#conditions = this.#conditions.markTrue('Deployed');
    else {
      const message = `The Deployment '${adapterName(this.parent)}' is unavailable.`;
      this.#conditions = this.#conditions.markUnknown('Deployed', 'DeploymentUnavailable', message);
    }
    const source = answer?.source ?? this.parent.status?.ceAttributes?.[0]?.source;
    return { ask, ...(source === undefined ? {} : { source }) };
  }
}

/** Resolves where the events of an ApiServerSource go and which namespaces it watches, and says whether it does. */
export const apiServerSourceReconciler: Reconciler<ApiServerSource, ServingConfig> = {
  name: 'apiserversource-controller',
  type: ApiServerSourceType,
  watches: [NamespaceType, ServiceAccountType, ...eventingAddressables],
  reads(parent, config) {
    const source = setDefaults(parent, config);
    return [...destinationReads(sinkOf(source)), ...namespaceReads(source), ...identityReads(ApiServerSourceType, parent)];
  },
  plan: (parent, observed, config, now) =>
    parent.metadata.deletionTimestamp ? {} : new ApiServerSourcePlan(parent, observed, config, now).make(),
};
