import { Type } from '@sinclair/typebox';
import { bool, define, forbidden, int64, list, str, strings } from '../schema/builders.schema';

const MAX_ID = 2147483647;

const SeccompProfile = define(
  'SeccompProfile',
  'Which system calls are allowed.',
  {
    type: str('RuntimeDefault, Localhost or Unconfined.'),
    localhostProfile: str('File of the profile on the node, with type Localhost.'),
  },
  { required: ['type'] },
);

const Capabilities = define('Capabilities', 'Linux capabilities of the container.', {
  add: strings('To add. Needs the feature `kubernetes.containerspec-addcapabilities`.', { listType: 'atomic' }),
  drop: strings('To drop; `ALL` for all of them.', { listType: 'atomic' }),
});

const ids = {
  runAsUser: int64('User id of the process.', { range: [0, MAX_ID] }),
  runAsGroup: int64('Group id of the process.', { range: [0, MAX_ID] }),
  runAsNonRoot: bool('Refuse to run as root.'),
  seccompProfile: SeccompProfile,
};

export const SecurityContext = define(
  'SecurityContext',
  'Rights of a container.',
  {
    ...ids,
    capabilities: Capabilities,
    readOnlyRootFilesystem: bool('Mount the root file system read-only.'),
    allowPrivilegeEscalation: bool('Whether a process may gain more rights than its parent. Default of Kubernetes: true.'),
    privileged: bool('Only `false` is allowed.', { rules: [{ rule: '!self', message: 'must not set the field(s)' }] }),
  },
  {
    forbidden: {
      seLinuxOptions: forbidden.object,
      windowsOptions: forbidden.object,
      procMount: forbidden.stringP,
      appArmorProfile: forbidden.object,
    },
  },
);

export const PodSecurityContext = define(
  'PodSecurityContext',
  'Rights of all containers of the pod. Needs the feature `kubernetes.podspec-securitycontext`.',
  {
    ...ids,
    fsGroup: int64('Group id that owns the volumes.', { range: [0, MAX_ID] }),
    supplementalGroups: list(
      Type.Integer({ format: 'int64', 'x-knc-range': [0, MAX_ID] }),
      'Further group ids of the processes.',
      {
        listType: 'atomic',
        maxItems: 64,
      },
    ),
  },
  {
    forbidden: {
      seLinuxOptions: forbidden.object,
      windowsOptions: forbidden.object,
      sysctls: forbidden.list,
      fsGroupChangePolicy: forbidden.stringP,
      seLinuxChangePolicy: forbidden.stringP,
      supplementalGroupsPolicy: forbidden.stringP,
      appArmorProfile: forbidden.object,
    },
  },
);
