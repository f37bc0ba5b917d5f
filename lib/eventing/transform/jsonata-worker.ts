import { Worker } from 'node:worker_threads';
import { type Clock, errorMessage, RealClock, type Timer } from '../../base';
import { WORKER_SOURCE } from './worker-source';

/** How much an expression may use, each time that it is evaluated. */
export interface JsonataLimits {
  /** Milliseconds of real time; the start of a thread does not count. @default 5000 */
  readonly timeMs?: number;
  /** Megabytes of memory. @default 128 */
  readonly memoryMb?: number;
  /** How deep evaluation may nest. @default 1000 */
  readonly depth?: number;
  /** How many items a sequence may have. @default 1000000 */
  readonly items?: number;
}

/** An expression cannot be parsed or evaluated, or was stopped. */
export class JsonataError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsonataError';
  }
}

const DEFAULTS = { timeMs: 5000, memoryMb: 128, depth: 1000, items: 1_000_000 } as const;
/** An expression ends itself when its time is over; what cannot (a regular expression, say) is ended so much later, in milliseconds. */
const GRACE_MS = 500;
/** A worker that has nothing to do goes after so long, in milliseconds. */
const IDLE_MS = 30_000;
const TOO_DEEP = 'D1011';
const TOO_LONG = 'D1012';

interface Answer {
  readonly result?: string;
  readonly failure?: string;
  readonly code?: string;
}

/** What a worker says: that it has begun, then an answer to each question. */
type Said = Answer & { readonly ready?: true };

interface Asked {
  /** The worker has begun with it: from now on its time counts. */
  readonly begun: () => void;
  readonly answered: (answer: Answer) => void;
  readonly stopped: (why: string) => void;
}

/**
 * Evaluates JSONata in a thread of its own, one expression after the other, so that none can stall this process. One that takes too much time
 * or memory is stopped, with its thread; the next gets a new one.
 */
export class JsonataWorker {
  readonly #limits: Required<JsonataLimits>;
  /** Limits are of real time, also where a test has a clock of its own. */
  readonly #real = new RealClock();
  #worker: Worker | undefined;
  /** Who waits for the answer of the worker. */
  #asked: Asked | undefined;
  /** Whether the worker has begun. */
  #ready = false;
  #last: Promise<unknown> = Promise.resolve();
  #idle: Timer | undefined;
  #closed = false;

  constructor(
    private readonly clock: Clock,
    limits: JsonataLimits = {},
  ) {
    this.#limits = { ...DEFAULTS, ...limits };
  }

  /** Resolves if an expression can be parsed. @throws JsonataError with what is wrong */
  async check(expression: string): Promise<void> {
    await this.#queued(() => this.#ask({ expression }));
  }

  /**
   * The value of an expression for an input, both as JSON; undefined if it has none.
   * @throws JsonataError if it fails or is stopped
   */
  evaluate(expression: string, input: string): Promise<string | undefined> {
    return this.#queued(() => this.#ask({ expression, input, at: this.clock.now() }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#asked?.stopped('stopping');
    await this.#end();
  }

  #queued<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => {});
    return mine;
  }

  async #ask(question: {
    readonly expression: string;
    readonly input?: string;
    readonly at?: number;
  }): Promise<string | undefined> {
    if (this.#closed) throw new JsonataError('stopping');
    this.#idle?.cancel();
    const worker = this.#running();
    const { result, failure, code } = await this.#answer(worker, question);
    this.#idle = this.clock.after(IDLE_MS, () => void this.#end());
    if (failure === undefined) return result;
    if (code === TOO_LONG) throw new JsonataError(this.#tooLong());
    if (code === TOO_DEEP) throw new JsonataError(`the expression nests deeper than ${this.#limits.depth} and was stopped`);
    throw new JsonataError(failure);
  }

  #answer(worker: Worker, question: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let timer: Timer | undefined;
      const begun = () => {
        timer = this.#real.after(this.#limits.timeMs + GRACE_MS, () => stopped(this.#tooLong()));
      };
      const stopped = (why: string) => {
        timer?.cancel();
        this.#asked = undefined;
        if (this.#worker === worker) void this.#end();
        reject(new JsonataError(why));
      };
      const answered = (answer: Answer) => {
        timer?.cancel();
        this.#asked = undefined;
        resolve(answer);
      };
      this.#asked = { begun, answered, stopped };
      if (this.#ready) begun();
      worker.postMessage(question);
    });
  }

  #tooLong(): string {
    return `the expression did not end within ${this.#limits.timeMs} ms and was stopped`;
  }

  #failure(error: unknown): string {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') return errorMessage(error);
    return `the expression needed more than ${this.#limits.memoryMb} MB of memory and was stopped`;
  }

  #running(): Worker {
    if (this.#worker) return this.#worker;
    const { timeMs, memoryMb, depth, items } = this.#limits;
    const worker = new Worker(WORKER_SOURCE, {
      eval: true,
      env: {},
      execArgv: [],
      stdin: false,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 16, stackSizeMb: 2 },
      workerData: { library: require.resolve('jsonata'), timeout: timeMs, stack: depth, sequence: items },
    });
    worker.unref();
    // Whoever has been stopped is not heard any more.
    const asked = () => (this.#worker === worker ? this.#asked : undefined);
    worker.on('message', (said: Said) => {
      if (!said.ready) asked()?.answered(said);
      else if (this.#worker === worker) {
        this.#ready = true;
        this.#asked?.begun();
      }
    });
    worker.on('error', (error) => asked()?.stopped(this.#failure(error)));
    worker.on('exit', () => asked()?.stopped('the expression was stopped'));
    this.#worker = worker;
    this.#ready = false;
    return worker;
  }

  async #end(): Promise<void> {
    this.#idle?.cancel();
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}
