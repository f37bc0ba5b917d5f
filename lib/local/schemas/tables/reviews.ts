/** Questions about who one is and what one may do. What authenticators add of a user (`extra`) is not among the fields. */
export const reviews: string = `
@ authentication.k8s.io/v1 io.k8s.api.authentication.v1
UserInfo: 1 username string; 2 uid string; 3 groups string[]
SelfSubjectReviewStatus: 1 userInfo UserInfo
SelfSubjectReview kind: 1 metadata ObjectMeta; 2 status SelfSubjectReviewStatus
TokenReviewSpec: 1 token string; 2 audiences string[]
TokenReviewStatus: 1 authenticated bool; 2 user UserInfo; 4 audiences string[]; 3 error string
TokenReview kind: 1 metadata ObjectMeta; 2 spec! TokenReviewSpec; 3 status TokenReviewStatus
BoundObjectReference: 1 kind string; 2 apiVersion string; 3 name string; 4 uid string
TokenRequestSpec: 1 audiences! string[]; 4 expirationSeconds *int64; 3 boundObjectRef *BoundObjectReference
TokenRequestStatus: 1 token! string; 2 expirationTimestamp! Time
TokenRequest kind: 1 metadata ObjectMeta; 2 spec! TokenRequestSpec; 3 status TokenRequestStatus
@ authorization.k8s.io/v1 io.k8s.api.authorization.v1
ResourceAttributes: 1 namespace string; 2 verb string; 3 group string; 4 version string; 5 resource string; 6 subresource string;
  7 name string
NonResourceAttributes: 1 path string; 2 verb string
ResourceRule: 1 verbs! string[]; 2 apiGroups string[]; 3 resources string[]; 4 resourceNames string[]
NonResourceRule: 1 verbs! string[]; 2 nonResourceURLs string[]
SubjectAccessReviewSpec: 1 resourceAttributes *ResourceAttributes; 2 nonResourceAttributes *NonResourceAttributes; 3 user string;
  4 groups string[]; 6 uid string
SubjectAccessReviewStatus: 1 allowed! bool; 4 denied bool; 2 reason string; 3 evaluationError string
SubjectAccessReview kind: 1 metadata ObjectMeta; 2 spec! SubjectAccessReviewSpec; 3 status SubjectAccessReviewStatus
LocalSubjectAccessReview kind: 1 metadata ObjectMeta; 2 spec! SubjectAccessReviewSpec; 3 status SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec: 1 resourceAttributes *ResourceAttributes; 2 nonResourceAttributes *NonResourceAttributes
SelfSubjectAccessReview kind: 1 metadata ObjectMeta; 2 spec! SelfSubjectAccessReviewSpec; 3 status SubjectAccessReviewStatus
SelfSubjectRulesReviewSpec: 1 namespace string
SubjectRulesReviewStatus: 1 resourceRules! ResourceRule[]; 2 nonResourceRules! NonResourceRule[]; 3 incomplete! bool;
  4 evaluationError string
SelfSubjectRulesReview kind: 1 metadata ObjectMeta; 2 spec! SelfSubjectRulesReviewSpec; 3 status SubjectRulesReviewStatus
`;
