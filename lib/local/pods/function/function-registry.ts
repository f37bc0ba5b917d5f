import type { Pod, Stored } from '../../../api';
import { type Clock, type Executor, errorMessage } from '../../../base';
import { type ImageTarget, matchesImage } from '../../images';
import type { Exit } from '../container-runtime';

/** What a function may use besides the request. */
export interface FunctionContext {
  /** Name of the revision that the pod belongs to; empty outside Knative. */
  readonly revision: string;
  /** Name of the pod. */
  readonly pod: string;
  /** What the pod declares, resolved, with `PORT`. */
  readonly env: Readonly<Record<string, string>>;
  /** Waits on the runtime's clock, so that it takes no time in a test with a virtual one. */
  sleep(ms: number): Promise<void>;
  /** Writes a line to the container's log. */
  log(text: string): void;
}

/** A container that is a function of this process. */
export type FunctionHandler = (request: Request, context: FunctionContext) => Response | Promise<Response>;

/** What a function that runs to its end may use. */
export interface RunContext extends Omit<FunctionContext, 'revision'> {
  readonly args: readonly string[];
  /** Text of the files in the container's mounts by path, as the pod declares them: `/etc/jobsink-event/event`. */
  readonly files: ReadonlyMap<string, string>;
}

/** A container of a Job that is a function of this process: it ends well when this does, and with 1 when this throws. */
export type RunHandler = (context: RunContext) => unknown;

export interface FunctionDefinition {
  /** Answers requests. @default 200 with an empty body */
  readonly handler: FunctionHandler;
  /** What a container of a Job does. @default it ends well at once */
  readonly run?: RunHandler;
  /** How long the container takes to start, in milliseconds on the runtime's clock. @default 0 */
  readonly startMs?: number;
}

/**
 * Which containers a function stands for: those with an image (a pattern as in `knc.images.yaml`), those of a service, or those of
 * pods with a label.
 */
export type FunctionMatch =
  | { readonly image: string }
  | { readonly namespace: string; readonly label: readonly [name: string, value: string] }
  | { readonly namespace?: string; readonly service: string; readonly container?: string };

/** A container that runs a function. */
export interface FunctionInstance {
  readonly pod: Stored<Pod>;
  readonly ip: string;
  readonly ports: readonly number[];
  readonly definition: FunctionDefinition;
  readonly context: FunctionContext;
  /** Ends it as a crash would; requests under way fail. */
  readonly crash: (exit: Exit) => void;
  /** Rejects once the instance is gone. */
  readonly gone: Promise<never>;
  accepting: boolean;
  inFlight: number;
  onIdle: () => void;
}

/** Prefix of the addresses of function pods (unique local IPv6); nothing on any network answers to them. */
const PREFIX = 'fd00::';

/**
 * Which functions stand for which containers, and the way to call those that run. A transport sends requests for
 * addresses that it `owns` to `dispatch` instead of to the network.
 */
export class FunctionRegistry {
  readonly #definitions: { readonly match: FunctionMatch; readonly definition: FunctionDefinition }[] = [];
  readonly #instances = new Set<FunctionInstance>();
  readonly #byAddress = new Map<string, FunctionInstance>();

  constructor(private readonly options: { readonly clock: Clock; readonly executor: Executor }) {}

  /** Lets a function stand for containers that start from now on; a later registration comes first. @returns undoes it. */
  register(match: FunctionMatch, handler: FunctionHandler | FunctionDefinition): () => void {
    const entry = { match, definition: typeof handler === 'function' ? { handler } : handler };
    this.#definitions.unshift(entry);
    return () => {
      const at = this.#definitions.indexOf(entry);
      if (at >= 0) this.#definitions.splice(at, 1);
    };
  }

  /** The function that stands for a container, if any. */
  find(target: ImageTarget): FunctionDefinition | undefined {
    return this.#definitions.find(({ match }) => means(match, target))?.definition;
  }

  /** Whether an address is that of a function pod, running or gone. */
  owns(host: string): boolean {
    return bare(host).startsWith(PREFIX);
  }

  /** The handler that answers for a pod's uid or for a `host:port`, while it runs. */
  handlerFor(key: string): FunctionHandler | undefined {
    return (this.#byAddress.get(key.replace(/[[\]]/g, '')) ?? this.#ofPod(key)[0])?.definition.handler;
  }

  /**
   * Calls the function that listens on an address. An exception of the handler is answered with 500 and logged.
   * @throws Error with code ECONNREFUSED if nothing listens there, ECONNRESET if the pod ends meanwhile.
   */
  dispatch(host: string, port: number, request: Request): Promise<Response> {
    const instance = this.#byAddress.get(`${bare(host)}:${port}`);
    if (!instance?.accepting) return Promise.reject(refused(bare(host), port));
    const { executor } = this.options;
    // The caller waits for the handler, which is counted itself: were both counted, a handler that sleeps would hold time.
    return executor.suspended(executor.track(`function ${instance.pod.metadata.name}`, () => call(instance, request)));
  }

  /** Ends the functions of a pod as a crash would. @returns whether there was one. */
  crash(podUid: string, exitCode = 1): boolean {
    const instances = this.#ofPod(podUid);
    for (const instance of instances) instance.crash({ exitCode });
    return instances.length > 0;
  }

  /** Makes an instance reachable; for the runtime. */
  add(instance: FunctionInstance): void {
    this.#instances.add(instance);
    for (const port of instance.ports) this.#byAddress.set(`${instance.ip}:${port}`, instance);
  }

  remove(instance: FunctionInstance): void {
    this.#instances.delete(instance);
    for (const port of instance.ports) {
      const key = `${instance.ip}:${port}`;
      if (this.#byAddress.get(key) === instance) this.#byAddress.delete(key);
    }
  }

  #ofPod(uid: string): FunctionInstance[] {
    return [...this.#instances].filter((instance) => instance.pod.metadata.uid === uid);
  }
}

async function call(instance: FunctionInstance, request: Request): Promise<Response> {
  instance.inFlight++;
  try {
    return await Promise.race([answer(instance, request), instance.gone]);
  } finally {
    if (--instance.inFlight === 0) instance.onIdle();
  }
}

async function answer({ definition, context }: FunctionInstance, request: Request): Promise<Response> {
  try {
    return await definition.handler(request, context);
  } catch (error) {
    context.log(`handler failed: ${error instanceof Error ? (error.stack ?? error.message) : errorMessage(error)}`);
    return new Response('Internal Server Error\n', { status: 500 });
  }
}

function means(match: FunctionMatch, target: ImageTarget): boolean {
  if ('image' in match) return matchesImage(match.image, target.image);
  if ('label' in match) return match.namespace === target.namespace && target.labels?.[match.label[0]] === match.label[1];
  return (
    match.service === target.service &&
    (match.namespace === undefined || match.namespace === target.namespace) &&
    (match.container === undefined || match.container === target.container)
  );
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function refused(address: string, port: number): Error {
  const error = new Error(`connect ECONNREFUSED ${address}:${port}`);
  return Object.assign(error, { code: 'ECONNREFUSED', syscall: 'connect', address, port });
}

/** What a request under way gets when its pod ends. */
export function connectionReset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
}

/** The n-th address of function pods: `fd00::1`, `fd00::2`, …, `fd00::1:0`. */
export function functionIp(n: number): string {
  const low = (n & 0xffff).toString(16);
  const high = Math.floor(n / 0x10000);
  return high === 0 ? `${PREFIX}${low}` : `${PREFIX}${high.toString(16)}:${low}`;
}
