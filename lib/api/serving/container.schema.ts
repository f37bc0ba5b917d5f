import { choice, define, forbidden, int32, list, map, quantity, str, strings } from '../schema/builders.schema';
import { env, envFrom } from './env.schema';
import { containerRules } from './pod-rules.schema';
import { Probe, ReadinessProbe } from './probe.schema';
import { SecurityContext } from './security-context.schema';
import { VolumeMount } from './volume.schema';

const ContainerPort = define(
  'ContainerPort',
  'The port on which the container serves.',
  {
    name: str('Protocol: empty or `http1` for HTTP/1, `h2c` for HTTP/2 without TLS.', { maxLength: 63 }),
    containerPort: int32('Port number. Default: 8080.', {
      range: [0, 65535],
      rules: [
        {
          rule: '!(self in [8008, 8012, 8013, 8022, 9090, 9091])',
          message: 'a reserved port, please use a different value',
        },
      ],
    }),
    protocol: str('Only TCP.', { maxLength: 63 }),
  },
  { forbidden: { hostIP: forbidden.string, hostPort: forbidden.integer } },
);

const ResourceRequirements = define(
  'ResourceRequirements',
  'Resources that the container needs and may use.',
  {
    requests: map(quantity('An amount.'), 'What is reserved: cpu, memory, ephemeral-storage, …', {
      tsType: 'Readonly<Record<string, number | string>>',
    }),
    limits: map(quantity('An amount.'), 'What may not be exceeded.', { tsType: 'Readonly<Record<string, number | string>>' }),
  },
  { forbidden: { claims: forbidden.list } },
);

export const Container = define(
  'Container',
  'A container of the pod.',
  {
    name: str('Name, unique in the pod. Default: `user-container`.', {
      maxLength: 63,
      rules: [{ rule: "self != 'queue-proxy'", message: '"queue-proxy" is a reserved container name' }],
    }),
    image: str('The image. A tag is resolved to a digest when the revision is made.'),
    imagePullPolicy: str('Always, IfNotPresent or Never.'),
    command: strings('Entry point; default: the image’s.', { listType: 'atomic' }),
    args: strings('Arguments; default: the image’s.', { listType: 'atomic' }),
    workingDir: str('Working directory; default: the image’s.'),
    env: env(),
    envFrom: envFrom(),
    ports: list(ContainerPort, 'At most one port, across all containers of the pod.', { maxItems: 20 }),
    resources: ResourceRequirements,
    livenessProbe: Probe,
    readinessProbe: ReadinessProbe,
    startupProbe: Probe,
    securityContext: SecurityContext,
    volumeMounts: list(VolumeMount, 'Where volumes are seen.', { listType: 'map', listMapKeys: ['mountPath'], maxItems: 64 }),
    terminationMessagePath: str('File whose content becomes the termination message. Default: /dev/termination-log.'),
    terminationMessagePolicy: choice(['File', 'FallbackToLogsOnError'], 'Where the termination message comes from.'),
  },
  {
    rules: containerRules,
    forbidden: {
      lifecycle: forbidden.object,
      stdin: forbidden.boolean,
      stdinOnce: forbidden.boolean,
      tty: forbidden.boolean,
      volumeDevices: forbidden.list,
      resizePolicy: forbidden.list,
      restartPolicy: forbidden.stringP,
      restartPolicyRules: forbidden.list,
    },
  },
);
