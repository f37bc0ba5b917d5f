import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { type Executor, errorMessage } from '../../base';
import { type CancelSignal, toAbortSignal } from '../cancellation';
import { headerValue } from '../headers';
import {
  type PodProbe,
  type PodRequest,
  type PodResponse,
  type PodTarget,
  type PodTransport,
  TransportError,
  type UpgradeResponse,
} from './pod-transport';

/** Calls the function that is the pod at this address. Rejects with code ECONNREFUSED if none takes requests there. */
export type FunctionDispatch = (host: string, port: number, request: Request) => Promise<Response>;

/** Reaches function pods: handlers in this process, called with a fetch Request. They are ready as soon as they are there. */
export class FunctionTransport implements PodTransport {
  /**
   * @param executor counts calls as work under way, so that virtual time waits for handlers.
   * @param listens whether a function takes requests at an address now. @default always
   */
  constructor(
    private readonly dispatch: FunctionDispatch,
    private readonly executor: Executor,
    private readonly listens: (host: string, port: number) => boolean = () => true,
  ) {}

  async send(target: PodTarget, request: PodRequest, signal: CancelSignal): Promise<PodResponse> {
    if (signal.aborted) throw signal.reason;
    const call = this.executor.track('function', () =>
      this.dispatch(target.host, target.port, toRequest(target, request, signal)),
    );
    const response = await orAborted(call, signal).catch((error: unknown) => {
      if (signal.aborted) throw signal.reason;
      throw new TransportError(isRefusal(error) ? 'before-write' : 'after-write', errorMessage(error));
    });
    return {
      status: response.status,
      headers: [...response.headers].flat(),
      body: response.body ? Readable.fromWeb(response.body as NodeReadableStream) : null,
    };
  }

  async upgrade(): Promise<UpgradeResponse> {
    throw new TransportError('invalid', 'a function pod cannot change protocols: it has no socket');
  }

  async probe({ host, port }: PodTarget, _probe: PodProbe): Promise<boolean> {
    return this.listens(host, port);
  }

  retire(): void {}

  async close(): Promise<void> {}
}

function toRequest(target: PodTarget, request: PodRequest, signal: CancelSignal): Request {
  const headers = new Headers();
  for (let i = 0; i < request.headers.length; i += 2) headers.append(request.headers[i]!, request.headers[i + 1]!);
  const host = headerValue(request.headers, 'host') ?? `${target.host}:${target.port}`;
  const init: RequestInit & { duplex?: 'half' } = { method: request.method, headers, signal: toAbortSignal(signal) };
  if (request.body) {
    init.body = Readable.toWeb(request.body) as ReadableStream;
    init.duplex = 'half';
  }
  return new Request(`http://${host}${request.target}`, init);
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}

/** `promise`, unless the signal aborts first. */
function orAborted<T>(promise: Promise<T>, signal: CancelSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
