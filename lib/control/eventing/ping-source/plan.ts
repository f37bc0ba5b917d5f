import {
  type Conditions,
  type Destination,
  PING_EVENT,
  type PingSource,
  type PingSourceStatus,
  PingSourceType,
  pingEventSource,
  pingSourceConditions,
  ServiceAccountType,
  type ServingConfig,
  type Stored,
  setDefaults,
} from '../../../api';
import type { Observed, Plan, PlannedEvent, Reconciler } from '../../reconciler';
import { ResolveError } from '../../resolve';
import { beginConditions, errorEvents, finishStatus } from '../../status';
import { servingOf } from '../data-plane';
import { destinationReads, resolveDestination } from '../destination';
import { identityReads, planIdentity } from '../identity';
import { eventingAddressables } from '../kinds';

/** What upstream's controllers call the program that sends. */
const SENDER = 'pingsource-mt-adapter';

/** Where events go, in the namespace of the source unless it names another. */
function sinkOf({ metadata, spec }: PingSource): Destination {
  const { sink } = spec;
  return sink.ref ? { ...sink, ref: { ...sink.ref, namespace: sink.ref.namespace || metadata.namespace } } : sink;
}

/** The fields of a status that say what is sent, and where. */
type Fields = Pick<PingSourceStatus, 'sinkUri' | 'sinkCACerts' | 'sinkAudience' | 'ceAttributes'>;

/** The plan of one PingSource while it is put together. */
class PingSourcePlan {
  readonly #source: Stored<PingSource>;
  #conditions: Conditions;
  #events: readonly PlannedEvent[] = [];

  constructor(
    private readonly parent: Stored<PingSource>,
    private readonly observed: Observed,
    private readonly config: ServingConfig,
    now: number,
  ) {
    this.#source = setDefaults(parent, config);
    this.#conditions = beginConditions(parent, pingSourceConditions, now);
  }

  make(): Plan {
    const { apply, remove, ...identity } = planIdentity(
      this.#conditions,
      PingSourceType,
      this.parent,
      this.observed,
      this.config,
    );
    this.#conditions = identity.conditions;
    const { ask, answer, served } = servingOf('ping-source', this.parent, this.observed);
    if (served) this.#conditions = this.#conditions.markTrue('Deployed');
    else if (answer?.problem !== undefined) {
      this.#conditions = this.#conditions.markFalse('Deployed', 'ScheduleInvalid', answer.problem);
    } else {
      const message = `The Deployment '${SENDER}' is unavailable.`;
      this.#conditions = this.#conditions.markUnknown('Deployed', 'DeploymentUnavailable', message);
    }
    const fields = this.#resolve();
    const status: PingSourceStatus = finishStatus(this.parent, this.#conditions, { ...fields, ...identity.fields });
    return { apply, remove, asks: [ask], events: this.#events, status };
  }

  /** What was known of a sink stays while it cannot be found, and the condition says so. */
  #resolve(): Fields {
    const sink = sinkOf(this.#source);
    const { namespace = '', name } = this.parent.metadata;
    try {
      const { url, CACerts, audience } = resolveDestination(sink, this.observed, this.config);
      this.#conditions = this.#conditions.markTrue('SinkProvided');
      return {
        sinkUri: url,
        ...(CACerts ? { sinkCACerts: CACerts } : {}),
        ...(audience ? { sinkAudience: audience } : {}),
        ceAttributes: [{ type: PING_EVENT, source: pingEventSource(namespace, name) }],
      };
    } catch (error) {
      if (!(error instanceof ResolveError)) throw error;
      this.#conditions = this.#conditions.markFalse('SinkProvided', 'NotFound', error.message);
      const events = errorEvents(this.parent, this.#conditions, `Sink not found: ${JSON.stringify(sink)}`);
      this.#events = events.map((event) => ({ ...event, reason: 'SinkNotFound' }));
      const { sinkUri, sinkCACerts, sinkAudience, ceAttributes } = this.parent.status ?? {};
      return {
        ...(sinkUri ? { sinkUri } : {}),
        ...(sinkCACerts ? { sinkCACerts } : {}),
        ...(sinkAudience ? { sinkAudience } : {}),
        ...(ceAttributes ? { ceAttributes } : {}),
      };
    }
  }
}

/** Resolves where the events of a PingSource go, and says whether they are sent. */
export const pingSourceReconciler: Reconciler<PingSource, ServingConfig> = {
  name: 'pingsource-controller',
  type: PingSourceType,
  watches: [ServiceAccountType, ...eventingAddressables],
  reads: (parent, config) => [...destinationReads(sinkOf(setDefaults(parent, config))), ...identityReads(PingSourceType, parent)],
  plan: (parent, observed, config, now) =>
    parent.metadata.deletionTimestamp ? {} : new PingSourcePlan(parent, observed, config, now).make(),
};
