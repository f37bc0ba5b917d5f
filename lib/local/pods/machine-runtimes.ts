import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Executor, Log } from '../../base';
import type { ContainerEngine } from '../images';
import type { ContainerRuntime } from './container-runtime';
import { EngineRuntime } from './engine/engine-runtime';
import type { FunctionRegistry } from './function/function-registry';
import { FunctionRuntime } from './function/function-runtime';
import type { LocalNames } from './local-names';
import { HostNetwork } from './process/host-network';
import type { ProcessEnvironmentOptions } from './process/process-environment';
import type { ProcessIsolation } from './process/process-isolation';
import { ProcessRuntime } from './process/process-runtime';
import { Spawner } from './process/spawner';
import { type ProcessLedger, Watchdog } from './process/watchdog';

export interface MachineRuntimesOptions extends ProcessEnvironmentOptions {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
  readonly names?: LocalNames;
  /** Functions that stand for containers, before anything else. */
  readonly functions?: FunctionRegistry;
  /** Runs images that no program stands for. */
  readonly engine?: ContainerEngine;
  /** Gives each pod that is a process a network of its own. */
  readonly isolation?: ProcessIsolation;
  /** The bundled program that starts processes for a large process. @default they are started from here */
  readonly spawnerProgram?: string;
  /** Remembers what runs beyond the death of this process. */
  readonly ledger?: ProcessLedger;
}

/** All ways to run a container on this machine, in order: function, process, container engine. */
export class MachineRuntimes {
  readonly runtimes: readonly ContainerRuntime[];
  /** Folder for the files of pods; removed when this process ends, however it ends. */
  readonly directory: string;
  readonly watchdog: Watchdog;

  constructor(options: MachineRuntimesOptions) {
    const { clock, executor, log, functions, engine, ledger, spawnerProgram } = options;
    this.directory = mkdtempSync(join(tmpdir(), 'knc-'));
    const { directory } = this;
    this.watchdog = new Watchdog({ directory, log, ...(engine ? { engine: engine.path } : {}), ...(ledger ? { ledger } : {}) });
    this.watchdog.start();
    const spawner = spawnerProgram ? new Spawner({ program: spawnerProgram, directory, log }) : undefined;
    void spawner?.open();
    const network = new HostNetwork();
    const { watchdog } = this;
    this.runtimes = [
      ...(functions ? [new FunctionRuntime({ clock, executor, registry: functions })] : []),
      ...(engine ? [new EngineRuntime({ engine, clock, watchdog, network, startChild: spawner?.start })] : []),
      // Last, because closing it ends the watchdog; no order is needed between the two: one takes what the other refuses.
      new ProcessRuntime({ ...options, watchdog, network, spawner }),
    ];
  }
}
