import type { KubeObject } from '../../api';
import { isJsonObject } from '../../base';
import { ClusterError, type JsonPatchOperation } from '../../kube';

const API_VERSION = 'admission.k8s.io/v1';
const KIND = 'AdmissionReview';

/** What an API server asks: whether an object may be stored, and what it is to be then. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly namespace?: string;
  readonly userInfo?: { readonly username?: string };
  /** As it is to be stored; none where it is deleted. */
  readonly object?: KubeObject | null;
  /** As it is stored; none where it is created. */
  readonly oldObject?: KubeObject | null;
  /** Nothing is stored in the end. */
  readonly dryRun?: boolean;
}

/** What it is told. */
export interface AdmissionReview {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: typeof KIND;
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly patchType?: 'JSONPatch';
    /** JSON in base64. */
    readonly patch?: string;
    readonly status?: { readonly code: number; readonly reason: string; readonly message: string };
  };
}

const isObject = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (isJsonObject(value) && isJsonObject(value['metadata']) && typeof value['kind'] === 'string');

/** Reads what an API server has sent. @throws ClusterError BadRequest if it is no AdmissionReview of version 1 */
export function readReview(text: string): AdmissionRequest {
  const review = parsed(text);
  if (!isJsonObject(review) || review['kind'] !== KIND || review['apiVersion'] !== API_VERSION)
    throw new ClusterError('BadRequest', `this is no ${KIND} of ${API_VERSION}`);
  const { request } = review;
  if (!isJsonObject(request) || typeof request['uid'] !== 'string' || typeof request['operation'] !== 'string')
    throw new ClusterError('BadRequest', `the ${KIND} has no request with uid and operation`);
  if (!isObject(request['object']) || !isObject(request['oldObject']))
    throw new ClusterError('BadRequest', `the request has something else than objects of Kubernetes`);
  return request as unknown as AdmissionRequest;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ClusterError('BadRequest', 'this is no JSON');
  }
}

const answer = (response: AdmissionReview['response']): AdmissionReview => ({ apiVersion: API_VERSION, kind: KIND, response });

/** The object may be stored, changed so. */
export function allowed({ uid }: AdmissionRequest, patch: readonly JsonPatchOperation[] = []): AdmissionReview {
  if (patch.length === 0) return answer({ uid, allowed: true });
  return answer({ uid, allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') });
}

/** The object is refused; API servers put the name of the webhook before the message. */
export function refused({ uid }: AdmissionRequest, { code, reason, message }: ClusterError): AdmissionReview {
  return answer({ uid, allowed: false, status: { code, reason, message } });
}
