import type { DefaultsConfig } from '../config';
import type { Container, Probe, Volume } from '../generated/types';

const hasHandler = (probe: Probe): boolean => !!(probe.httpGet || probe.tcpSocket || probe.exec || probe.grpc);

const withGrpcService = (probe: Probe | undefined): Probe | undefined =>
  probe?.grpc && probe.grpc.service === undefined ? { ...probe, grpc: { ...probe.grpc, service: '' } } : probe;

/** The readiness probe as it will be used; only a container that serves gets one of its own accord. */
function readinessProbe(probe: Probe | undefined, serves: boolean): Probe | undefined {
  if (!probe && !serves) return undefined;
  const handled = serves && !(probe && hasHandler(probe)) ? { ...probe, tcpSocket: {} } : { ...probe };
  return {
    ...handled,
    successThreshold: handled.successThreshold || 1,
    // Without a period the probe is tried many times a second, and then these two must not be set.
    ...(handled.periodSeconds
      ? { failureThreshold: handled.failureThreshold || 3, timeoutSeconds: handled.timeoutSeconds || 1 }
      : {}),
  };
}

const isWritable = (volume: Volume): boolean => !!(volume.emptyDir || volume.persistentVolumeClaim || volume.ephemeral);

/** A container with defaults: resources, probes, read-only mounts. `serves` says whether requests go to it. */
export function defaultContainer(
  container: Container,
  serves: boolean,
  volumes: readonly Volume[],
  config: DefaultsConfig,
): Container {
  const writable = new Set(volumes.filter(isWritable).map((volume) => volume.name));
  const requests = { ...config.revisionRequests, ...container.resources?.requests };
  const limits = { ...config.revisionLimits, ...container.resources?.limits };
  const probes = {
    readinessProbe: withGrpcService(readinessProbe(container.readinessProbe, serves)),
    livenessProbe: withGrpcService(container.livenessProbe),
    startupProbe: withGrpcService(container.startupProbe),
  };
  return {
    ...container,
    ...(container.resources || Object.keys(requests).length + Object.keys(limits).length > 0
      ? {
          resources: {
            ...container.resources,
            ...(Object.keys(requests).length > 0 ? { requests } : {}),
            ...(Object.keys(limits).length > 0 ? { limits } : {}),
          },
        }
      : {}),
    ...Object.fromEntries(Object.entries(probes).filter(([, probe]) => probe !== undefined)),
    ...(container.volumeMounts
      ? {
          volumeMounts: container.volumeMounts.map((mount) => (writable.has(mount.name) ? mount : { ...mount, readOnly: true })),
        }
      : {}),
  };
}
