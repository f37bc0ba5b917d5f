import { errorMessage, type Timer } from '../../base';
import { WebhookSystem, type WebhookSystemOptions } from './webhook-system';

/** For so long the rest of the process waits for the webhook with being ready, in milliseconds. */
const WAIT_MS = 30_000;
/** When what could not start is tried again, in milliseconds. */
const RETRY_MS = 5000;

/**
 * The webhook in a process that does other work, too, which does not stop for it: what cannot be put in place is tried again, and after
 * half a minute nobody waits for it any more.
 */
export class WebhookBeside {
  readonly #needed = new Set<string>();
  readonly #ending = new AbortController();
  readonly #timer: Timer;
  #running: Promise<WebhookSystem | undefined>;
  #waited = false;

  constructor(private readonly options: WebhookSystemOptions) {
    this.#timer = options.clock.after(WAIT_MS, () => this.#goOn());
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    this.#timer.cancel();
    await (await this.#running)?.stop();
  }

  async #run(): Promise<WebhookSystem | undefined> {
    const { clock, log } = this.options;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        return await WebhookSystem.start({ ...this.options, readiness: this.#readiness });
      } catch (error) {
        log.warn('the webhook cannot start yet', { error: errorMessage(error), retryInMs: RETRY_MS });
        await clock.sleep(RETRY_MS, signal).catch(() => {});
      }
    }
    return undefined;
  }

  get #readiness(): NonNullable<WebhookSystemOptions['readiness']> {
    const { readiness } = this.options;
    return {
      need: (name, why) => {
        if (this.#waited) return;
        this.#needed.add(name);
        readiness?.need(`webhook ${name}`, why);
      },
      meet: (name) => {
        this.#needed.delete(name);
        readiness?.meet(`webhook ${name}`);
      },
    };
  }

  #goOn(): void {
    this.#waited = true;
    if (this.#needed.size === 0) return;
    this.options.log.warn('the webhook is not in place; all else goes on', { missing: [...this.#needed] });
    for (const name of this.#needed) this.options.readiness?.meet(`webhook ${name}`);
  }
}
