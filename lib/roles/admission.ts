import {
  type ConfigMap,
  ConfigMapType,
  eventingGroups,
  type KubeObject,
  POLICIES_OFF,
  type ServingConfig,
  setDefaults,
  signatureKeys,
  validate,
  validateUpdate,
} from '../api';
import { formatFieldErrors, jsonEqual } from '../base';
import { type Admission, AdmissionRefusal } from '../local';
import { eventingMapError, type LiveSettings } from './eventing/live-settings';

const SERVING = 'serving.knative.dev';
/** Kinds of Serving that say who made them and who changed them last, and those that say it unless another object owns them. */
const SIGNED = new Set(['Service', 'DomainMapping']);
const SIGNED_UNLESS_OWNED = new Set(['Configuration', 'Route']);

export interface AdmissionOptions {
  /** Objects may have been stored without their defaults, while nobody was there to fill them in: then they stay so. @default false */
  readonly mayLackDefaults?: boolean;
}

/**
 * What Knative's webhooks do on a cluster: notes who writes, puts the addresses of SinkBindings into their subjects, and refuses what
 * is not valid, with upstream's text. Defaults are written into objects of Eventing: settings decide on fields that are fixed from then
 * on, and clients read them there. Everywhere else every plan fills them in for itself.
 */
export function admission(settings: Pick<LiveSettings, 'at'>, { mayLackDefaults = false }: AdmissionOptions = {}): Admission {
  return (object, old, _operation, user, present) => {
    const group = groupOf(object);
    const config = settings.at(present);
    if (!eventingGroups.includes(group)) return checked(withUser(object, old, user, group), old, config);
    const right = checked(object, old, config);
    const lacks = mayLackDefaults && old !== undefined && !jsonEqual(setDefaults(old, config), old);
    return withUser(lacks ? right : setDefaults(right, config), old, user, group);
  };
}

/** A policy that was there before may be finalized, labelled and deleted where policies do not count. */
function checked(object: KubeObject, old: KubeObject | undefined, config: ServingConfig): KubeObject {
  const errors = old ? validateUpdate(old, object, config) : validate(object, config);
  const counted = old && jsonEqual(old.spec, object.spec) ? errors.filter(({ message }) => message !== POLICIES_OFF) : errors;
  const refused = formatFieldErrors(counted) || settingsError(object);
  if (refused) throw new AdmissionRefusal(`validation failed: ${refused}`);
  return object;
}

const settingsError = (object: KubeObject): string | undefined =>
  object.kind === ConfigMapType.kind && groupOf(object) === '' ? eventingMapError(object as ConfigMap) : undefined;

const groupOf = ({ apiVersion }: KubeObject): string => apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));

function isSigned({ kind, metadata }: KubeObject, group: string): boolean {
  if (eventingGroups.includes(group)) return true;
  if (group !== SERVING) return false;
  return SIGNED.has(kind) || (SIGNED_UNLESS_OWNED.has(kind) && !metadata.ownerReferences?.length);
}

/** The object with its creator, or with the user who changes its spec. */
function withUser(object: KubeObject, old: KubeObject | undefined, user: string | undefined, group: string): KubeObject {
  if (user === undefined || !isSigned(object, group) || (old && jsonEqual(old.spec, object.spec))) return object;
  const { creator, lastModifier } = signatureKeys(group);
  const mark = { ...(old ? {} : { [creator]: user }), [lastModifier]: user };
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...mark } } };
}
