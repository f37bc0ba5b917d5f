import {
  defaultServingConfig,
  equivalentOf,
  findType,
  type KubeObject,
  knativeTypes,
  nearest,
  POLICIES_OFF,
  type ServingConfig,
  validate,
} from '../../api';
import { type ErrorCode, type FieldError, jsonEqual } from '../../base';
import { inNamespace } from '../input/check-objects';
import { equivalentText } from '../input/equivalent-text';
import { installationSettings } from '../input/input-settings';
import type { LoadedObject } from '../input/loaded-input';
import { checkCore } from './core-checks';
import type { Finding, ObjectId } from './finding';

/** Upstream's settings, but that a service may start at zero: many clusters allow it, and this machine does. */
const usual: ServingConfig = {
  ...defaultServingConfig,
  autoscaler: { ...defaultServingConfig.autoscaler, allowZeroInitialScale: true },
};

/** Whether policies count depends on the installation, which is not known here. */
const asFarAsKnown = (error: FieldError): FieldError => (error.message === POLICIES_OFF ? { ...error, level: 'warning' } : error);

/** Upstream says this of every container without a full securityContext; here it would drown everything else. */
const INSECURE_DEFAULT = 'Kubernetes default value is insecure';

const OWN_GROUPS = new Set(knativeTypes.map(({ group }) => group));
const groupOf = (apiVersion: string): string => apiVersion.split('/')[0]!;
const CONSTRUCT = 'construct ';

/** The object, and where a person finds it. */
export function placeOf({ object, source, file, synthesized }: LoadedObject): Pick<Finding, 'object' | 'construct' | 'file'> {
  const { apiVersion, kind, metadata } = object;
  const { namespace, name = '' } = metadata;
  const id: ObjectId = { apiVersion, kind, ...(namespace ? { namespace } : {}), name };
  const construct = synthesized && source.startsWith(CONSTRUCT) ? source.slice(CONSTRUCT.length) : undefined;
  const found = file ?? (construct === undefined ? source : undefined);
  return { object: id, ...(construct === undefined ? {} : { construct }), ...(found === undefined ? {} : { file: found }) };
}

/** The first of several paths that is in the text; a field that is missing is shown by what it should be in. */
function positionFor({ position }: LoadedObject, paths: readonly string[]): Pick<Finding, 'position'> {
  return position ? { position: position(paths[0] ?? '') } : {};
}

function fieldFinding(item: LoadedObject, error: FieldError): Finding {
  const { message, details, remedy, paths, level = 'error' } = error;
  return {
    level,
    code: 'KNC2001',
    message,
    ...(details ? { details } : {}),
    ...(remedy ? { remedy } : {}),
    paths,
    ...placeOf(item),
    ...positionFor(item, paths),
  };
}

function finding(
  item: LoadedObject,
  level: Finding['level'],
  code: ErrorCode,
  message: string,
  path: string,
  remedy?: string,
): Finding {
  return { level, code, message, ...(remedy ? { remedy } : {}), paths: [], ...placeOf(item), ...positionFor(item, [path]) };
}

/** A kind of one of our own API groups that is not known is a mistake and not somebody else's. */
function unknownKind(item: LoadedObject): Finding {
  const { apiVersion, kind } = item.object;
  const group = groupOf(apiVersion);
  const own = knativeTypes.filter((type) => type.group === group);
  const version = own.find((type) => type.kind === kind)?.version;
  if (version) {
    const text = `no version ${JSON.stringify(apiVersion)} of kind ${kind} is served`;
    return finding(item, 'error', 'KNC2101', text, 'apiVersion', `Write apiVersion: ${group}/${version}.`);
  }
  const kinds = own.map((type) => type.kind);
  const meant = nearest(kind, kinds);
  const remedy = meant ? `Did you mean "${meant}"?` : `The kinds of ${group} are ${kinds.join(', ')}.`;
  return finding(item, 'error', 'KNC2101', `no kind ${JSON.stringify(kind)} is served in ${apiVersion}`, 'kind', remedy);
}

function unchecked(item: LoadedObject): Finding {
  const { apiVersion, kind } = item.object;
  return finding(
    item,
    'note',
    'KNC2103',
    `kind ${kind} of ${apiVersion} is not known here: only its metadata was checked`,
    'kind',
  );
}

/** A kind, or a version of one, that was there once: what it is written as today. */
function outdated(item: LoadedObject): Finding | undefined {
  const { object } = item;
  if (findType(object.apiVersion, object.kind)) return undefined;
  const equivalent = equivalentOf(object);
  if (!equivalent) return undefined;
  const { message, remedy, details } = equivalentText(object, equivalent);
  return { ...finding(item, 'error', 'KNC2101', message, 'kind', remedy), details };
}

/**
 * Everything to say of one object.
 * @param known what the construct of the object has warned of itself
 */
function objectFindings(item: LoadedObject, known: readonly string[], config: ServingConfig): Finding[] {
  const { object } = item;
  const { apiVersion, kind } = object;
  const old = outdated(item);
  if (old) return [old];
  const found = (errors: readonly FieldError[]) => errors.map((error) => fieldFinding(item, error));
  if (!OWN_GROUPS.has(groupOf(apiVersion))) {
    const { errors, complete } = checkCore(object);
    return [...found(errors), ...(complete ? [] : [unchecked(item)])];
  }
  if (findType(apiVersion, kind) === undefined) return [unknownKind(item)];
  const isNews = ({ level, message }: FieldError) =>
    level !== 'warning' || !(message.startsWith(INSECURE_DEFAULT) || known.some((text) => text.includes(message)));
  return found(validate(object, config).map(asFarAsKnown).filter(isNews));
}

const identity = ({ apiVersion, kind, metadata }: KubeObject, namespace: string): string =>
  [apiVersion, kind, metadata.namespace ?? namespace, metadata.name].join(' ');

/** The same object twice is one object; two different ones of the same name are a mistake. */
function repeats(items: readonly LoadedObject[], namespace: string): Finding[] {
  const first = new Map<string, LoadedObject>();
  return items.flatMap((item) => {
    const key = identity(item.object, namespace);
    const before = first.get(key);
    if (before === undefined) first.set(key, item);
    if (before === undefined || jsonEqual(before.object, item.object)) return [];
    const line = before.file && before.position ? `:${before.position('metadata.name').line}` : '';
    const text = `declared differently in ${before.file ?? before.source}${line}`;
    return [finding(item, 'error', 'KNC2102', text, 'metadata.name')];
  });
}

/**
 * Everything to say of these objects, each with where it stands. Settings of the installation that are among them count for the others.
 * @param namespace of objects that name none
 * @param known warnings that the app's constructs have given themselves
 */
export function findingsOf(items: readonly LoadedObject[], namespace: string, known: readonly string[]): Finding[] {
  const objects = items.map(({ object }) => inNamespace(object, namespace));
  const config = installationSettings(objects, usual);
  return [...items.flatMap((item) => objectFindings(item, known, config)), ...repeats(items, namespace)];
}
