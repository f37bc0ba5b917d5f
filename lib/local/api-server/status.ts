import { errorMessage } from '../../base';
import { ClusterError, type StatusDetails } from '../../kube';
import type { ResourcePath } from './request-path';
import type { ServedResource } from './served-resource';

/** What an API server answers instead of an object (metav1.Status). */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

/** What a request was about, for the details of a refusal. */
export interface Subject {
  readonly resource: ServedResource;
  readonly path: ResourcePath;
}

/** The refusal as metav1.Status; what is no ClusterError is an internal error. */
export function failure(thrown: unknown, subject?: Subject): Status {
  const error = ClusterError.is(thrown) ? thrown : internal(thrown);
  const details = error.details ?? detailsOf(error, subject);
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: error.message,
    reason: error.reason === 'Unavailable' ? 'ServiceUnavailable' : error.reason,
    ...(details ? { details } : {}),
    code: error.code,
  };
}

/** The answer to a deletion that leaves nothing to show. */
export function success(details: StatusDetails): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

const internal = (thrown: unknown): ClusterError =>
  new ClusterError('InternalError', `Internal error occurred: ${errorMessage(thrown)}`, {
    causes: [{ message: errorMessage(thrown) }],
  });

/** Not Invalid: of that kubectl prints the causes and not the message if it is told a kind; who knows the causes tells both. */
const ABOUT_OBJECTS = new Set(['NotFound', 'AlreadyExists', 'Conflict', 'Forbidden']);

function detailsOf({ reason }: ClusterError, subject: Subject | undefined): StatusDetails | undefined {
  if (!subject || !ABOUT_OBJECTS.has(reason)) return undefined;
  const { type } = subject.resource;
  return {
    ...(subject.path.name === undefined ? {} : { name: subject.path.name }),
    ...(type.group ? { group: type.group } : {}),
    kind: type.plural,
  };
}
