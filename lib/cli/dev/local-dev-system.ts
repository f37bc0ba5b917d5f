import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Clock, type Executor, errorMessage, type Log, type Metrics, type Random } from '../../base';
import { applyObjects } from '../../local/apply';
import { findContainerEngine, type ImageResolver } from '../../local/images';
import type { Isolation } from '../../local/isolate';
import { endLeftOver, type StateFolder } from '../../local/state';
import { objectName } from '../input/check-objects';
import { packageFolder } from '../package-folder';
import { AppliedMemory } from './applied-memory';
import type { DevReporter, ObjectChange } from './dev-events';
import type { ApplyObjects, DevSystem, DevSystemListener } from './dev-system';
import { foundState } from './found-state';

export interface LocalStartOptions extends DevSystemListener {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly gateway: { readonly host: string; readonly port: number; readonly serverTiming: boolean };
  readonly images: ImageResolver;
  readonly inheritEnv: readonly string[];
  /** Loopback addresses with ports at which sinks of events may be. @default none */
  readonly allowedSinks?: readonly string[];
  /** For how long events that everyone has got are kept, of each broker and channel, in milliseconds and bytes. @default as usual */
  readonly eventRetention?: { readonly ageMs?: number; readonly bytes?: number };
  readonly reporter: DevReporter;
  readonly metrics: Metrics;
  /** Each pod has a network of its own. */
  readonly isolate: boolean;
  /** Where the system lives between runs. @default nowhere */
  readonly state?: StateFolder;
  /** This run applies an input, and deletes what is no longer in it. */
  readonly applies?: boolean;
}

export type LocalStart = (options: LocalStartOptions) => Promise<DevSystem>;

/** What the runtime warns of becomes a note; the rest of its log is for operators. */
function logTo(reporter: DevReporter): Log {
  const note = (message: string, fields: Readonly<Record<string, unknown>> = {}) => {
    const details = Object.entries(fields).map(([key, value]) => `${key}=${value instanceof Error ? value.message : value}`);
    reporter.notice([message, ...details].join(' '));
  };
  return { debug: () => {}, info: () => {}, warn: note, error: note };
}

/** @throws KncError KNC3401 if pods cannot have networks of their own here */
async function openIsolation(clock: Clock, log: Log): Promise<Isolation> {
  const { Isolation } = await import('../../local/isolate');
  return Isolation.open({ clock, log });
}

/** A program of the package, once it is built. */
function bundled(name: string): string | undefined {
  const file = path.join(packageFolder(), 'dist/bin', name);
  return existsSync(file) ? file : undefined;
}

/** Starts the whole runtime in this process; with the state that an earlier run has left, if it is kept. */
export const startLocalSystem: LocalStart = async (options) => {
  const { gateway, images, inheritEnv, reporter, onLog, onDecision, state, applies = false, isolate, ...deps } = options;
  const { LocalSystem } = await import('../../roles');
  const engine = findContainerEngine();
  const preloadPath = bundled('preload.js');
  const spawnerProgram = bundled('spawner.js');
  if (state) await endLeftOver(state.processes.leftOver(), deps.clock, engine?.path);
  const store = await state?.openStore();
  const log = logTo(reporter);
  const isolation = isolate ? await openIsolation(deps.clock, log) : undefined;
  const system = await LocalSystem.start({
    ...deps,
    log,
    listen: gateway,
    machine: {
      ...{ images, inheritEnv },
      ...(preloadPath ? { preloadPath } : {}),
      ...(spawnerProgram ? { spawnerProgram } : {}),
      ...(engine ? { engine } : {}),
      ...(isolation ? { isolation } : {}),
      ...(state ? { ledger: state.processes } : {}),
    },
    api: state ? { kubeconfig: state.kubeconfigPath } : {},
    ...(store ? { store } : {}),
    onLog,
    onScale: onDecision,
  });
  if (state && store) await tellState(state, system, options);
  return {
    cluster: system.cluster,
    gatewayUrl: system.gatewayUrl,
    kubeconfig: system.kubeconfig,
    state: state?.path,
    applied: store && applies ? new AppliedMemory(store) : undefined,
    retryPods: () => system.retryPods(),
    stop: () => system.stop(),
  };
};

async function tellState(
  state: StateFolder,
  { cluster, gatewayUrl }: Pick<DevSystem, 'cluster' | 'gatewayUrl'>,
  { reporter, clock }: Pick<LocalStartOptions, 'reporter' | 'clock'>,
): Promise<void> {
  if (gatewayUrl !== undefined) state.announce(gatewayUrl);
  if (state.lastWritten === undefined) return;
  const found = await foundState(cluster, state.path, clock.now() - state.lastWritten);
  if (found) reporter.progress(found);
}

/** Applies objects as `kubectl apply` does. */
export const applyToCluster: ApplyObjects = async (cluster, objects, previous) => {
  const sources = new Map(objects.map(({ object, source }) => [objectName(object), source]));
  const results = await applyObjects(
    cluster,
    objects.map(({ object }) => object),
    { previous },
  );
  const changes: ObjectChange[] = [];
  const refused = results.flatMap(({ object, outcome, error }) => {
    const { kind, metadata } = object;
    if (outcome) changes.push({ kind, namespace: metadata.namespace, name: metadata.name ?? '', change: outcome });
    if (!error) return [];
    const source = sources.get(objectName(object));
    return [{ where: objectName(object), ...(source ? { source } : {}), messages: [{ text: errorMessage(error) }] }];
  });
  return { changes, refused };
};
