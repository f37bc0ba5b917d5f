import { type Container, type Pod, parseQuantity } from '../../../api';
import { StartError } from '../container-runtime';

interface SecurityContext {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly runAsNonRoot?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
}

/**
 * Limits and security context of a container as options of `run`; what the container does not say is the pod's. The engine's own
 * seccomp profile is the one that Kubernetes calls RuntimeDefault.
 * @throws StartError if the container must not be root and is told to be, or has a group without a user
 */
export function runOptions(pod: Pod, container: Container): string[] {
  const { cpu, memory } = container.resources?.limits ?? {};
  return [
    ...(cpu === undefined ? [] : ['--cpus', String(parseQuantity(cpu))]),
    ...(memory === undefined ? [] : ['--memory', String(parseQuantity(memory))]),
    ...security({ ...(pod.spec['securityContext'] as SecurityContext | undefined), ...container.securityContext }),
  ];
}

function security(context: SecurityContext): string[] {
  const { runAsUser: user, runAsGroup: group, capabilities } = context;
  if (context.runAsNonRoot && user === 0) {
    throw new StartError('CreateContainerConfigError', "container's runAsUser breaks non-root policy", { final: true });
  }
  if (user === undefined && group !== undefined) {
    throw new StartError('CreateContainerError', 'runAsGroup is specified without a runAsUser', { final: true });
  }
  return [
    ...(user === undefined ? [] : ['--user', `${user}${group === undefined ? '' : `:${group}`}`]),
    ...(context.readOnlyRootFilesystem ? ['--read-only'] : []),
    ...(context.allowPrivilegeEscalation === false ? ['--security-opt', 'no-new-privileges'] : []),
    ...(capabilities?.drop ?? []).flatMap((name) => ['--cap-drop', name]),
    ...(capabilities?.add ?? []).flatMap((name) => ['--cap-add', name]),
  ];
}
