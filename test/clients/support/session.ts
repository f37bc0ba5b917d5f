import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { get, type HttpAnswer, Knc } from '../../acceptance/support/knc';
import { type Outcome, type RunOptions, run, type ToolName, toolFile } from './tool';

type Input = Pick<RunOptions, 'input' | 'env' | 'signal' | 'onStdout' | 'timeoutMs'>;

/** Newer kubectl say more of what they delete than older ones. */
const NAMESPACE_OF_DELETED = /( deleted) from \S+ namespace$/gm;

interface Ready {
  readonly gateway: string;
  readonly kubeconfig: string;
}

/** A `knc dev` of its own, and clients that know of it by their KUBECONFIG alone. */
export class Session {
  /** @param args more arguments of `knc dev` */
  static async start(...args: string[]): Promise<Session> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-clients-'));
    const home = path.join(folder, 'home');
    const work = path.join(folder, 'work');
    for (const one of [home, work]) mkdirSync(one);
    const knc = new Knc(work, 'dev', '--quickstart', '--ephemeral', '--json', '--port', '0', ...args);
    const ready = await knc.event<Ready>('ready');
    return new Session(knc, ready, folder, home, work);
  }

  readonly gateway: string;
  readonly kubeconfig: string;

  private constructor(
    readonly knc: Knc,
    { gateway, kubeconfig }: Ready,
    private readonly folder: string,
    readonly home: string,
    /** Where the clients run. */
    readonly work: string,
  ) {
    this.gateway = gateway;
    this.kubeconfig = kubeconfig;
  }

  async stop(): Promise<void> {
    await this.knc.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Writes a file that the clients can name. Returns its name. */
  file(name: string, text: string): string {
    writeFileSync(path.join(this.work, name), text, { mode: 0o755 });
    return name;
  }

  /** Runs a client, however it ends. */
  try(tool: ToolName, args: readonly string[], { env, ...input }: Input = {}): Promise<Outcome> {
    const { PATH = '' } = process.env;
    const own = { PATH, HOME: this.home, KUBECONFIG: this.kubeconfig, NO_COLOR: '1' };
    return run(toolFile(tool), args, { ...input, env: { ...own, ...env }, cwd: this.work });
  }

  /** What kubectl prints; an error if it fails. */
  kubectl(...args: readonly string[]): Promise<string> {
    return this.#succeed('kubectl', args);
  }

  /** What kn prints; an error if it fails. */
  kn(...args: readonly string[]): Promise<string> {
    return this.#succeed('kn', args);
  }

  /** `kubectl apply -f -` and the like, with these objects as input. */
  kubectlWith(input: string, ...args: readonly string[]): Promise<string> {
    return this.#succeed('kubectl', args, { input });
  }

  /** What kubectl complains of; an error if it succeeds. */
  async refusal(...args: readonly string[]): Promise<string> {
    return this.#fail('kubectl', args);
  }

  async knRefusal(...args: readonly string[]): Promise<string> {
    return this.#fail('kn', args);
  }

  async json<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.kubectl(...args, '-o', 'json')) as T;
  }

  /** A request to the gateway. */
  get(host: string): Promise<HttpAnswer> {
    return get(this.gateway, host);
  }

  async #succeed(tool: ToolName, args: readonly string[], input: Input = {}): Promise<string> {
    const { code, stdout, stderr } = await this.try(tool, args, input);
    if (code === 0) return stdout.replace(NAMESPACE_OF_DELETED, '$1');
    throw new Error(`${tool} ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`);
  }

  async #fail(tool: ToolName, args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.try(tool, args);
    if (code !== 0) return stderr.trimEnd();
    throw new Error(`${tool} ${args.join(' ')} succeeded\n${stdout}${stderr}`);
  }
}
