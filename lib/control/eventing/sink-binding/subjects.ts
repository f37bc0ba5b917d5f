import {
  apiVersionOf,
  controllerOf,
  type KubeObject,
  NamespaceType,
  type ResourceType,
  type SinkBinding,
  type Stored,
  type SubjectReference,
  selectorMatches,
  servedTypes,
} from '../../../api';
import type { Observed, Read } from '../../reconciler';
import { typeAmong } from '../../resolve';

/** Kinds whose objects have the template of a pod, in the order in which they are named to people. */
const PODSPECABLE = [
  ['apps/v1', 'Deployment'],
  ['batch/v1', 'Job'],
  ['apps/v1', 'ReplicaSet'],
  ['serving.knative.dev/v1', 'Service'],
  ['serving.knative.dev/v1', 'Configuration'],
] as const;

/** Those of them that are served here: what can be bound. */
export const subjectKinds: readonly ResourceType[] = PODSPECABLE.flatMap(
  ([apiVersion, kind]) => typeAmong(servedTypes, { apiVersion, kind }) ?? [],
);

export const subjectType = ({ apiVersion = '', kind = '' }: Partial<SubjectReference>): ResourceType | undefined =>
  typeAmong(subjectKinds, { apiVersion, kind });

/** Why objects of a kind are not bound. */
export function notBindable({ apiVersion, kind }: SubjectReference): string {
  const kinds = subjectKinds.map((type) => `${type.kind} (${apiVersionOf(type)})`);
  return `objects of ${apiVersion}, Kind=${kind} are not bound here; subjects are ${kinds.join(', ')}`;
}

const EXCLUDE = 'bindings.knative.dev/exclude';
const isExcluded = (object: KubeObject | undefined): boolean => object?.metadata.labels?.[EXCLUDE] === 'true';

/** Where subjects are looked up: a binding reaches into no other namespace than its own. */
const namespaceOf = ({ metadata }: SinkBinding): string => metadata.namespace ?? '';

/** Why a binding whose subject is in another namespace binds nothing; undefined: its subject is in its own. */
export function elsewhere({ metadata, spec }: SinkBinding): string | undefined {
  const { namespace } = spec.subject;
  if (!namespace || namespace === metadata.namespace) return undefined;
  return `subjects of namespace ${JSON.stringify(namespace)} are not bound from here: make the SinkBinding there`;
}

export function subjectReads(binding: SinkBinding): Read[] {
  const { subject } = binding.spec;
  const namespace = namespaceOf(binding);
  const type = subjectType(subject);
  const subjects: Read[] = !type
    ? []
    : subject.name
      ? [{ type, namespace, name: subject.name }]
      : [{ type, namespace, labels: subject.selector?.matchLabels ?? {} }];
  return [...subjects, { type: NamespaceType, namespace: undefined, name: namespace }];
}

/** The objects that a binding names, those that are excluded by a label among them. */
export function namedSubjects(binding: SinkBinding, observed: Pick<Observed, 'get' | 'list'>): readonly Stored<KubeObject>[] {
  const { subject } = binding.spec;
  const type = subjectType(subject);
  if (!type || elsewhere(binding) !== undefined) return [];
  const namespace = namespaceOf(binding);
  if (subject.name) {
    const found = observed.get(type, namespace, subject.name);
    return found ? [found] : [];
  }
  const { selector = {} } = subject;
  return observed
    .list(type, namespace, selector.matchLabels ?? {})
    .filter(({ metadata }) => selectorMatches(selector, metadata.labels));
}

/** Whether a binding names an object. */
export function names(binding: SinkBinding, object: KubeObject): boolean {
  const { subject } = binding.spec;
  const { namespace = '', name, labels } = object.metadata;
  if (subject.apiVersion !== object.apiVersion || subject.kind !== object.kind || namespaceOf(binding) !== namespace)
    return false;
  if (elsewhere(binding) !== undefined) return false;
  return subject.name ? subject.name === name : selectorMatches(subject.selector ?? {}, labels);
}

/** The bindings that count for an object, the one that it is bound by first: the oldest, as two would overwrite each other. */
export function bindingsOf(object: KubeObject, all: readonly Stored<SinkBinding>[]): readonly Stored<SinkBinding>[] {
  return all
    .filter((binding) => !binding.metadata.deletionTimestamp && names(binding, object) && !isMadeByAnother(object, binding))
    .sort((a, b) => order(a).localeCompare(order(b), 'en'));
}

const order = ({ metadata }: Stored<SinkBinding>): string => `${metadata.creationTimestamp} ${metadata.name}`;

/** Whether labels (`bindings.knative.dev/exclude: "true"`) of the object or its namespace keep it from being bound. */
export const isExempt = (object: KubeObject, observed: Pick<Observed, 'get'>): boolean =>
  isExcluded(object) || isExcluded(observed.get(NamespaceType, undefined, object.metadata.namespace ?? ''));

/**
 * Whether somebody else keeps the template as he wants it, so that a change would be undone at once: what is to be bound is what the
 * object is made from. A Job's template never changes, and whoever made a binding may bind what else it has made.
 */
export function isMadeByAnother(object: KubeObject, binding: SinkBinding): boolean {
  const owner = controllerOf(object);
  return owner !== undefined && object.kind !== 'Job' && owner.uid !== controllerOf(binding)?.uid;
}
