import { apiVersionOf, JobType, type KubeObject } from '../../api';
import { ClusterError } from '../../kube';
import { AdmissionRefusal, type PresentObjects } from '../../local';
import { admission } from '../admission';
import { bindingAdmission, WaitsForSink } from '../binding-admission';
import type { LiveSettings } from '../eventing';
import type { AdmissionObjects } from './admission-objects';
import { type AdmissionRequest, type AdmissionReview, allowed, refused } from './admission-review';
import { jsonDifference } from './json-difference';

export interface WebhookAdmissionOptions {
  readonly objects: AdmissionObjects;
  readonly settings: Pick<LiveSettings, 'at'>;
}

const isJob = ({ apiVersion, kind }: KubeObject): boolean => apiVersion === apiVersionOf(JobType) && kind === JobType.kind;

/**
 * Answers API servers as the local one answers itself (`admission`, `bindingAdmission`): who made an object is noted, subjects of
 * SinkBindings are told where to send events, and what is not valid is refused. Nothing is written, so that a dry run is like any other.
 */
export class WebhookAdmission {
  readonly #bind: ReturnType<typeof bindingAdmission>;
  readonly #admit: ReturnType<typeof admission>;

  constructor(private readonly options: WebhookAdmissionOptions) {
    const { settings } = options;
    this.#bind = bindingAdmission(settings, { marksJobs: true });
    this.#admit = admission(settings, { mayLackDefaults: true });
  }

  /** Rejects if it cannot be known, as where this webhook has no right to ask; an API server goes on without an answer then. */
  async answer(request: AdmissionRequest): Promise<AdmissionReview> {
    const { operation, object: given, oldObject, userInfo, namespace } = request;
    if (!given || (operation !== 'CREATE' && operation !== 'UPDATE') || given.metadata.deletionTimestamp) return allowed(request);
    const object: KubeObject =
      namespace && !given.metadata.namespace ? { ...given, metadata: { ...given.metadata, namespace } } : given;
    const old = operation === 'UPDATE' ? (oldObject ?? undefined) : undefined;
    const kind = old ? 'update' : 'create';
    const look = (present: PresentObjects): KubeObject => {
      const told = this.#bind(object, old, kind, userInfo?.username, present);
      return this.#admit(told, old, kind, userInfo?.username, present);
    };
    try {
      const result = await this.options.objects.settle(await this.#bindingsFor(object, old), look);
      return allowed(request, jsonDifference(object, result));
    } catch (error) {
      if (error instanceof AdmissionRefusal) return refused(request, new ClusterError('BadRequest', error.message));
      if (error instanceof WaitsForSink) return refused(request, error);
      throw error;
    }
  }

  /** A Job is told now or never: a binding that was made just before it counts. */
  #bindingsFor(object: KubeObject, old: KubeObject | undefined) {
    const { namespace = '' } = object.metadata;
    const { objects } = this.options;
    return isJob(object) && !old ? objects.present(namespace) : objects.followed(namespace);
  }
}
