import { type ChildProcess, spawn } from 'node:child_process';
import net from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Log } from '../../../base';
import { StartError } from '../container-runtime';
import { type FromSpawner, NAME_BYTES, readHeader, type StreamName, type ToSpawner } from './spawner-protocol';
import { type ChildCommand, type ChildExit, notExecuted, type StartedChild, startHere } from './started-child';

export interface SpawnerOptions {
  /** The bundled `spawner-program`. */
  readonly program: string;
  /** Where its socket is; only we can enter it. */
  readonly directory: string;
  readonly log: Log;
}

/** A child of the spawner, from the request until its streams have ended. */
class Child {
  readonly #streams = new Map<StreamName, net.Socket>();
  readonly #wanted: readonly StreamName[];
  readonly started: Promise<StartedChild>;
  readonly #exited: Promise<ChildExit>;
  #pid: number | undefined;
  #resolve!: (child: StartedChild) => void;
  fail!: (error: unknown) => void;
  #resolveExit!: (exit: ChildExit) => void;
  #ended = false;

  constructor(stdin: boolean) {
    this.#wanted = stdin ? ['stdin', 'stdout', 'stderr'] : ['stdout', 'stderr'];
    this.started = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.fail = reject;
    });
    this.#exited = new Promise((resolve) => {
      this.#resolveExit = resolve;
    });
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  /** Nothing more will be heard of it. */
  get isOver(): boolean {
    return this.#ended && this.#streams.size === this.#wanted.length;
  }

  /** It may be heard that it has ended before its streams have come. */
  exit(exit: ChildExit): void {
    this.#ended = true;
    this.#resolveExit(exit);
  }

  hasStarted(pid: number): void {
    this.#pid = pid;
    this.#tryResolve();
  }

  addStream(name: StreamName, socket: net.Socket): void {
    this.#streams.set(name, socket);
    this.#tryResolve();
  }

  drop(): void {
    for (const socket of this.#streams.values()) socket.destroy();
  }

  #tryResolve(): void {
    if (this.#pid === undefined || this.#streams.size < this.#wanted.length) return;
    const [stdout, stderr] = [outputOf(this.#streams.get('stdout')!), outputOf(this.#streams.get('stderr')!)];
    const ended = [stdout, stderr].map((output) => new Promise<void>((resolve) => output.once('close', () => resolve())));
    this.#resolve({
      pid: this.#pid,
      stdin: this.#streams.get('stdin'),
      stdout,
      stderr,
      exited: this.#exited,
      closed: Promise.all(ended).then(() => {}),
    });
  }
}

/** What comes over a connection, from its beginning to its end: a socket ends by itself, whether or not somebody listens yet. */
function outputOf(socket: net.Socket): PassThrough {
  const output = new PassThrough();
  socket.pipe(output);
  socket.once('close', () => output.end());
  if (socket.closed) output.end();
  return output;
}

/**
 * Starts processes through a small helper process, which takes a fraction of the time that a large process needs to start one
 * itself, and none of its event loop. Until the helper is ready, and if it cannot run, processes are started from here.
 */
export class Spawner {
  readonly #children = new Map<number, Child>();
  #server: net.Server | undefined;
  #helper: ChildProcess | undefined;
  #ready = false;
  #closed = false;
  #lastId = 0;
  #nowReady: () => void = () => {};
  #opened = new Promise<void>((resolve) => {
    this.#nowReady = resolve;
  });

  constructor(private readonly options: SpawnerOptions) {}

  /** Starts the helper; resolves when it is ready. */
  open(): Promise<void> {
    const socketPath = join(this.options.directory, 'spawner.sock');
    this.#server = net.createServer((socket) => this.#accept(socket));
    this.#server.on('error', (error) => this.options.log.warn('pods start without the spawner', { error: error.message }));
    this.#server.listen(socketPath, () => this.#startHelper(socketPath));
    this.#server.unref();
    return this.#opened;
  }

  /** A `StartChild`. */
  readonly start = (command: ChildCommand): Promise<StartedChild> => {
    if (!this.#ready || !this.#helper) return startHere(command);
    const id = ++this.#lastId;
    const child = new Child(command.stdin ?? false);
    this.#children.set(id, child);
    const message: ToSpawner = { ...command, stdin: command.stdin ?? false, id };
    this.#helper.send(message, (error) => error && child.fail(error));
    return child.started.catch((error: NodeJS.ErrnoException) => {
      this.#children.delete(id);
      child.drop();
      throw new StartError('StartError', notExecuted(command.command[0] ?? '', command.cwd, error));
    });
  };

  async close(): Promise<void> {
    this.#closed = true;
    this.#ready = false;
    this.#server?.close();
    const helper = this.#helper;
    if (!helper?.connected) return;
    const ended = new Promise<void>((resolve) => helper.once('exit', () => resolve()));
    helper.ref();
    helper.disconnect();
    await ended;
  }

  #startHelper(socketPath: string): void {
    if (this.#closed) return;
    const { program, log } = this.options;
    const helper = spawn(process.execPath, ['--max-semi-space-size=1', program, socketPath], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      detached: true,
      cwd: '/',
      env: {},
    });
    this.#helper = helper;
    helper.unref();
    helper.channel?.unref();
    helper.on('message', (message: FromSpawner) => this.#hear(message));
    helper.on('error', (error) => log.warn('pods start without the spawner', { error: error.message }));
    helper.on('exit', () => {
      if (this.#helper !== helper) return;
      this.#helper = undefined;
      this.#ready = false;
      this.#lost();
      if (!this.#closed) this.#startHelper(socketPath);
    });
  }

  #hear(message: FromSpawner): void {
    if (message.kind === 'ready') {
      this.#ready = !this.#closed;
      this.#nowReady();
      return;
    }
    const child = this.#children.get(message.id);
    if (message.kind === 'started') child?.hasStarted(message.pid);
    else if (message.kind === 'failed') child?.fail(message);
    else {
      child?.exit(message);
      this.#forget(message.id);
    }
  }

  #forget(id: number): void {
    if (this.#children.get(id)?.isOver) this.#children.delete(id);
  }

  /** The helper has been killed: nobody would tell how its children end. */
  #lost(): void {
    for (const child of this.#children.values()) {
      // Whoever waits for its streams would wait for ever.
      child.fail(new Error('the process that starts pods was killed'));
      if (child.pid === undefined) continue;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
      child.exit({ code: null, signal: 'SIGKILL' });
    }
    this.#children.clear();
  }

  #accept(socket: net.Socket): void {
    socket.on('error', () => {});
    const read = () => {
      const header = socket.read(NAME_BYTES) as Buffer | null;
      if (header === null) return;
      socket.off('readable', read);
      const { stream, id } = readHeader(header.toString('latin1'));
      const child = this.#children.get(id);
      if (!child) return socket.destroy();
      child.addStream(stream, socket);
      this.#forget(id);
    };
    socket.on('readable', read);
  }
}
