import {
  apiVersionOf,
  controllerOf,
  findServedType,
  type KubeObject,
  type Pod,
  type PodTemplateSpec,
  PodType,
  type SinkBinding,
  SinkBindingType,
  type Stored,
  WAITING_FOR_BINDING,
} from '../api';
import {
  type Binding,
  bindingIn,
  bindingOf,
  bindingsOf,
  boundObject,
  boundSpec,
  isBound,
  isExempt,
  podSpecOf,
  subjectKinds,
} from '../control';
import { ClusterError } from '../kube';
import type { Admission, PresentObjects } from '../local';
import type { LiveSettings } from './eventing/live-settings';

type Settings = Pick<LiveSettings, 'at'>;

const subjects = new Set(subjectKinds.map((type) => `${apiVersionOf(type)}/${type.kind}`));
const isSubject = ({ apiVersion, kind }: KubeObject): boolean => subjects.has(`${apiVersion}/${kind}`);
const isPod = ({ apiVersion, kind }: KubeObject): boolean => apiVersion === apiVersionOf(PodType) && kind === PodType.kind;

function bindingFor(object: KubeObject, present: PresentObjects): Stored<SinkBinding> | undefined {
  const [first] = bindingsOf(object, present.list(SinkBindingType, object.metadata.namespace ?? ''));
  return first && !isExempt(object, present) ? first : undefined;
}

/** An object and what controls it, upwards. */
function* lineage(object: KubeObject, present: PresentObjects): Iterable<KubeObject> {
  for (let next: KubeObject | undefined = object; next; ) {
    yield next;
    const owner = controllerOf(next);
    const type = owner && findServedType(owner.apiVersion, owner.kind);
    const found: Stored<KubeObject> | undefined = type && present.get(type, next.metadata.namespace, owner.name);
    next = found?.metadata.uid === owner?.uid ? found : undefined;
  }
}

/** What waits for the address of a sink is not made yet: whoever makes it tries again. */
export class WaitsForSink extends ClusterError {
  constructor(binding: string) {
    const why = 'it waits for the address of its sink';
    super('Forbidden', `SinkBinding ${JSON.stringify(binding)} is to tell this pod where to send events: ${why}`);
  }
}

/** A pod that is made before what it is made from could be told: it is told itself, or not made while there is nothing to tell. */
function boundPod(pod: Pod, present: PresentObjects, settings: Settings): KubeObject {
  if (present.list(SinkBindingType, pod.metadata.namespace ?? '').length === 0 || isBound(pod.spec)) return pod;
  for (const maker of lineage(pod, present)) {
    const binding = isSubject(maker) ? bindingFor(maker, present) : undefined;
    if (!binding || isOlder(maker, binding)) continue;
    const told: Binding | undefined = bindingOf(binding, present, settings.at(present));
    if (told) return { ...pod, spec: boundSpec(pod.spec, told) };
    throw new WaitsForSink(binding.metadata.name);
  }
  return pod;
}

/** What ran before it was bound goes on until it is told. */
const isOlder = (object: KubeObject, { metadata }: Stored<SinkBinding>): boolean =>
  (object.metadata.creationTimestamp ?? '') < (metadata.creationTimestamp ?? '');

export interface BindingAdmissionOptions {
  /**
   * A Job that is made before the address is known says so on its pods: nobody else could tell it later from one that was made while
   * nobody looked. @default false
   */
  readonly marksJobs?: boolean;
}

/**
 * What upstream's webhook for SinkBindings does on a cluster: whoever makes or changes the subject of a binding has the address of the
 * sink put into it, so that no pod of it ever starts without. Where the address is not known yet, the pods wait: they are refused, as
 * Forbidden.
 */
export function bindingAdmission(settings: Settings, { marksJobs = false }: BindingAdmissionOptions = {}): Admission {
  return (object, old, _operation, _user, present) => {
    if (isPod(object)) return old ? object : boundPod(object as Pod, present, settings);
    if (!isSubject(object) || object.metadata.deletionTimestamp) return object;
    const binding = bindingFor(object, present);
    if (!binding) return object;
    const told = old && isFixed(object, old) ? toldBefore(object, old) : bindingOf(binding, present, settings.at(present));
    if (told) return boundObject(object, told);
    return marksJobs && !old && object.kind === 'Job' ? waitingFor(object, binding.metadata.name) : object;
  };
}

interface WithTemplate {
  readonly template?: PodTemplateSpec;
}

/** A Job whose pods say which binding they wait for. */
function waitingFor(job: KubeObject, binding: string): KubeObject {
  const { template, ...spec } = (job.spec ?? {}) as WithTemplate;
  const annotations = { ...template?.metadata?.annotations, [WAITING_FOR_BINDING]: binding };
  return { ...job, spec: { ...spec, template: { ...template, metadata: { ...template?.metadata, annotations } } } };
}

/** The template of a Job never changes, nor may a revision that its author has named be another under that name. */
const isFixed = (object: KubeObject, old: KubeObject): boolean =>
  object.kind === 'Job' || (authorsName(object) !== undefined && authorsName(object) === authorsName(old));

const authorsName = ({ apiVersion, spec }: KubeObject): string | undefined =>
  apiVersion.startsWith('serving.') ? (spec as WithTemplate | undefined)?.template?.metadata?.name : undefined;

/** What was put in before, and whoever writes the object again has not heard of. */
function toldBefore(object: KubeObject, old: KubeObject): Binding | undefined {
  const [now, before] = [podSpecOf(object), podSpecOf(old)];
  return now && before && !isBound(now) && isBound(before) ? bindingIn(before) : undefined;
}
