import type { Conditions, DeliverySpec } from '../../api';
import type { Target } from './destination';

/** What a status says of where events go that cannot be delivered. */
export interface DeadLetterStatus {
  readonly deadLetterSinkUri?: string;
  readonly deadLetterSinkCACerts?: string;
  readonly deadLetterSinkAudience?: string;
}

export function deadLetterStatus({ url, CACerts, audience }: Target): DeadLetterStatus {
  return {
    deadLetterSinkUri: url,
    ...(CACerts ? { deadLetterSinkCACerts: CACerts } : {}),
    ...(audience ? { deadLetterSinkAudience: audience } : {}),
  };
}

/** Those fields of a status, without its others. */
export function deadLetterFields(status: DeadLetterStatus | undefined): DeadLetterStatus {
  const { deadLetterSinkUri, deadLetterSinkCACerts, deadLetterSinkAudience } = status ?? {};
  return {
    ...(deadLetterSinkUri ? { deadLetterSinkUri } : {}),
    ...(deadLetterSinkCACerts ? { deadLetterSinkCACerts } : {}),
    ...(deadLetterSinkAudience ? { deadLetterSinkAudience } : {}),
  };
}

/** The destination that such a status stands for, if it says one. */
export function deadLetterDestination(status: DeadLetterStatus): Pick<DeliverySpec, 'deadLetterSink'> {
  const { deadLetterSinkUri: uri, deadLetterSinkCACerts: CACerts, deadLetterSinkAudience: audience } = status;
  if (!uri) return {};
  return { deadLetterSink: { uri, ...(CACerts ? { CACerts } : {}), ...(audience ? { audience } : {}) } };
}

const TYPE = 'DeadLetterSinkResolved';

export function markNoDeadLetters(conditions: Conditions): Conditions {
  return conditions.markTrue(TYPE, 'DeadLetterSinkNotConfigured', 'No dead letter sink is configured.');
}

export const markDeadLettersResolved = (conditions: Conditions): Conditions => conditions.markTrue(TYPE);

export function markDeadLettersFailed(conditions: Conditions, reason: string, message = ''): Conditions {
  return conditions.markFalse(TYPE, reason, message);
}
