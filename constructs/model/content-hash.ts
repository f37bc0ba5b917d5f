import { createHash } from 'node:crypto';
import type { ApiTemplate, Service } from './api-types';
import { isRecord } from './shape';

/** Stands in names for the hash, until patches have been applied and the hash is known. */
const PENDING_HASH = '{content-hash}';

/** Hexadecimal digits of the hash in a revision's name: 40 bits, and short enough to leave room for the service's name. */
export const CONTENT_HASH_LENGTH = 10;

/** The name of the revision with a content hash that is still to be computed. */
export const pendingRevisionName = (service: string): string => `${service}-${PENDING_HASH}`;

/** Hash over everything in a template but the revision's name. The order of keys does not matter, that of lists does. */
export function contentHash(template: ApiTemplate): string {
  const { name: _name, ...metadata } = template.metadata ?? {};
  const content = { ...template, metadata: Object.keys(metadata).length > 0 ? metadata : undefined };
  return createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, CONTENT_HASH_LENGTH);
}

/** The object with the content hash in place of what stands for it, in the template's name and in the traffic. */
export function resolveContentHash(service: Service): Service {
  const { template, traffic } = service.spec ?? {};
  const pending = template?.metadata?.name;
  if (!pending?.endsWith(PENDING_HASH)) return service;
  const name = pending.replace(PENDING_HASH, contentHash(template));
  const resolved = traffic?.map((target) => (target.revisionName === pending ? { ...target, revisionName: name } : target));
  return {
    ...service,
    spec: {
      ...service.spec,
      template: { ...template, metadata: { ...template.metadata, name } },
      ...(resolved && { traffic: resolved }),
    },
  };
}

/** JSON with sorted keys and without members that are undefined or null, which cdk8s drops too. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (isRecord(item) ? Object.fromEntries(members(item)) : item));
}

const members = (object: object) =>
  Object.entries(object)
    .filter(([, value]) => value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1));
