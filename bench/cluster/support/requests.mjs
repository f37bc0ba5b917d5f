import { sleep } from '../../support/process.mjs';
import { USER_AGENT } from './cluster.mjs';
import { auditSince } from './rig.mjs';

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

export const isWrite = ({ verb }) => WRITES.has(verb);
export const isEvent = ({ objectRef }) => objectRef?.resource === 'events';
export const isLease = ({ objectRef }) => objectRef?.resource === 'leases';
export const isOurs = ({ userAgent }) => userAgent === USER_AGENT;
export const isMeasurement = ({ userAgent }) => userAgent === 'bench';
export const isConflict = ({ responseStatus }) => responseStatus?.code === 409;
/** `create deployments`, `update routes/status`. */
export const kindOf = ({ verb, objectRef }) =>
  `${verb} ${objectRef?.resource ?? '?'}${objectRef?.subresource ? `/${objectRef.subresource}` : ''}`;

/** How often each value of `key` occurs, most often first. */
export function countBy(requests, key) {
  const counts = new Map();
  for (const request of requests) counts.set(key(request), (counts.get(key(request)) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/** Resolves with the requests since `mark` once nobody has written anything but leases for so many seconds. */
export async function quiet(mark, seconds = 4, timeout = 120_000) {
  const end = performance.now() + timeout;
  let requests = auditSince(mark);
  for (let since = performance.now(); performance.now() - since < seconds * 1000; ) {
    if (performance.now() > end) throw new Error('the cluster does not come to rest');
    await sleep(500);
    const next = auditSince(mark);
    const writes = (all) => all.filter((one) => isWrite(one) && !isLease(one) && !isEvent(one)).length;
    if (writes(next) !== writes(requests)) since = performance.now();
    requests = next;
  }
  return requests;
}
