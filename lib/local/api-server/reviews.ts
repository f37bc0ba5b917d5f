import { type ResourceType, resourceType } from '../../api';
import { timestamp } from '../../base';

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
  review(AUTHENTICATION, 'TokenReview', false, ({ token }, { isToken }) =>
    isToken(String(token ?? '')) ? { authenticated: true, user: LOCAL_USER } : { user: {} },
  ),
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
