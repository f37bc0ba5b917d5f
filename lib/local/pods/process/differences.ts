import { annotationOf, annotations, type Container, type Pod } from '../../../api';

interface EmptyDir {
  readonly medium?: string;
  readonly sizeLimit?: unknown;
}

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== '' && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/**
 * What a container declares that means nothing to a program on this machine, one sentence for each reason. What Kubernetes or
 * Knative fill in by themselves is left out, and so are requests of resources: there is no other node that would have more.
 * @param mounts real path of each mount by mount path
 * @param cwd where the program runs
 * @param isolated whether its pod has a network of its own
 */
export function differences(
  pod: Pod,
  container: Container,
  mounts: Readonly<Record<string, string>>,
  cwd: string,
  isolated = false,
): readonly string[] {
  const { spec } = pod;
  const emptyDirs = (spec.volumes ?? []).map(({ emptyDir }) => (emptyDir ?? {}) as EmptyDir);
  const fields: Readonly<Record<string, unknown>> = {
    'securityContext of the pod': spec['securityContext'],
    securityContext: container.securityContext,
    'resources.limits': container.resources?.limits,
    serviceAccountName: spec.serviceAccountName,
    'emptyDir.medium': emptyDirs.find(({ medium }) => medium)?.medium,
    'emptyDir.sizeLimit': emptyDirs.find(({ sizeLimit }) => sizeLimit !== undefined)?.sizeLimit,
  };
  const without = Object.keys(fields).filter((field) => isSet(fields[field]));
  const paths = Object.keys(mounts);
  const { workingDir } = container;
  const isSidecar = !isolated && spec.containers.length > 1 && !container.ports?.length;
  return [
    ...(without.length > 0 ? [`without effect for a program on this machine: ${without.join(', ')}`] : []),
    ...(paths.length > 0
      ? [
          `nothing is mounted at ${paths.join(', ')}: variables and arguments that name it lead to the files, and so does KNC_MOUNTS`,
        ]
      : []),
    ...(wantsSidecar(pod, container)
      ? ['it has no queue-proxy: the gateway keeps its limits, and who calls its port directly is not held to them']
      : []),
    ...(workingDir ? [`workingDir ${workingDir} is a place in the image; the program runs in ${cwd}`] : []),
    ...(isSidecar ? ['it shares 127.0.0.1 with every other pod: a port that it listens on can be taken only once'] : []),
  ];
}

/** Whether a container that serves is to have the sidecar on a cluster. */
const wantsSidecar = ({ metadata }: Pod, { ports }: Container): boolean =>
  annotationOf(metadata.annotations, annotations.queueSidecarEnabled) === 'true' && (ports?.length ?? 0) > 0;
