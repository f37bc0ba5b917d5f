import { ClusterError } from '../../kube';
import type { Exchange } from './exchange';
import { type ExtraPaths, JsonLines } from './extra-paths';
import { noResource } from './resource-request';

/** Answers a request for a path that is not Kubernetes'. */
export async function answerExtra(
  exchange: Exchange,
  segments: readonly string[],
  extra: ExtraPaths,
  stopping?: AbortSignal,
): Promise<void> {
  const { method, query, response } = exchange;
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  response.once('close', leave);
  stopping?.addEventListener('abort', leave, { once: true });
  if (response.destroyed || stopping?.aborted) leave();
  try {
    const document = await extra({ method, segments, query, signal: leaving.signal, json: () => json(exchange) });
    if (document === undefined) throw noResource();
    if (!(document instanceof JsonLines)) return await exchange.send(200, document);
    await exchange.sendLines(document.lines, leaving.signal);
  } finally {
    response.off('close', leave);
    stopping?.removeEventListener('abort', leave);
  }
}

async function json(exchange: Exchange): Promise<unknown> {
  if (exchange.contentType !== 'application/json') {
    throw new ClusterError('UnsupportedMediaType', 'the body of the request must be of type application/json');
  }
  try {
    return JSON.parse((await exchange.body()).toString('utf8')) as unknown;
  } catch (error) {
    if (ClusterError.is(error)) throw error;
    throw new ClusterError('BadRequest', 'the body of the request is not JSON');
  }
}
