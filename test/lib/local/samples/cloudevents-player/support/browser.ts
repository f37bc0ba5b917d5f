import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** A Chromium of this machine: `KNC_CHROMIUM`, or Debian's. */
export const chromium = [process.env['KNC_CHROMIUM'], '/usr/bin/chromium'].find((file) => file && isExecutable(file));

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** A page in a Chromium without a window, driven by its own protocol over a pipe. */
export class Browser {
  readonly #child: ChildProcess;
  readonly #profile = mkdtempSync(join(tmpdir(), 'knc-chromium-'));
  readonly #waiting = new Map<number, { resolve: (result: Record<string, unknown>) => void; reject: (error: Error) => void }>();
  #session: string | undefined;
  #ids = 0;
  /** What the page logged as an error, and what it threw. */
  readonly complaints: string[] = [];

  private constructor(executable: string) {
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-proxy-server'];
    this.#child = spawn(executable, [...flags, '--remote-debugging-pipe', `--user-data-dir=${this.#profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    let rest = '';
    const out = this.#child.stdio[4] as Readable;
    out.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\0');
      rest = parts.pop() ?? '';
      for (const part of parts) this.#take(JSON.parse(part) as Answer);
    });
    this.#child.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the browser ended'));
    });
  }

  static async open(executable: string, url: string): Promise<Browser> {
    const browser = new Browser(executable);
    const { targetId } = await browser.call('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.call('Target.attachToTarget', { targetId, flatten: true });
    browser.#session = String(sessionId);
    for (const domain of ['Runtime', 'Log', 'Page']) await browser.call(`${domain}.enable`);
    await browser.call('Page.navigate', { url });
    return browser;
  }

  call(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = ++this.#ids;
    const message = { id, method, params, ...(this.#session && { sessionId: this.#session }) };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      (this.#child.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    });
  }

  /** The value of an expression in the page; a promise is waited for. */
  async evaluate<T>(expression: string): Promise<T> {
    const answer = await this.call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    const { result, exceptionDetails } = answer as {
      result: { value: T };
      exceptionDetails?: { exception?: { description: string } };
    };
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'the expression threw');
    return result.value;
  }

  /** Waits until an expression is true in the page, looking again at every change of the document. */
  async until(expression: string): Promise<void> {
    await this.evaluate(`new Promise((resolve) => {
      const look = () => { if (${expression}) { resolve(true); return true; } return false; };
      const watch = () => look() || new MutationObserver((_, self) => look() && self.disconnect())
        .observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
      document.readyState === 'loading' ? document.addEventListener('DOMContentLoaded', watch) : watch();
    })`);
  }

  /** Presses a key as a person would. */
  async press(key: string, text?: string): Promise<void> {
    for (const type of ['keyDown', 'keyUp']) {
      const typed = text !== undefined && type === 'keyDown' ? { text } : {};
      const code = { Tab: 9, Enter: 13, ' ': 32 }[key] ?? 0;
      await this.call('Input.dispatchKeyEvent', { type, key, windowsVirtualKeyCode: code, ...typed });
    }
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#session = undefined;
    void this.call('Browser.close').catch(() => {});
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #take({ id, method, params, result, error }: Answer): void {
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded') this.complaints.push(JSON.stringify(params));
    if (id === undefined) return;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result ?? {});
  }
}
