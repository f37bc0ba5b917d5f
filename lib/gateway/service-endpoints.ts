import { isIPv4 } from 'node:net';
import type { EndpointSlice, Endpoints, K8sService, ServicePort } from '../api';
import type { PodTarget } from './transport';

/** A ready address of a Service, and the pod behind it where that is said. */
export interface ServiceEndpoint {
  readonly target: PodTarget;
  readonly pod: { readonly namespace: string; readonly name: string } | undefined;
}

type Reference = NonNullable<EndpointSlice['endpoints'][number]['targetRef']>;

/**
 * The ready addresses of one port of a Service: from its EndpointSlices, or from its Endpoints while no slice has a ready one. Slices
 * come up to a second after Endpoints when pods start, as their controller waits after it has read something old. A Service of
 * type ExternalName has one address, the name.
 */
export function serviceEndpoints(
  service: K8sService,
  port: number | string,
  slices: readonly EndpointSlice[],
  endpoints: Endpoints | undefined,
): ServiceEndpoint[] {
  const wanted = (service.spec.ports ?? []).find((candidate) => candidate.port === port || candidate.name === port);
  const { type, externalName } = service.spec;
  if (type === 'ExternalName' && externalName) {
    const number = wanted?.port ?? Number(port);
    const target = { host: externalName, port: number, protocol: wanted ? protocolOf(wanted) : 'http1' } as const;
    return Number.isInteger(number) ? [{ target, pod: undefined }] : [];
  }
  if (!wanted) return [];
  const namespace = service.metadata.namespace ?? '';
  const protocol = protocolOf(wanted);
  const toEndpoint = (host: string, number: number | undefined, ref: Reference | undefined): ServiceEndpoint[] =>
    number === undefined
      ? []
      : [
          {
            target: { host, port: number, protocol },
            pod: ref?.kind === 'Pod' && ref.name ? { namespace: ref.namespace ?? namespace, name: ref.name } : undefined,
          },
        ];
  const ready = slices.flatMap((slice) => {
    const number = portNumber(slice.ports, wanted);
    return (slice.endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false && !conditions?.terminating)
      .flatMap(({ addresses, targetRef }) => addresses.slice(0, 1).flatMap((host) => toEndpoint(host, number, targetRef)));
  });
  if (ready.length > 0) return ready;
  const ending = endingAddresses(slices);
  return (endpoints?.subsets ?? []).flatMap((subset) => {
    const number = portNumber(subset.ports, wanted);
    const addresses = (subset.addresses ?? []).filter(({ ip }) => !ending.has(ip));
    return addresses.flatMap(({ ip, targetRef }) => toEndpoint(ip, number, targetRef));
  });
}

/** Addresses of pods that are about to end, which Endpoints may still have for a moment. */
function endingAddresses(slices: readonly EndpointSlice[]): ReadonlySet<string> {
  return new Set(
    slices.flatMap(({ endpoints }) =>
      (endpoints ?? []).filter(({ conditions }) => conditions?.terminating).flatMap(({ addresses }) => addresses),
    ),
  );
}

function portNumber(
  ports: readonly { readonly name?: string; readonly port?: number }[] | undefined,
  wanted: ServicePort,
): number | undefined {
  return ports?.find(({ name }) => (name ?? '') === (wanted.name ?? ''))?.port;
}

function protocolOf(port: ServicePort): PodTarget['protocol'] {
  return port.name === 'h2c' || port.appProtocol === 'kubernetes.io/h2c' ? 'h2c' : 'http1';
}

/** True for addresses that pods of one machine share, where only the pod itself knows its real port. */
export function isLoopback(host: string): boolean {
  return host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
