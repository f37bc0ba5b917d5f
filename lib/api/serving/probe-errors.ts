import { type FieldError, generic, invalidValue, missingOneOf, multipleOneOf, outOfBounds, via, withRemedy } from '../../base';
import type { IntOrString } from '../core/pod';
import type { ContainerPort, Probe } from '../generated/types';

const MAX_INT32 = 2 ** 31 - 1;
const HANDLERS = ['httpGet', 'tcpSocket', 'exec', 'grpc'] as const;

/** A port by name must be the container's own; `port` is undefined where the container serves no requests. */
function portErrors(value: IntOrString | undefined, port: ContainerPort | undefined, path: string): FieldError[] {
  if (!port)
    return value === undefined || value === '' || value === 0 ? [invalidValue(0, path, 'Probe port must be specified')] : [];
  if (typeof value !== 'string' || value === '' || value === port.name) return [];
  return [
    withRemedy(
      invalidValue(value, path, 'Probe port must match container port'),
      `Leave the port out, or write ${port.containerPort}: the probe goes to the container's own port.`,
    ),
  ];
}

/** What is wrong with any probe. `port` is the port that the container serves on, undefined for a sidecar. */
function probeErrors(probe: Probe | undefined, port: ContainerPort | undefined): FieldError[] {
  if (!probe) return [];
  const handlers = HANDLERS.filter((handler) => probe[handler] !== undefined);
  return [
    ...(probe.httpGet ? portErrors(probe.httpGet.port, port, 'httpGet.port') : []),
    ...(probe.tcpSocket ? portErrors(probe.tcpSocket.port, port, 'tcpSocket.port') : []),
    ...(handlers.length === 0 ? [missingOneOf(...HANDLERS)] : []),
    ...(handlers.length > 1 ? [multipleOneOf(...handlers)] : []),
  ];
}

/** What is wrong with a readiness probe: without a period it is tried many times a second, and then some fields make no sense. */
function readinessProbeErrors(probe: Probe | undefined, port: ContainerPort | undefined): FieldError[] {
  if (!probe) return [];
  const { periodSeconds = 0, initialDelaySeconds = 0, successThreshold = 0, failureThreshold = 0, timeoutSeconds = 0 } = probe;
  const atLeast = (value: number, low: number, field: string) => (value < low ? [outOfBounds(value, low, MAX_INT32, field)] : []);
  const unwanted = (value: number, field: string) =>
    value === 0
      ? []
      : [
          withRemedy(
            generic(`${field} is disallowed when periodSeconds is zero`, field),
            'Set periodSeconds, such as 10, or leave it out.',
          ),
        ];
  return [
    ...probeErrors(probe, port),
    ...atLeast(periodSeconds, 0, 'periodSeconds'),
    ...atLeast(initialDelaySeconds, 0, 'initialDelaySeconds'),
    ...atLeast(successThreshold, 1, 'successThreshold'),
    ...(periodSeconds === 0
      ? [...unwanted(failureThreshold, 'failureThreshold'), ...unwanted(timeoutSeconds, 'timeoutSeconds')]
      : [...atLeast(timeoutSeconds, 1, 'timeoutSeconds'), ...atLeast(failureThreshold, 1, 'failureThreshold')]),
  ];
}

/** All probes of a container, under their field names. */
export function containerProbeErrors(
  container: { readonly livenessProbe?: Probe; readonly readinessProbe?: Probe; readonly startupProbe?: Probe },
  port: ContainerPort | undefined,
): FieldError[] {
  return [
    ...via('livenessProbe', probeErrors(container.livenessProbe, port)),
    ...via('readinessProbe', readinessProbeErrors(container.readinessProbe, port)),
    ...via('startupProbe', probeErrors(container.startupProbe, port)),
  ];
}
