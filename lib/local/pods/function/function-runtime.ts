import { controllerOf, JobType, labels, type Pod, type Stored } from '../../../api';
import { type Clock, type Executor, errorMessage } from '../../../base';
import type { ImageTarget } from '../../images';
import {
  type ContainerRuntime,
  type ContainerTask,
  type Exit,
  type PodAddress,
  type PodNetwork,
  type RunningContainer,
  StartError,
} from '../container-runtime';
import { imageTarget } from '../image-target';
import { connectionReset, type FunctionInstance, type FunctionRegistry, functionIp, type RunContext } from './function-registry';

/** Addresses that exist in this process alone, one for each pod, with all ports as declared. */
class FunctionNetwork implements PodNetwork {
  #count = 0;

  async open(): Promise<PodAddress> {
    return { ip: functionIp(++this.#count), ports: {} };
  }

  async renew(address: PodAddress): Promise<PodAddress> {
    return address;
  }

  release(): void {
    // Addresses are never used twice.
  }
}

/**
 * Runs containers as functions of this process: no process, no socket, no file. They are ready as soon as they have started;
 * probes are not asked, because a probe finds out whether a process has come up. Asked to end, a function
 * takes no more requests and ends when the last one is answered. One of a Job runs to its end by itself. Volumes are not made: what a function reads it has by import.
 */
export class FunctionRuntime implements ContainerRuntime {
  readonly name = 'function';
  readonly network: PodNetwork = new FunctionNetwork();
  readonly listensOnRealPort = false;
  readonly files = false;
  readonly #running = new Set<FunctionInstance>();

  constructor(
    private readonly options: { readonly clock: Clock; readonly executor: Executor; readonly registry: FunctionRegistry },
  ) {}

  accepts(target: ImageTarget): boolean {
    return this.options.registry.find(target) !== undefined;
  }

  async start(task: ContainerTask): Promise<RunningContainer> {
    const { clock, executor, registry } = this.options;
    const definition = registry.find(imageTarget(task.pod, task.container));
    if (!definition) throw new StartError('ErrImagePull', `the function for image ${task.container.image} was removed`);
    if (definition.startMs) await executor.suspended(clock.sleep(definition.startMs));
    const files = controllerOf(task.pod)?.kind === JobType.kind ? ((await task.contents?.()) ?? new Map()) : undefined;
    let end: (exit: Exit) => void = () => {};
    const exited = new Promise<Exit>((resolve) => {
      end = resolve;
    });
    const gone = exited.then(() => Promise.reject(connectionReset()));
    gone.catch(() => {});
    const instance: FunctionInstance = {
      pod: task.pod,
      ip: task.address.ip,
      ports: (task.container.ports ?? []).flatMap((port) => (port.containerPort ? [port.containerPort] : [])),
      definition,
      context: {
        revision: revisionOf(task.pod),
        pod: task.pod.metadata.name,
        env: task.env,
        sleep: (ms) => executor.suspended(clock.sleep(ms)),
        log: (text) => task.onOutput('stdout', text + '\n'),
      },
      crash: end,
      gone,
      accepting: true,
      inFlight: 0,
      onIdle: () => {},
    };
    registry.add(instance);
    this.#running.add(instance);
    if (files)
      executor.run(`job ${task.pod.metadata.name}`, () => runToEnd(instance, { ...instance.context, args: task.args, files }));
    return {
      id: `function://${task.pod.metadata.uid}/${task.container.name}`,
      exited: exited.finally(() => {
        instance.accepting = false;
        registry.remove(instance);
        this.#running.delete(instance);
      }),
      kill: (signal) => stop(instance, signal),
    };
  }

  async close(): Promise<void> {
    for (const instance of this.#running) instance.crash({ exitCode: 137 });
  }
}

/** Ends the instance when what it does is done. */
async function runToEnd(instance: FunctionInstance, context: RunContext): Promise<void> {
  try {
    await instance.definition.run?.(context);
    instance.crash({ exitCode: 0 });
  } catch (error) {
    context.log(error instanceof Error ? (error.stack ?? error.message) : errorMessage(error));
    instance.crash({ exitCode: 1 });
  }
}

function stop(instance: FunctionInstance, signal: 'SIGTERM' | 'SIGKILL'): void {
  instance.accepting = false;
  if (signal === 'SIGKILL') {
    instance.crash({ exitCode: 137 });
    return;
  }
  instance.onIdle = () => instance.crash({ exitCode: 0 });
  if (instance.inFlight === 0) instance.onIdle();
}

function revisionOf(pod: Stored<Pod>): string {
  return pod.metadata.labels?.[labels.revision] ?? '';
}
