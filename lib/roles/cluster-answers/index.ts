export { AccessAnswers } from './access-answers';
export { ClusterAnswers, type ClusterAnswersOptions } from './cluster-answers';
export { DigestAnswers } from './digest-answers';
export { JobAdmissionAnswers } from './job-admission-answers';
