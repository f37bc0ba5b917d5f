import {
  type Conditions,
  childName,
  controllerRef,
  type OwnerReference,
  ServiceAccountType,
  type ServingConfig,
  type SinkBinding,
  type SinkBindingStatus,
  SinkBindingType,
  type Stored,
} from '../../../api';
import { isControlledBy } from '../../metadata';
import type { Ask, Observed } from '../../reconciler';
import { type Identity, identityName, planIdentity } from '../identity';

/** Topic of questions for a Secret that has a token of a service account, and always one that is valid. */
export const TOKEN_SECRET_TOPIC = 'token-secret';

export interface TokenSecretQuestion {
  readonly namespace: string;
  /** Of the Secret. */
  readonly name: string;
  /** Who controls it. One that is not controlled by it is not touched. */
  readonly owner: OwnerReference;
  /** Undefined: the Secret is to go. */
  readonly token?: { readonly serviceAccount: string; readonly uid: string; readonly audience: string };
}

export interface TokenSecretAnswer {
  /** Whether it is there, with a token. */
  readonly present: boolean;
  /** Why it is not as it should be. */
  readonly problem?: string;
}

const TYPE = 'OIDCTokenSecretCreated';
const FAILED = 'Unable to reconcile OIDC token secret';

const secretName = ({ metadata }: SinkBinding): string => childName(metadata.name ?? '', '-oidc-token');

/** The Secret with the token that the subjects of a binding are to send along to a sink; undefined: they send none. */
export function tokenSecretOf(
  binding: SinkBinding,
  audience: string | undefined,
  { eventing }: ServingConfig,
): string | undefined {
  return eventing.features.authenticationOidc && audience ? secretName(binding) : undefined;
}

/** The part of a plan that is about as whom subjects send. */
interface Tokens extends Omit<Identity, 'fields'> {
  readonly asks: readonly Ask[];
  readonly fields: Pick<SinkBindingStatus, 'auth' | 'oidcTokenSecretName'>;
}

function ask(parent: Stored<SinkBinding>, token: TokenSecretQuestion['token']): Ask {
  const { namespace = '', name } = parent.metadata;
  const owner = { ...controllerRef(parent), blockOwnerDeletion: false };
  const input: TokenSecretQuestion = { namespace, name: secretName(parent), owner, ...(token ? { token } : {}) };
  return { topic: TOKEN_SECRET_TOPIC, key: `${namespace}/${name}`, input };
}

const answerTo = ({ topic, key }: Ask, observed: Observed) => observed.answer(topic, key) as TokenSecretAnswer | undefined;

/** Nobody needs a token: a Secret that there was goes. */
function withoutToken(conditions: Conditions, reason: string, parent: Stored<SinkBinding>, observed: Observed) {
  const { oidcTokenSecretName } = parent.status ?? {};
  const going = oidcTokenSecretName === undefined ? [] : [ask(parent, undefined)];
  const left = going.some((one) => answerTo(one, observed)?.present !== false);
  const fields = left ? { oidcTokenSecretName } : {};
  return { conditions: conditions.markTrue(TYPE, reason), asks: going, fields };
}

/** As whom subjects send, and whether the Secret with their token is there. */
export function planTokens(
  conditions: Conditions,
  parent: Stored<SinkBinding>,
  audience: string | undefined,
  observed: Observed,
  config: ServingConfig,
): Tokens {
  const wanted = config.eventing.features.authenticationOidc;
  if (wanted && !audience) {
    const reason = 'Sink has no audience defined';
    return {
      apply: [],
      remove: [],
      ...withoutToken(conditions.markTrue('OIDCIdentityCreated', reason), reason, parent, observed),
    };
  }
  const identity = planIdentity(conditions, SinkBindingType, parent, observed, config);
  if (!wanted || !audience) {
    return { ...identity, ...withoutToken(identity.conditions, 'authentication-oidc feature disabled', parent, observed) };
  }
  const { namespace, name } = parent.metadata;
  const serviceAccount = identityName(SinkBindingType, name);
  const account = observed.get(ServiceAccountType, namespace, serviceAccount);
  const waiting = identity.conditions.markUnknown(
    TYPE,
    'TokenNotIssued',
    'The token of the service account has not been issued yet.',
  );
  if (!account || !isControlledBy(account, parent)) return { ...identity, conditions: waiting, asks: [] };
  const question = ask(parent, { serviceAccount, uid: account.metadata.uid, audience });
  // After a restart, a Secret that was there is taken to be there until it is said otherwise.
  const before: TokenSecretAnswer | undefined = parent.status?.oidcTokenSecretName ? { present: true } : undefined;
  const answer = answerTo(question, observed) ?? before;
  const fields = { ...identity.fields, ...(answer?.present ? { oidcTokenSecretName: secretName(parent) } : {}) };
  return {
    ...identity,
    conditions: !answer
      ? waiting
      : answer.problem === undefined
        ? identity.conditions.markTrue(TYPE)
        : identity.conditions.markFalse(TYPE, FAILED, answer.problem),
    asks: [question],
    fields,
  };
}
