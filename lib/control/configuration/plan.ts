import {
  ConditionSet,
  type Conditions,
  type Configuration,
  ConfigurationType,
  conditionOf,
  isReady,
  labels,
  type Revision,
  RevisionType,
  type ServingConfig,
  type Stored,
  setDefaults,
} from '../../api';
import { isControlledBy } from '../metadata';
import type { Observed, Plan, PlannedEvent, Read, Reconciler } from '../reconciler';
import { beginConditions, finishStatus } from '../status';
import { alreadyExists, configurationGeneration, revisionClash, revisionName } from './name';
import { makeRevision } from './resources';

/** Conditions of a Configuration (serving.knative.dev/v1): Ready alone. */
export const configurationConditions = new ConditionSet('Ready', []);

/** The plan of one Configuration while it is put together. */
class ConfigurationPlan {
  readonly #configuration: Stored<Configuration>;
  readonly #events: PlannedEvent[] = [];
  #conditions: Conditions;
  #latestCreated: string | undefined;
  #latestReady: string | undefined;

  constructor(
    private readonly parent: Stored<Configuration>,
    private readonly observed: Observed,
    private readonly config: ServingConfig,
    private readonly now: number,
  ) {
    this.#configuration = setDefaults(parent, config);
    this.#conditions = beginConditions(parent, configurationConditions, now);
    this.#latestCreated = parent.status?.latestCreatedRevisionName;
    this.#latestReady = parent.status?.latestReadyRevisionName;
  }

  make(): Plan {
    const current = this.#currentRevision();
    if (current) {
      this.#setLatestCreated(current.metadata.name);
      this.#followReadiness(current);
      this.#findLatestReady(current);
      return this.#finish();
    }
    const name = revisionName(this.#configuration);
    const { namespace } = this.#configuration.metadata;
    if (this.observed.get(RevisionType, namespace, name)) {
      this.#conditions = this.#creationFailed(alreadyExists(name));
      return this.#finish();
    }
    const failure = this.observed.failure(RevisionType, namespace, name);
    if (failure === undefined) {
      this.#event('Normal', 'Created', `Created Revision ${JSON.stringify(name)}`);
      this.#setLatestCreated(name);
      this.#findLatestReady(undefined);
    } else {
      this.#event('Warning', 'CreationFailed', `Failed to create Revision: ${failure}`);
      this.#conditions = this.#creationFailed(failure);
    }
    return { ...this.#finish(), apply: [{ type: RevisionType, object: makeRevision(this.#configuration, this.now) }] };
  }

  /** The revision that the present spec stands for, if it exists and its name is not taken by another. */
  #currentRevision(): Stored<Revision> | undefined {
    const { namespace, name, generation = 0 } = this.#configuration.metadata;
    const given = this.#configuration.spec.template.metadata?.name;
    if (given) {
      const revision = this.observed.get(RevisionType, namespace, given);
      return revision && !revisionClash(this.#configuration, revision, this.config) ? revision : undefined;
    }
    const selector = { [labels.configuration]: name, [labels.configurationGeneration]: String(generation) };
    return this.observed.list(RevisionType, namespace ?? '', selector).find((one) => isControlledBy(one, this.#configuration));
  }

  #creationFailed(message: string): Conditions {
    return this.#conditions.markFalse('Ready', 'RevisionFailed', `Revision creation failed with message: ${message}.`);
  }

  #setLatestCreated(name: string): void {
    this.#latestCreated = name;
    if (this.#latestReady !== name) this.#conditions = this.#conditions.markUnknown('Ready');
  }

  #followReadiness(current: Stored<Revision>): void {
    const { name } = current.metadata;
    const ready = conditionOf(current.status?.conditions, 'Ready');
    if (ready?.status === 'True' && !this.#latestReady) {
      this.#event('Normal', 'ConfigurationReady', 'Configuration becomes ready');
    }
    if (ready?.status !== 'False') return;
    const message = `Revision ${JSON.stringify(name)} failed with message: ${ready.message ?? ''}.`;
    const before = conditionOf(this.parent.status?.conditions, 'Ready');
    this.#conditions = this.#conditions.markFalse('Ready', 'RevisionFailed', message);
    if (before?.status === 'False' && before.message === message) return;
    if (name === this.#latestReady) {
      this.#event('Warning', 'LatestReadyFailed', `Latest ready revision ${JSON.stringify(name)} has failed`);
    } else {
      this.#event('Warning', 'LatestCreatedFailed', `Latest created revision ${JSON.stringify(name)} has failed`);
    }
  }

  #findLatestReady(current: Stored<Revision> | undefined): void {
    const revision = this.#candidates(current).find(isReady);
    if (revision) {
      const { name } = revision.metadata;
      if (name !== this.#latestReady) {
        const message = `LatestReadyRevisionName updated to ${JSON.stringify(name)}`;
        this.#event('Normal', 'LatestReadyUpdate', message);
      }
      this.#latestReady = name;
      if (name === this.#latestCreated) this.#conditions = this.#conditions.markTrue('Ready');
    } else if (current && this.#latestReady && !this.#conditions.is('Ready', 'False') && !this.#exists(this.#latestReady)) {
      const message = `Revision ${JSON.stringify(this.#latestReady)} was deleted.`;
      this.#conditions = this.#conditions.markFalse('Ready', 'RevisionDeleted', message);
    }
  }

  /** Revisions of which one may be the latest that is ready, newest first: none older than the one that was it so far. */
  #candidates(current: Stored<Revision> | undefined): Stored<Revision>[] {
    const { namespace, name, generation = 0 } = this.#configuration.metadata;
    const given = this.#configuration.spec.template.metadata?.name;
    const all = this.observed.list(RevisionType, namespace ?? '', { [labels.configuration]: name });
    const latest = this.#latestReady ? this.observed.get(RevisionType, namespace, this.#latestReady) : undefined;
    const from = latest ? (configurationGeneration(latest) ?? generation) : 0;
    const inRange = (revision: Revision): boolean => {
      const at = configurationGeneration(revision) ?? 0;
      return !latest || (at >= from && at <= generation) || revision === current;
    };
    const age = (revision: Revision): number =>
      revision.metadata.name === given ? Number.POSITIVE_INFINITY : (configurationGeneration(revision) ?? 0);
    return all.filter(inRange).sort((a, b) => (age(a) === age(b) ? 0 : age(b) - age(a)));
  }

  #exists(revision: string): boolean {
    return this.observed.get(RevisionType, this.#configuration.metadata.namespace, revision) !== undefined;
  }

  #event(type: PlannedEvent['type'], reason: string, message: string): void {
    this.#events.push({ type, reason, message });
  }

  #finish(): Plan {
    const fields = { latestCreatedRevisionName: this.#latestCreated, latestReadyRevisionName: this.#latestReady };
    const status = finishStatus(this.parent, this.#conditions, fields);
    return { events: this.#events, status };
  }
}

/** Makes a Revision of every new state of a Configuration, and follows which of them became ready last. */
export const configurationReconciler: Reconciler<Configuration, ServingConfig> = {
  name: 'configuration-controller',
  type: ConfigurationType,
  watches: [RevisionType],
  reads(parent): readonly Read[] {
    const { namespace = '', name } = parent.metadata;
    const latest = parent.status?.latestReadyRevisionName;
    const names = new Set([revisionName(parent), ...(latest ? [latest] : [])]);
    return [
      { type: RevisionType, namespace, labels: { [labels.configuration]: name } },
      ...[...names].map((revision) => ({ type: RevisionType, namespace, name: revision })),
    ];
  },
  plan: (parent, observed, config, now) => new ConfigurationPlan(parent, observed, config, now).make(),
};
