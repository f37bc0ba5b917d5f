export { USER_PORT_NAME } from './containers';
export { DIGEST_TOPIC, type Digest, type DigestAnswer, type DigestQuestion } from './digests';
export { type RevisionOptions, revisionReconciler } from './plan';
