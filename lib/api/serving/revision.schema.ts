import { define, int32, int64, list, str } from '../schema/builders.schema';
import { kind, ObjectMeta, status } from '../schema/meta.schema';
import { podRules } from './pod-rules.schema';
import { PodSpec } from './pod-spec.schema';

/** Upper limits are settings of the installation. */
const atLeastZero = [{ rule: 'self >= 0', message: 'expected a value of at least 0' }];

export const RevisionSpec = define(
  'RevisionSpec',
  'One state of code and settings: a pod, and how requests reach it.',
  {
    containerConcurrency: int64('Requests that one pod may work on at a time; 0: no limit. Default: 0.', { rules: atLeastZero }),
    timeoutSeconds: int64('Seconds in which a request must be answered. Default: 300, at most 600 unless configured.', {
      rules: atLeastZero,
    }),
    responseStartTimeoutSeconds: int64('Seconds in which the first byte of an answer must come. Default: none of its own.'),
    idleTimeoutSeconds: int64('Seconds without a byte after which a request is given up. Default: none.'),
  },
  { extends: [PodSpec], required: ['containers'], rules: podRules },
);

export const RevisionTemplateSpec = define(
  'RevisionTemplateSpec',
  'What revisions are made from.',
  { metadata: ObjectMeta, spec: RevisionSpec },
  { required: ['spec'] },
);

const RevisionContainerStatus = define('RevisionContainerStatus', 'A container and the image that it runs.', {
  name: str('Name of the container.'),
  imageDigest: str('The image with its digest.'),
});

const RevisionStatus = status('RevisionStatus', 'What is known of a revision.', {
  logUrl: str('Where the logs of the revision are.'),
  containerStatuses: list(RevisionContainerStatus, 'Resolved images of the containers.'),
  initContainerStatuses: list(RevisionContainerStatus, 'Resolved images of the init containers.'),
  actualReplicas: int32('Pods that are ready.'),
  desiredReplicas: int32('Pods that there should be.'),
});

export const Revision = kind(
  'serving.knative.dev/v1',
  'Revision',
  'A snapshot of code and settings that can be routed to. Made by a Configuration; its spec never changes.',
  RevisionSpec,
  RevisionStatus,
  { rules: [{ rule: 'self.spec == oldSelf.spec', message: 'Immutable fields changed', fieldPath: '.spec' }] },
);
