import type { EndpointSlice, Endpoints } from '../../../api';
import { timeSince } from './human-duration';
import { ageColumn, column, nameColumn, type Printer } from './table';

/** How many entries are written out. */
const SHOWN = 3;

function firstOf(list: readonly string[], empty: string): string {
  if (list.length === 0) return empty;
  const text = list.slice(0, SHOWN).join(',');
  return list.length > SHOWN ? `${text} + ${list.length - SHOWN} more...` : text;
}

const hostPort = (host: string, port: number): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

function endpointsText({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>';
  const list = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => hostPort(ip, port))),
  );
  return firstOf(list, '');
}

export const endpointsPrinter: Printer<Endpoints> = {
  columns: [nameColumn, column('Endpoints', 'Where its pods are ready to be called.'), ageColumn],
  cells: (endpoints, now) => [
    endpoints.metadata.name ?? '',
    endpointsText(endpoints),
    timeSince(endpoints.metadata.creationTimestamp, now),
  ],
};

export const endpointSlicePrinter: Printer<EndpointSlice> = {
  columns: [
    nameColumn,
    column('AddressType', 'What kind of addresses it lists.'),
    column('Ports', 'The ports of its endpoints.'),
    column('Endpoints', 'The addresses of its endpoints.'),
    ageColumn,
  ],
  cells: ({ metadata, addressType, ports, endpoints }, now) => [
    metadata.name ?? '',
    addressType,
    firstOf(
      (ports ?? []).map(({ port, name }) => `${port ?? name ?? '*'}`),
      '<unset>',
    ),
    firstOf(
      (endpoints ?? []).flatMap(({ addresses }) => addresses),
      '<unset>',
    ),
    timeSince(metadata.creationTimestamp, now),
  ],
};
