import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { labels } from '../../../api';
import { type Clock, type Log, noLog } from '../../../base';
import type { ImageTarget, Program } from '../../images';
import {
  type ContainerRuntime,
  type ContainerTask,
  type PodNetwork,
  type RunningContainer,
  StartError,
} from '../container-runtime';
import { type LocalNames, noNames } from '../local-names';
import { mountSources } from '../mounts';
import { ChildGroup } from './child-group';
import { differences } from './differences';
import { HostNetwork } from './host-network';
import { type ProcessEnvironmentOptions, processEnvironment } from './process-environment';
import { checkExecutable, type ProcessIsolation } from './process-isolation';
import type { Spawner } from './spawner';
import { inTerminal } from './terminal';
import type { Watchdog } from './watchdog';

export interface ProcessRuntimeOptions extends ProcessEnvironmentOptions {
  readonly clock: Clock;
  readonly watchdog: Watchdog;
  /** Starts the processes. @default they are started from here */
  readonly spawner?: Spawner | undefined;
  readonly log?: Log;
  readonly names?: LocalNames;
  /** Shared with other runtimes whose containers may be in the same pod. */
  readonly network?: HostNetwork;
  /** Gives each pod a network of its own, instead of `network`. */
  readonly isolation?: ProcessIsolation;
}

/** On pods that run for one event each. */
const JOB_SINK = 'sinks.knative.dev/job-sink-name';

/**
 * Runs containers as child processes of this one, each in a process group of its own.
 *
 * A process has neither a network (unless pods are isolated) nor a file system of its own. Its pod's address is 127.0.0.1 with a
 * real port for each declared one, and it must listen on `$PORT`. Volumes are folders: a program finds them by variables and
 * arguments that name a mount, by `KNC_VOLUME_<NAME>` or by `KNC_MOUNTS`. A `mountPath` and a `workingDir` are places in the image, which do not exist here: the program runs in the
 * mapping's `cwd`, where a relative path of the image's working directory usually means the same. A warning names whatever of a
 * container has no effect.
 */
export class ProcessRuntime implements ContainerRuntime {
  readonly name = 'process';
  readonly network: PodNetwork;
  readonly listensOnRealPort = true;
  readonly files = true;
  readonly #running = new Set<ChildGroup>();
  readonly #log: Log;
  /** What has been said about the differences to a container. */
  readonly #explained = new Set<string>();

  constructor(private readonly options: ProcessRuntimeOptions) {
    this.network = options.isolation?.network ?? options.network ?? new HostNetwork();
    this.#log = options.log ?? noLog;
  }

  accepts(_target: ImageTarget, program: Program | undefined): boolean {
    return program !== undefined;
  }

  async start(task: ContainerTask): Promise<RunningContainer> {
    const program = task.program;
    if (!program) throw new StartError('ErrImagePull', `image ${task.container.image} has no program`);
    const { watchdog, clock, spawner } = this.options;
    const home = join(task.directory, 'home');
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const command = commandLine(task, program);
    const mounts = mountedAt(task);
    const env = this.#environment(task, program, command, home, mounts);
    const cwd = program.cwd ?? home;
    const shared = { cwd, env, watchdog, clock, startChild: spawner?.start };
    const entered = (inside: readonly string[]) => this.#entered(task, inside, cwd, env);
    const group = await ChildGroup.start({ ...shared, command: entered(command), onOutput: task.onOutput });
    this.#running.add(group);
    this.#explain(task, mounts, program.cwd ?? 'a folder of its own');
    return {
      id: `process://${group.pid}`,
      exited: group.exited.finally(() => this.#running.delete(group)),
      kill: (signal) => group.kill(signal),
      exec: async (probe, signal) => {
        const child = await ChildGroup.start({ ...shared, command: entered(probe), onOutput: () => {} });
        const onAbort = () => child.kill('SIGKILL');
        signal.addEventListener('abort', onAbort, { once: true });
        return (await child.exited).exitCode;
      },
      spawn: async (command, { stdin, tty }) => {
        const child = await ChildGroup.start({
          ...shared,
          command: entered(tty ? inTerminal(command) : command),
          env: tty ? { TERM: 'xterm', ...env } : env,
          stdin,
        });
        group.exited.then(() => child.kill('SIGKILL'));
        return { ...child.streams, exited: child.exited, kill: (signal) => child.kill(signal) };
      },
    };
  }

  async close(): Promise<void> {
    for (const group of this.#running) group.kill('SIGKILL');
    await Promise.all([...this.#running].map((group) => group.exited));
    await this.options.spawner?.close();
    await this.options.watchdog.close();
  }

  /** The command as it is started from outside the pod's network. */
  #entered(
    { address, pod }: ContainerTask,
    command: readonly string[],
    cwd: string,
    env: Readonly<Record<string, string>>,
  ): readonly string[] {
    const { isolation } = this.options;
    if (!isolation) return command;
    checkExecutable(command[0], cwd, env['PATH']);
    return isolation.enter(address, pod.metadata.namespace ?? 'default', command);
  }

  #environment(
    task: ContainerTask,
    program: Program,
    command: readonly string[],
    home: string,
    mounts: Readonly<Record<string, string>>,
  ): Record<string, string> {
    const input = {
      command,
      home,
      namespace: task.pod.metadata.namespace ?? 'default',
      program: program.env ?? {},
      declared: task.env,
      volumes: task.volumes,
      mounts,
      terminationLog: task.terminationLog,
      names: this.options.isolation ? noNames : (this.options.names ?? noNames),
    };
    // The API server listens on this machine's loopback alone, which is not the pod's.
    const { api: _api, ...withoutApi } = this.options;
    return processEnvironment(input, this.options.isolation ? withoutApi : this.options);
  }

  /** Says what the container cannot have here: once for all pods and revisions of a service. */
  #explain({ pod, container }: ContainerTask, mounts: Readonly<Record<string, string>>, cwd: string): void {
    const { namespace = 'default', name, labels: own } = pod.metadata;
    const whose = `${namespace}/${own?.[labels.service] ?? own?.[labels.app] ?? own?.[JOB_SINK] ?? name}`;
    for (const difference of differences(pod, container, mounts, cwd, this.options.isolation !== undefined)) {
      const message = `${whose}, container ${container.name}: ${difference}`;
      if (!this.#explained.has(message)) this.#log.warn(message);
      this.#explained.add(message);
    }
  }
}

/** The program with the container's args, or with its own command where the mapping allows it. */
function commandLine({ container, command, args }: ContainerTask, program: Program): readonly string[] {
  if (command.length === 0) return [...program.command, ...args];
  if (program.allowCommand) return [...command, ...args];
  throw new StartError(
    'CreateContainerConfigError',
    `container ${container.name} sets command ${JSON.stringify(command)}, but the program that stands for image ` +
      `${JSON.stringify(container.image)} does not allow another one: set allowCommand: true where it is mapped, or use args`,
    { final: true },
  );
}

/** Real path of each mount by mount path. */
const mountedAt = ({ container, volumes }: ContainerTask): Record<string, string> =>
  Object.fromEntries(mountSources(container, volumes).map(({ mountPath, source }) => [mountPath, source]));
