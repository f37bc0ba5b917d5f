import type { Readable, Writable } from 'node:stream';
import type { Container, Pod, Stored } from '../../api';
import type { ImageTarget, Program } from '../images';
import type { LogStream } from './log-buffer';

/** Where the containers of a pod can be reached. */
export interface PodAddress {
  readonly ip: string;
  /** The real port of each declared container port that has another one. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Everything that a runtime needs to start one container; environment and arguments are resolved. */
export interface ContainerTask {
  readonly pod: Stored<Pod>;
  readonly container: Container & { readonly name: string };
  readonly program: Program | undefined;
  readonly address: PodAddress;
  /** What the pod declares, resolved and expanded. */
  readonly env: Readonly<Record<string, string>>;
  /** The container's own `command` and `args`, expanded. */
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** The pod's own folder; removed with the pod. */
  readonly directory: string;
  /** Folder of each volume by name. */
  readonly volumes: Readonly<Record<string, string>>;
  /** What is in the container's mounts by path, for a runtime that has no files. @throws StartError as making the volumes would */
  readonly contents?: () => Promise<ReadonlyMap<string, string>>;
  /** Where the container may leave its last words (terminationMessagePath). */
  readonly terminationLog: string;
  /** How often this container has been started before. */
  readonly restarts: number;
  readonly onOutput: (stream: LogStream, chunk: Buffer | string) => void;
}

/** How a container ended. Ended by a signal, its exit code is 128 and the signal's number. */
export interface Exit {
  readonly exitCode: number;
  readonly reason?: string;
  readonly message?: string;
}

/** A command that runs beside a container. Its streams are read as fast as whoever asked for it reads. */
export interface ExecProcess {
  /** Absent if no input was asked for. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<Exit>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

export interface ExecOptions {
  readonly stdin: boolean;
  /** Give it a terminal. */
  readonly tty: boolean;
}

/** A container that has been started. */
export interface RunningContainer {
  /** Identifies it among all: `process://4711`. */
  readonly id: string;
  readonly exited: Promise<Exit>;
  /** Asks it to end (SIGTERM) or ends it (SIGKILL). Once it has ended, nothing happens. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Runs a command beside it, as an exec probe does, and resolves with the exit code. Without it, probes are not asked. */
  readonly exec?: (command: readonly string[], signal: AbortSignal) => Promise<number>;
  /** Runs a command beside it for somebody who reads and writes. @throws StartError */
  readonly spawn?: (command: readonly string[], options: ExecOptions) => Promise<ExecProcess>;
}

/** Gives pods addresses. */
export interface PodNetwork {
  /** An address for a pod, before its first container starts. */
  open(pod: Stored<Pod>): Promise<PodAddress>;
  /** The address with which a container can start again; a new one if the old one can no longer be listened on. */
  renew(address: PodAddress, container: Container): Promise<PodAddress>;
  /** Takes the address back, after the last container ended. */
  release(address: PodAddress): void;
}

/** A way to run containers. */
export interface ContainerRuntime {
  readonly name: string;
  /** Containers of one pod share an address, so their runtimes must share the network. */
  readonly network: PodNetwork;
  /** Whether a container must listen on the pod's real port instead of the one it declares, so that `$PORT` is the real one. */
  readonly listensOnRealPort: boolean;
  /** Whether containers can read files, so that volumes must be made. */
  readonly files: boolean;
  /** Whether this runtime runs such a container; runtimes are asked in order. */
  accepts(target: ImageTarget, program: Program | undefined): boolean;
  /** @throws StartError */
  start(task: ContainerTask): Promise<RunningContainer>;
  /** Ends everything that still runs and frees what the runtime holds. */
  close(): Promise<void>;
}

/** Why a container waits instead of running, as a kubelet names it. */
export type StartFailure =
  | 'ErrImagePull'
  | 'ErrImageNeverPull'
  | 'InvalidImageName'
  | 'CreateContainerConfigError'
  | 'CreateContainerError'
  /** The command could not be executed: the container counts as ended with exit code 128. */
  | 'StartError';

/** A container could not be started. */
export class StartError extends Error {
  /** Waiting will not help: it fails until somebody says what the image means, or makes another revision. */
  readonly final: boolean;

  constructor(
    readonly reason: StartFailure,
    message: string,
    { final = false }: { readonly final?: boolean } = {},
  ) {
    super(message);
    this.name = 'StartError';
    this.final = final;
  }
}
