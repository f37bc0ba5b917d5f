import { isJsonObject } from '../../base';
import { ClusterError, type ClusterErrorReason, type StatusDetails } from '../cluster';

/** Reasons of metav1.Status by the name that `ClusterError` has for them; the others go by their code. */
const REASONS: Readonly<Record<string, ClusterErrorReason>> = {
  Unauthorized: 'Unauthorized',
  Forbidden: 'Forbidden',
  NotFound: 'NotFound',
  AlreadyExists: 'AlreadyExists',
  Conflict: 'Conflict',
  Gone: 'Expired',
  Expired: 'Expired',
  Invalid: 'Invalid',
  ServerTimeout: 'Timeout',
  Timeout: 'Timeout',
  TooManyRequests: 'TooManyRequests',
  BadRequest: 'BadRequest',
  MethodNotAllowed: 'MethodNotAllowed',
  NotAcceptable: 'NotAcceptable',
  RequestEntityTooLarge: 'RequestEntityTooLarge',
  UnsupportedMediaType: 'UnsupportedMediaType',
  InternalError: 'InternalError',
  ServiceUnavailable: 'Unavailable',
};

const BY_CODE: Readonly<Record<number, ClusterErrorReason>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Expired',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  502: 'Unavailable',
  503: 'Unavailable',
  504: 'Timeout',
};

/** What client-go says where the server gave no Status (NewGenericServerResponse). */
const GENERIC: Readonly<Record<number, string>> = {
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  429: 'the server has received too many requests and has asked us to try again later',
};

/** How much of a body that is no Status is quoted. */
const QUOTED = 200;

const reasonOf = (reason: unknown, code: number): ClusterErrorReason =>
  REASONS[String(reason ?? '')] ?? BY_CODE[code] ?? (code >= 500 ? 'InternalError' : 'BadRequest');

function parseStatus(body: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isJsonObject(parsed) && parsed['kind'] === 'Status' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The refusal that a metav1.Status stands for. */
export function errorOfStatus(status: Readonly<Record<string, unknown>>, code: number): ClusterError {
  const details = isJsonObject(status['details']) ? (status['details'] as StatusDetails) : undefined;
  const known = typeof status['code'] === 'number' ? status['code'] : code;
  const message =
    typeof status['message'] === 'string' && status['message'] !== '' ? status['message'] : (GENERIC[known] ?? 'unknown');
  return new ClusterError(reasonOf(status['reason'], known), message, details);
}

/** The refusal that an HTTP response with an error code stands for, whatever its body. */
export function errorOfResponse(code: number, body: string): ClusterError {
  const status = parseStatus(body);
  if (status) return errorOfStatus(status, code);
  const said = body.trim().slice(0, QUOTED);
  const generic = GENERIC[code] ?? `the server answered ${code}${said ? `: ${said}` : ''}`;
  return new ClusterError(reasonOf(undefined, code), generic);
}

/** A 404 that says that the object of this name is missing, and not that the server does not have its kind. */
export function isMissingObject(error: unknown, name: string): boolean {
  return ClusterError.is(error, 'NotFound') && error.details?.name === name;
}

/** The server is behind the version that was asked for: it was restored from an older state. */
export function isTooLargeVersion(error: ClusterError): boolean {
  return error.details?.causes?.some(({ reason }) => reason === 'ResourceVersionTooLarge') ?? false;
}
