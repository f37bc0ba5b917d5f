import { once } from 'node:events';
import type { Pod, Stored } from '../../api';
import { ClusterError } from '../../kube';
import type { LogLine, ReadLogsOptions } from '../pods';
import { count, flag } from './list-query';
import type { PodAccess } from './pod-access';
import { chosenContainer, containerStatus } from './pod-container';
import { existing } from './reads';
import type { ResourceRequest } from './resource-request';

const badRequest = (message: string): ClusterError => new ClusterError('BadRequest', message);

interface LogQuery {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** Only lines from then on, in milliseconds since the epoch. */
  readonly since: number | undefined;
  readonly tail: number | undefined;
  readonly limitBytes: number | undefined;
}

const refused = (field: string, why: string): ClusterError =>
  new ClusterError('Invalid', `PodLogOptions "" is invalid: ${field}: ${why}`);

function logQuery(query: URLSearchParams, now: number): LogQuery {
  const [tail, limitBytes, seconds] = [count(query, 'tailLines'), count(query, 'limitBytes'), count(query, 'sinceSeconds')];
  const sinceTime = query.get('sinceTime');
  if (tail !== undefined && tail < 0) throw refused('tailLines', `Invalid value: ${tail}: must be greater than or equal to 0`);
  if (limitBytes !== undefined && limitBytes < 1)
    throw refused('limitBytes', `Invalid value: ${limitBytes}: must be greater than 0`);
  if (seconds !== undefined && seconds < 1) throw refused('sinceSeconds', `Invalid value: ${seconds}: must be greater than 0`);
  if (seconds !== undefined && sinceTime)
    throw refused('sinceSeconds', 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified');
  const time = sinceTime ? Date.parse(sinceTime) : undefined;
  if (Number.isNaN(time)) throw badRequest(`sinceTime: ${JSON.stringify(sinceTime)} is no time`);
  return {
    follow: flag(query, 'follow'),
    previous: flag(query, 'previous'),
    timestamps: flag(query, 'timestamps'),
    since: seconds === undefined ? time : now - seconds * 1000,
    tail,
    limitBytes,
  };
}

/** Answers a GET of what a container has written, as text. */
export async function readLog(request: ResourceRequest, pods: PodAccess): Promise<void> {
  const { exchange, path, parts } = request;
  const pod = (await existing(request)) as unknown as Stored<Pod>;
  const query = logQuery(exchange.query, parts.clock.now());
  const container = chosenContainer(pod, exchange.query.get('container'));
  const run = runOf(pod, container, query.previous);
  const gone = new AbortController();
  const { signal } = gone;
  const leave = () => gone.abort();
  exchange.response.once('close', leave);
  parts.stopping.addEventListener('abort', leave, { once: true, signal });
  if (exchange.response.destroyed || parts.stopping.aborted) leave();
  const { follow, tail } = query;
  const options: ReadLogsOptions = { follow, run, signal, ...(tail === undefined ? {} : { tail }) };
  const source = { namespace: path.namespace ?? '', pod: pod.metadata.name, container };
  const lines = pods.logs(source, options) ?? [];
  exchange.response.writeHead(200, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-cache, private' });
  exchange.response.flushHeaders();
  await copy(lines, query, exchange.response, signal);
}

/** Which run of a container is meant. @throws ClusterError BadRequest if it has not run so far, or not so often */
function runOf(pod: Stored<Pod>, container: string, previous: boolean): ReadLogsOptions['run'] {
  const { state, lastState } = containerStatus(pod, container) ?? {};
  const where = `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)}`;
  if (previous) {
    if (!lastState?.terminated) throw badRequest(`previous terminated ${where} not found`);
    // While it waits to be started again, the run that has ended last is the newest one.
    return state?.running || state?.terminated ? 'previous' : 'current';
  }
  if (state?.running || state?.terminated || lastState?.terminated) return 'current';
  throw badRequest(`${where} is waiting to start: ${state?.waiting?.reason ?? 'ContainerCreating'}`);
}

async function copy(
  lines: AsyncIterable<LogLine> | readonly LogLine[],
  { timestamps, since, limitBytes = Number.POSITIVE_INFINITY }: LogQuery,
  response: ResourceRequest['exchange']['response'],
  signal: AbortSignal,
): Promise<void> {
  let left = limitBytes;
  for await (const { time, text } of lines) {
    if (since !== undefined && time < since) continue;
    const line = Buffer.from(`${timestamps ? `${nanoseconds(time)} ` : ''}${text}\n`);
    const flowing = response.write(line.subarray(0, left));
    left -= line.length;
    if (left <= 0) break;
    if (!flowing) await once(response, 'drain', { signal }).catch(() => {});
  }
  response.end();
}

/** As a container runtime stamps lines: with nine digits after the second. */
function nanoseconds(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000000Z');
}
