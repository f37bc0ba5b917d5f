import {
  defaultEventingConfig,
  defaultServingConfig,
  type EventingConfig,
  equivalentOf,
  findType,
  type KubeObject,
  knativeTypes,
  type ResourceType,
  type ServingConfig,
  servedTypes,
  validate,
} from '../../api';
import { type ErrorCode, type FieldError, formatFieldError } from '../../base';
import { type ProblemEntry, ProblemError, type ProblemMessage } from '../output/problem';
import { equivalentText } from './equivalent-text';
import { eventingSettings } from './input-settings';
import type { LoadedInput, LoadedObject } from './loaded-input';

/** An object that can be applied: its kind is known, its namespace is set, its fields are valid. */
export interface CheckedObject extends LoadedObject {
  readonly type: ResourceType;
}

export interface CheckedObjects {
  readonly objects: readonly CheckedObject[];
  /** Objects of other people's kinds, and of ours that have no controller yet: nothing here would act on them. */
  readonly foreign: readonly LoadedObject[];
  /** What is allowed but worth knowing: `Service default/x: text`, of each object that its construct has not warned of. */
  readonly warnings: readonly string[];
}

interface Finding {
  readonly code: ErrorCode;
  readonly entry: ProblemEntry;
}

/** `Service default/hello`. */
export function objectName({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`;
}

/**
 * Upstream's settings, but that a service may start at zero: many clusters allow it, and this machine does; and what the input says of
 * Knative Eventing. Policies may be there: whether they count depends on the installation.
 */
function settingsFor(objects: readonly KubeObject[], before: EventingConfig): ServingConfig {
  const eventing = eventingSettings(objects, before);
  return {
    ...defaultServingConfig,
    autoscaler: { ...defaultServingConfig.autoscaler, allowZeroInitialScale: true },
    eventing: { ...eventing, features: { ...eventing.features, authenticationOidc: true } },
  };
}

/** Upstream says this of every container without a full securityContext; here it would drown everything else. */
const INSECURE_DEFAULT = 'Kubernetes default value is insecure';

/** API groups that are served here; a kind of theirs that is not known is a mistake and not somebody else's. */
const OWN_GROUPS = new Set(knativeTypes.map(({ group }) => group));

/** The object with this namespace, if its kind has namespaces and it names none. */
export function inNamespace(object: KubeObject, namespace: string | undefined): KubeObject {
  const namespaced = findType(object.apiVersion, object.kind)?.namespaced === true;
  if (!namespaced || object.metadata.namespace !== undefined || namespace === undefined) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

const message = (error: FieldError): ProblemMessage => ({
  text: formatFieldError(error),
  ...(error.remedy ? { remedy: error.remedy } : {}),
});

function outdated({ object, source }: LoadedObject): Finding | undefined {
  const equivalent = equivalentOf(object);
  if (!equivalent) return undefined;
  const { message: text, details, remedy } = equivalentText(object, equivalent);
  return { code: 'KNC2101', entry: { where: objectName(object), source, messages: [{ text: `${text}\n${details}`, remedy }] } };
}

function unknownKind({ object, source }: LoadedObject): Finding {
  const text = `no kind ${JSON.stringify(object.kind)} is served in ${object.apiVersion}`;
  return { code: 'KNC2101', entry: { where: objectName(object), source, messages: [{ text }] } };
}

/** The same object twice is one object; two different ones of the same name are a mistake. */
function withoutRepeats(objects: readonly CheckedObject[]): { unique: CheckedObject[]; findings: Finding[] } {
  const unique = new Map<string, CheckedObject>();
  const findings: Finding[] = [];
  for (const checked of objects) {
    const key = `${checked.object.apiVersion} ${objectName(checked.object)}`;
    const before = unique.get(key);
    if (!before) unique.set(key, checked);
    else if (JSON.stringify(before.object) !== JSON.stringify(checked.object)) {
      const text = `declared differently in ${before.source}`;
      const entry = { where: objectName(checked.object), source: checked.source, messages: [{ text }] };
      findings.push({ code: 'KNC2102', entry });
    }
  }
  return { unique: [...unique.values()], findings };
}

function refuse(findings: readonly Finding[]): never {
  const codes = [...new Set(findings.map(({ code }) => code))];
  const titles: Partial<Record<ErrorCode, string>> = {
    KNC2101: 'An object is of a kind that is not served here',
    KNC2102: 'Two different objects have the same name',
  };
  const one = codes.length === 1 ? codes[0]! : 'KNC2001';
  const count = findings.length === 1 ? '1 object was' : `${findings.length} objects were`;
  throw new ProblemError(
    one,
    titles[one] ?? `${count} refused by validation`,
    findings.map(({ entry }) => entry),
  );
}

/** Gives each object its type and namespace, without judging it; unknown kinds of our own groups are findings. */
function typed(loaded: readonly LoadedObject[], namespace: string | undefined) {
  const objects: CheckedObject[] = [];
  const foreign: LoadedObject[] = [];
  const findings: Finding[] = [];
  for (const item of loaded) {
    const type = findType(item.object.apiVersion, item.object.kind);
    const old = type ? undefined : outdated(item);
    if (type) objects.push({ ...item, type, object: inNamespace(item.object, namespace) });
    else if (old) findings.push(old);
    else if (OWN_GROUPS.has(item.object.apiVersion.split('/')[0]!)) findings.push(unknownKind(item));
    else foreign.push(item);
  }
  return { objects, foreign, findings };
}

/**
 * Checks everything before anything is applied. `namespace` is given to objects of namespaced kinds that name none.
 * ConfigMaps of Knative Eventing in the input count. Throws one ProblemError with all that is wrong with all objects.
 *
 * @param eventing the settings of where the objects go. Default: those of a release
 */
export function checkObjects(
  input: Pick<LoadedInput, 'objects' | 'warnings'>,
  namespace: string | undefined,
  eventing = defaultEventingConfig,
): CheckedObjects {
  const { objects, foreign, findings } = typed(input.objects, namespace);
  const { unique, findings: repeats } = withoutRepeats(objects);
  const warnings = [...input.warnings];
  const isNews = (error: FieldError) =>
    !error.message.startsWith(INSECURE_DEFAULT) && !input.warnings.some((known) => known.includes(error.message));
  const config = settingsFor(
    unique.map(({ object }) => object),
    eventing,
  );
  const invalid = unique.flatMap(({ object, source }): Finding[] => {
    const errors = validate(object, config);
    for (const error of errors) {
      if (error.level === 'warning' && isNews(error)) warnings.push(`${objectName(object)}: ${formatFieldError(error)}`);
    }
    const messages = errors.filter((error) => error.level !== 'warning').map(message);
    return messages.length > 0 ? [{ code: 'KNC2001', entry: { where: objectName(object), source, messages } }] : [];
  });
  const all = [...findings, ...repeats, ...invalid];
  if (all.length > 0) refuse(all);
  const served = unique.filter(({ type }) => servedTypes.includes(type));
  const unserved = unique.filter(({ type }) => !servedTypes.includes(type));
  return { objects: served, foreign: [...unserved, ...foreign], warnings };
}
