import {
  type Conditions,
  type KubeObject,
  type Namespace,
  NamespaceType,
  type PodTemplateSpec,
  ServiceAccountType,
  type ServingConfig,
  type SinkBinding,
  type SinkBindingStatus,
  SinkBindingType,
  type Stored,
  setDefaults,
  sinkBindingConditions,
  WAITING_FOR_BINDING,
} from '../../../api';
import { finalizerPatch } from '../../metadata';
import type { Ask, Observed, Patch, Plan, Reconciler } from '../../reconciler';
import { notFoundText, ResolveError } from '../../resolve';
import { beginConditions, errorEvents, finishStatus } from '../../status';
import { destinationReads, resolveDestination, type Target } from '../destination';
import { identityReads } from '../identity';
import { eventingAddressables } from '../kinds';
import { type Binding, isBound, podSpecOf, podsToWrite } from './injection';
import { type JobAdmissionAnswer, jobAdmission } from './job-admission';
import {
  bindingsOf,
  elsewhere,
  isExempt,
  isMadeByAnother,
  namedSubjects,
  notBindable,
  subjectKinds,
  subjectReads,
  subjectType,
} from './subjects';
import { planTokens, tokenSecretOf } from './tokens';

const FINALIZER = 'sinkbindings.sources.knative.dev';
const INCLUDE = 'bindings.knative.dev/include';
const EXCLUDE = 'bindings.knative.dev/exclude';

type Sight = Pick<Observed, 'get' | 'list'>;

const bindingsIn = (observed: Sight, namespace = ''): readonly Stored<SinkBinding>[] =>
  observed.list(SinkBindingType, namespace, {});

function knownTarget({ status }: SinkBinding): Target | undefined {
  const { sinkUri: url, sinkCACerts: CACerts, sinkAudience: audience } = status ?? {};
  return url ? { url, ...(CACerts ? { CACerts } : {}), ...(audience ? { audience } : {}) } : undefined;
}

/** What a binding tells its subjects now; where its sink cannot be found, what it told before, if anything. */
export function bindingOf(parent: SinkBinding, observed: Pick<Observed, 'get'>, config: ServingConfig): Binding | undefined {
  const { sink, ceOverrides } = setDefaults(parent, config).spec;
  const told = (target: Target): Binding => {
    const tokenSecret = tokenSecretOf(parent, target.audience, config);
    return { ...target, ...(ceOverrides ? { ceOverrides } : {}), ...(tokenSecret ? { tokenSecret } : {}) };
  };
  try {
    return told(resolveDestination(sink, observed, config));
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    const known = knownTarget(parent);
    return known && told(known);
  }
}

/** A revision that is named by its author is what he says it is, so that nothing can be added to it. */
const isNamedByAuthor = ({ apiVersion, spec }: KubeObject): boolean =>
  apiVersion.startsWith('serving.') &&
  !!(spec as { readonly template?: { readonly metadata?: { readonly name?: string } } } | undefined)?.template?.metadata?.name;

const isFinished = ({ status }: KubeObject): boolean =>
  (
    (status as { readonly conditions?: readonly { readonly type: string; readonly status: string }[] } | undefined)?.conditions ??
    []
  ).some(({ type, status: value }) => (type === 'Complete' || type === 'Failed') && value === 'True');

/** Whether the pods of a Job wait for their binding. */
const isMarked = ({ spec }: KubeObject): boolean =>
  (spec as { readonly template?: PodTemplateSpec } | undefined)?.template?.metadata?.annotations?.[WAITING_FOR_BINDING] !==
  undefined;

/** The write by which a subject is told, or not any more; undefined: nothing is to be written. */
function subjectPatch(object: Stored<KubeObject>, binding: Binding | undefined): Patch | undefined {
  const type = subjectType(object);
  const spec = podSpecOf(object);
  const next = spec && podsToWrite(spec, binding);
  if (!type || !next) return undefined;
  const { namespace, name, resourceVersion } = object.metadata;
  return { type, namespace, name, resourceVersion, patch: { merge: { spec: { template: { spec: next } } } } };
}

/** The plan of one SinkBinding while it is put together. */
class SinkBindingPlan {
  readonly #binding: Stored<SinkBinding>;
  readonly #patch: Patch[] = [];
  readonly #asks: Ask[] = [];
  #problem: string | undefined;
  #conditions: Conditions;

  constructor(
    private readonly parent: Stored<SinkBinding>,
    private readonly observed: Observed,
    private readonly config: ServingConfig,
    now: number,
  ) {
    this.#binding = setDefaults(parent, config);
    this.#conditions = beginConditions(parent, sinkBindingConditions, now);
  }

  make(): Plan {
    const resolved = this.#resolve();
    this.#bind();
    const tokens = planTokens(this.#conditions, this.parent, resolved.sinkAudience, this.observed, this.config);
    this.#conditions = tokens.conditions.markTrue('TrustBundlePropagated');
    const events = this.#problem === undefined ? [] : errorEvents(this.parent, this.#conditions, this.#problem);
    const fields = { ...resolved, ...tokens.fields };
    const status: SinkBindingStatus = finishStatus(this.parent, this.#conditions, fields);
    const { apply, remove, asks } = tokens;
    return { asks: [...this.#asks, ...asks], apply, patch: this.#patch, remove, events, status };
  }

  /** What was known of a sink stays while it cannot be found, and the condition says so. */
  #resolve(): Pick<SinkBindingStatus, 'sinkUri' | 'sinkCACerts' | 'sinkAudience'> {
    let target = knownTarget(this.parent);
    try {
      target = resolveDestination(this.#binding.spec.sink, this.observed, this.config);
      this.#conditions = this.#conditions.markTrue('SinkProvided');
    } catch (error) {
      if (!(error instanceof ResolveError)) throw error;
      this.#problem = `Addressable could not be extracted from destination: ${error.message}`;
      this.#conditions = this.#conditions.markFalse('SinkProvided', 'NoAddressable', this.#problem);
    }
    if (!target) return {};
    const { url, CACerts, audience } = target;
    return {
      sinkUri: url,
      ...(CACerts ? { sinkCACerts: CACerts } : {}),
      ...(audience ? { sinkAudience: audience } : {}),
    };
  }

  #bind(): void {
    const { subject } = this.#binding.spec;
    const type = subjectType(subject);
    const found = namedSubjects(this.#binding, this.observed);
    const teller = type?.kind === 'Job' ? this.#jobTeller() : 'server';
    if (teller === undefined) return;
    const away = elsewhere(this.#binding);
    if (!type) this.#unavailable('SubjectUnavailable', notBindable(subject));
    else if (away !== undefined) this.#unavailable('SubjectUnavailable', away);
    else if (teller === 'none') this.#unavailable('JobsNotBound', jobAdmission(this.observed).why);
    else if (subject.name && found.length === 0) this.#unavailable('SubjectMissing', notFoundText(type, subject.name));
    else {
      this.#includeNamespace();
      const binding = bindingOf(this.parent, this.observed, this.config);
      const problems = found.flatMap((object) => this.#bindOne(object, binding, teller) ?? []);
      if (problems.length > 0) this.#unavailable('BindingFailed', problems.join('; '));
      else if (binding) this.#conditions = this.#conditions.markTrue('SinkBindingAvailable');
      else {
        const message = 'Subjects wait for the address of the sink.';
        this.#conditions = this.#conditions.markUnknown('SinkBindingAvailable', 'SinkNotResolved', message);
      }
    }
  }

  #jobTeller(): JobAdmissionAnswer['by'] | undefined {
    const { asks, by } = jobAdmission(this.observed);
    this.#asks.push(...asks);
    return by;
  }

  #unavailable(reason: string, message: string): void {
    this.#conditions = this.#conditions.markFalse('SinkBindingAvailable', reason, message);
    this.#problem = message;
  }

  /** Tells one subject; returns why it cannot be told. */
  #bindOne(object: Stored<KubeObject>, binding: Binding | undefined, teller: JobAdmissionAnswer['by']): string | undefined {
    const { namespace, name } = object.metadata;
    const what = `${object.kind} ${JSON.stringify(name)}`;
    const byName = this.#binding.spec.subject.name !== undefined;
    if (object.metadata.deletionTimestamp) return undefined;
    if (isExempt(object, this.observed)) {
      return byName ? `${what} or its namespace is labelled ${EXCLUDE}=true` : undefined;
    }
    if (isMadeByAnother(object, this.#binding)) {
      return byName ? `${what} belongs to another object, which would take the change back: bind that` : undefined;
    }
    const [first] = bindingsOf(object, bindingsIn(this.observed, namespace));
    if (first && first.metadata.uid !== this.parent.metadata.uid) {
      return `${what} is bound by SinkBinding ${JSON.stringify(first.metadata.name)}, which is older`;
    }
    if (object.kind === 'Job') return this.#lateForJob(object, what, teller);
    const patch = subjectPatch(object, binding);
    if (!binding || !patch) return undefined;
    if (isNamedByAuthor(object)) return `${what} names its revision: give it another name, and the address goes in`;
    const failure = this.observed.failure(patch.type, namespace, name);
    if (failure !== undefined) return `failed binding subject ${name}: ${failure}`;
    this.#patch.push(patch);
    return undefined;
  }

  /** A Job's template never changes: it is told when it is made, or its pods are. */
  #lateForJob(job: Stored<KubeObject>, what: string, teller: JobAdmissionAnswer['by']): string | undefined {
    const spec = podSpecOf(job);
    if (!spec || isBound(spec) || isFinished(job)) return undefined;
    const older = (job.metadata.creationTimestamp ?? '') < (this.parent.metadata.creationTimestamp ?? '');
    if (older) return `${what} is older than its binding, and a Job's template cannot be changed: make it anew`;
    if (teller === 'server' || isMarked(job)) return undefined;
    if (teller === 'webhook') return `${what} was made while the webhook, which tells Jobs, could not be asked: make it anew`;
    // Policies may not have heard of the binding yet when the Job was made; by name its pods are told all the same.
    if (this.#binding.spec.subject.name !== undefined) return undefined;
    return `${what} was made before anybody who tells Jobs had heard of this binding: make it anew`;
  }

  /** As upstream's controller has it, for installations that only look at namespaces with the label. */
  #includeNamespace(): void {
    const name = this.#binding.metadata.namespace ?? '';
    const namespace: Stored<Namespace> | undefined = this.observed.get(NamespaceType, undefined, name);
    const { labels = {}, deletionTimestamp } = namespace?.metadata ?? {};
    if (!namespace || deletionTimestamp || labels[INCLUDE] || labels[EXCLUDE]) return;
    const patch = { merge: { metadata: { labels: { [INCLUDE]: 'true' } } } };
    this.#patch.push({ type: NamespaceType, namespace: undefined, name, patch });
  }
}

/** Takes the address out of what was bound, unless another binding puts its own there, then lets the binding go. */
function release(binding: Stored<SinkBinding>, observed: Observed, config: ServingConfig): Plan {
  const whole = setDefaults(binding, config);
  const all = bindingsIn(observed, binding.metadata.namespace);
  const bound = namedSubjects(whole, observed).filter(
    (object) =>
      object.kind !== 'Job' &&
      !object.metadata.deletionTimestamp &&
      !isExempt(object, observed) &&
      !isMadeByAnother(object, whole) &&
      !isNamedByAuthor(object) &&
      bindingsOf(object, all).length === 0,
  );
  const letGo = finalizerPatch(binding, SinkBindingType, FINALIZER, false);
  return { patch: [...bound.flatMap((object) => subjectPatch(object, undefined) ?? []), ...(letGo ? [letGo] : [])] };
}

/** Tells the containers of subjects where to send events, and no more once the binding goes. */
export const sinkBindingReconciler: Reconciler<SinkBinding, ServingConfig> = {
  name: 'sinkbinding-controller',
  type: SinkBindingType,
  watches: [...subjectKinds, NamespaceType, ServiceAccountType, ...eventingAddressables],
  finalizer: FINALIZER,
  reads(parent, config) {
    const binding = setDefaults(parent, config);
    const others = { type: SinkBindingType, namespace: parent.metadata.namespace ?? '', labels: {} };
    return [...subjectReads(binding), others, ...destinationReads(binding.spec.sink), ...identityReads(SinkBindingType, parent)];
  },
  plan(parent, observed, config, now) {
    if (parent.metadata.deletionTimestamp) return release(parent, observed, config);
    // Only what is held can be cleaned up after: nothing is bound before the finalizer is there.
    const hold = finalizerPatch(parent, SinkBindingType, FINALIZER, true);
    return hold ? { patch: [hold] } : new SinkBindingPlan(parent, observed, config, now).make();
  },
};
