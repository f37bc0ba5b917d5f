import { writeFileSync } from 'node:fs';
import { parseImageReference } from '../../../api';
import type { Clock } from '../../../base';
import { type ContainerEngine, type ImageTarget, type Program, unmappedImage } from '../../images';
import { type ContainerRuntime, type ContainerTask, type Exit, type RunningContainer, StartError } from '../container-runtime';
import { mountSources } from '../mounts';
import { ChildGroup } from '../process/child-group';
import type { HostNetwork } from '../process/host-network';
import type { StartChild } from '../process/started-child';
import { inTerminal } from '../process/terminal';
import type { Watchdog } from '../process/watchdog';
import { runOptions } from './run-options';
import { SharedNetworks } from './shared-networks';

export interface EngineRuntimeOptions {
  readonly engine: ContainerEngine;
  readonly clock: Clock;
  readonly watchdog: Watchdog;
  /** How the engine's command is started. @default from here */
  readonly startChild?: StartChild | undefined;
  readonly network: HostNetwork;
}

/** The engine's own failure, as opposed to the program's: 125 from `run`. */
const ENGINE_FAILED = 125;
/** By SIGKILL: the program, or the engine's client. */
const KILLED = 137;
/** How long another container of a pod waits for the first one, and how often it looks, in milliseconds. */
const FIRST_MS = 10_000;
const LOOK_MS = 50;

/**
 * Runs images that no local program stands for with podman or docker: `run --rm`, the pod's real ports published on
 * 127.0.0.1, volumes mounted, limits and security context given on. Containers of one pod share the network of the one that
 * started first.
 */
export class EngineRuntime implements ContainerRuntime {
  readonly name: string;
  readonly network: HostNetwork;
  readonly listensOnRealPort = false;
  readonly files = true;
  readonly #networks = new SharedNetworks();
  readonly #running = new Set<ChildGroup>();

  constructor(private readonly options: EngineRuntimeOptions) {
    this.name = options.engine.name;
    this.network = options.network;
  }

  accepts(_target: ImageTarget, program: Program | undefined): boolean {
    return program === undefined;
  }

  async start(task: ContainerTask): Promise<RunningContainer> {
    await this.#pull(task);
    const name = `knc-${task.pod.metadata.uid.slice(0, 8)}-${task.container.name}-${task.restarts}`;
    const envFile = `${task.directory}/${task.container.name}.env`;
    const { lines, inherited } = environmentOf(task.env);
    writeFileSync(envFile, lines, { mode: 0o600 });
    this.options.watchdog.addContainer(name);
    const given = ['--env-file', envFile, ...Object.keys(inherited).flatMap((key) => ['-e', key])];
    const group = await this.#run(task, name, given, inherited);
    this.#running.add(group);
    return {
      id: `${this.name}://${name}`,
      exited: group.exited.then((exit) => this.#ended(task, name, group, exit)),
      kill: (signal) => {
        // Killing the client would leave the container behind, and only the engine can kill that.
        if (signal === 'SIGTERM') group.kill('SIGTERM');
        else this.#output(['kill', name]).catch(() => group.kill('SIGKILL'));
      },
      exec: async (command, signal) => (await this.#output(['exec', name, ...command], signal)).exitCode,
      spawn: async (command, { stdin, tty }) => {
        const options = [...(stdin ? ['-i'] : []), ...(tty ? ['-t'] : [])];
        const { engine, clock, watchdog, startChild } = this.options;
        const client = [engine.path, 'exec', ...options, name, ...command];
        const env = process.env as Record<string, string>;
        const child = await ChildGroup.start({
          command: tty ? inTerminal(client) : client,
          cwd: '/',
          env,
          stdin,
          watchdog,
          clock,
          startChild,
        });
        return { ...child.streams, exited: child.exited, kill: (signal) => child.kill(signal) };
      },
    };
  }

  async close(): Promise<void> {
    const running = [...this.#running];
    for (const group of running) group.kill('SIGTERM');
    await Promise.all(running.map((group) => group.exited));
  }

  async #ended(task: ContainerTask, name: string, group: ChildGroup, exit: Exit): Promise<Exit> {
    this.#running.delete(group);
    const left = this.#networks.leave(task.pod.metadata.uid, name);
    if (left && left.length > 0) await this.#output(['rm', '-f', ...left]);
    for (const gone of left ?? []) this.options.watchdog.removeContainer(gone);
    // A client that was killed may have left its container behind.
    if (left && exit.exitCode !== KILLED) this.options.watchdog.removeContainer(name);
    return exit.exitCode === ENGINE_FAILED ? { exitCode: 128, reason: 'StartError' } : exit;
  }

  async #pull({ container }: ContainerTask): Promise<void> {
    const image = container.image ?? '';
    // What begins with a dash would be an option of the engine.
    if (!parseImageReference(image) || image.startsWith('-')) {
      const name = JSON.stringify(image);
      const why = `couldn't parse image name ${name}: invalid reference format`;
      throw new StartError('InvalidImageName', `Failed to apply default image tag ${name}: ${why}`, { final: true });
    }
    const policy = container.imagePullPolicy;
    const present = policy !== 'Always' && (await this.#output(['image', 'inspect', image])).exitCode === 0;
    if (present) return;
    if (policy === 'Never') {
      const message = `Container image "${image}" is not present with pull policy of Never`;
      throw new StartError('ErrImageNeverPull', message, { final: true });
    }
    const pulled = await this.#output(['pull', image]);
    if (pulled.exitCode !== 0) {
      const why = pulled.text.trim().split('\n').at(-1);
      throw new StartError('ErrImagePull', unmappedImage(image, `${this.options.engine.name} cannot pull it: ${why}`));
    }
  }

  async #run(
    task: ContainerTask,
    name: string,
    given: readonly string[],
    inherited: Readonly<Record<string, string>>,
  ): Promise<ChildGroup> {
    const { uid } = task.pod.metadata;
    const first = this.#networks.firstOf(uid);
    const args = this.#runArguments(task, name, given, first);
    this.#networks.join(uid, name);
    try {
      if (first !== undefined) await this.#runs(first);
      return await this.#engine(args, task.onOutput, inherited);
    } catch (error) {
      // Nothing has this name: the next attempt must not look for it.
      this.#networks.leave(uid, name);
      throw error;
    }
  }

  /** Waits until a container runs that has just been started: before that, its network cannot be joined. */
  async #runs(name: string): Promise<void> {
    const { clock } = this.options;
    const until = clock.now() + FIRST_MS;
    while (clock.now() < until) {
      const { text } = await this.#output(['container', 'inspect', '--format', '{{.State.Running}}', name]);
      if (text.trim() === 'true') return;
      await clock.sleep(LOOK_MS);
    }
  }

  #runArguments(task: ContainerTask, name: string, env: readonly string[], first: string | undefined): string[] {
    const { pod, container, address, volumes, command, args, terminationLog } = task;
    const publish = Object.entries(address.ports).flatMap(([port, real]) => ['-p', `127.0.0.1:${real}:${port}`]);
    writeFileSync(terminationLog, '', { flag: 'a', mode: 0o666 });
    return [
      ...['run', '--rm', '--name', name, ...env, ...runOptions(pod, container)],
      ...(first === undefined ? publish : ['--network', `container:${first}`]),
      ...['-v', `${terminationLog}:${container.terminationMessagePath ?? '/dev/termination-log'}`],
      ...mountSources(container, volumes).flatMap((mount) => [
        '-v',
        `${mount.source}:${mount.mountPath}${mount.readOnly ? ':ro' : ''}`,
      ]),
      ...(container.workingDir ? ['--workdir', container.workingDir] : []),
      ...(command.length > 0 ? ['--entrypoint', command[0]!] : []),
      container.image ?? '',
      ...command.slice(1),
      ...args,
    ];
  }

  #engine(
    args: readonly string[],
    onOutput: ContainerTask['onOutput'],
    more: Readonly<Record<string, string>> = {},
  ): Promise<ChildGroup> {
    const { engine, clock, watchdog, startChild } = this.options;
    // The engine's client needs our own environment: its configuration and its socket are named there.
    const env = { ...(process.env as Record<string, string>), ...more };
    return ChildGroup.start({ command: [engine.path, ...args], cwd: '/', env, onOutput, watchdog, clock, startChild });
  }

  async #output(args: readonly string[], signal?: AbortSignal): Promise<{ exitCode: number; text: string }> {
    let text = '';
    const group = await this.#engine(args, (_stream, chunk) => {
      text += chunk;
    });
    signal?.addEventListener('abort', () => group.kill('SIGKILL'), { once: true });
    return { exitCode: (await group.exited).exitCode, text };
  }
}

/** An env file has a variable a line; a value with line breaks goes through the environment of the engine's client instead. */
function environmentOf(env: Readonly<Record<string, string>>) {
  const broken = Object.entries(env).filter(([, value]) => /[\r\n]/.test(value));
  const plain = Object.entries(env).filter(([, value]) => !/[\r\n]/.test(value));
  return { lines: plain.map(([name, value]) => `${name}=${value}\n`).join(''), inherited: Object.fromEntries(broken) };
}
