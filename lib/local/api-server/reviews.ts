import { type ResourceType, resourceType } from '../../api';
import { timestamp } from '../../base';
import { TOKEN_ISSUER, type TokenIssuer } from '../tokens';

/** Who sends the requests: the token has one user. */
export const LOCAL_USER = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
} as const;

/** A question that is asked by creating an object, and answered in its status. Nothing is stored. */
export interface Review {
  readonly type: ResourceType;
  readonly answer: (spec: Readonly<Record<string, unknown>>, context: ReviewContext) => unknown;
}

export interface ReviewContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether this is the token of the server. */
  readonly isToken: (token: string) => boolean;
  readonly tokens: TokenIssuer | undefined;
}

const AUTHORIZATION = 'authorization.k8s.io/v1';
const AUTHENTICATION = 'authentication.k8s.io/v1';

const review = (apiVersion: string, kind: string, namespaced: boolean, answer: Review['answer']): Review => ({
  type: resourceType(apiVersion, kind, `${kind.toLowerCase()}s`, { namespaced, statusSubresource: false }),
  answer,
});

/** Whoever has the token may do everything, and there is nobody else. */
const allowedToUser: Review['answer'] = ({ user, groups }) => {
  const own = user === LOCAL_USER.username || (Array.isArray(groups) && groups.includes('system:masters'));
  return own ? { allowed: true } : { allowed: false, reason: `there is one user here, ${LOCAL_USER.username}` };
};

const allowedToSelf: Review['answer'] = () => ({ allowed: true });

/** Whose token of a service account it is, if it is for one of these audiences: the API server, if none is named. */
function ofServiceAccount(token: string, wanted: unknown, tokens: TokenIssuer | undefined): unknown {
  const audiences = Array.isArray(wanted) && wanted.length > 0 ? wanted.map(String) : [TOKEN_ISSUER];
  const found = audiences.flatMap((audience) => {
    const result = tokens?.verify(token, audience);
    return result && 'claims' in result ? [{ audience, claims: result.claims }] : [];
  });
  const [first] = found;
  if (!first) return { user: {}, error: 'invalid bearer token' };
  const { namespace, serviceaccount } = first.claims['kubernetes.io'];
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  const user = { username: first.claims.sub, uid: serviceaccount.uid, groups };
  return { authenticated: true, user, audiences: found.map(({ audience }) => audience) };
}

/** Authentication and authorization as kube-apiserver lets one ask for them. */
export const reviews: readonly Review[] = [
  review(AUTHORIZATION, 'SelfSubjectAccessReview', false, allowedToSelf),
  review(AUTHORIZATION, 'SubjectAccessReview', false, allowedToUser),
  review(AUTHORIZATION, 'LocalSubjectAccessReview', true, allowedToUser),
  review(AUTHORIZATION, 'SelfSubjectRulesReview', false, () => ({
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
    incomplete: false,
  })),
  review(AUTHENTICATION, 'SelfSubjectReview', false, () => ({ userInfo: LOCAL_USER })),
  review(AUTHENTICATION, 'TokenReview', false, ({ token, audiences }, { isToken, tokens }) => {
    const text = String(token ?? '');
    return isToken(text) ? { authenticated: true, user: LOCAL_USER } : ofServiceAccount(text, audiences, tokens);
  }),
];

/** The answered question. */
export function answered(
  { type, answer }: Review,
  input: Readonly<Record<string, unknown>>,
  context: ReviewContext,
): Record<string, unknown> {
  const spec = (input['spec'] ?? {}) as Readonly<Record<string, unknown>>;
  return {
    kind: type.kind,
    apiVersion: `${type.group}/${type.version}`,
    metadata: { creationTimestamp: timestamp(context.now) },
    ...(type.kind === 'SelfSubjectReview' ? {} : { spec }),
    status: answer(spec, context),
  };
}
