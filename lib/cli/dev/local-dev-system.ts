import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Clock, type Executor, errorMessage, type Log, type Metrics, type Random } from '../../base';
import { applyObjects } from '../../local/apply';
import { findContainerEngine, type ImageResolver } from '../../local/images';
import { objectName } from '../input/check-objects';
import { packageFolder } from '../package-folder';
import type { DevReporter, ObjectChange } from './dev-events';
import type { ApplyObjects, DevSystem, DevSystemListener } from './dev-system';

export interface LocalStartOptions extends DevSystemListener {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly gateway: { readonly host: string; readonly port: number; readonly serverTiming: boolean };
  readonly images: ImageResolver;
  readonly inheritEnv: readonly string[];
  readonly reporter: DevReporter;
  readonly metrics: Metrics;
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

/** Starts the whole runtime in this process. */
export const startLocalSystem: LocalStart = async ({ gateway, images, inheritEnv, reporter, onLog, onDecision, ...deps }) => {
  const { LocalSystem } = await import('../../roles');
  const engine = findContainerEngine();
  const preload = path.join(packageFolder(), 'dist/bin/preload.js');
  const preloadPath = existsSync(preload) ? { preloadPath: preload } : {};
  return LocalSystem.start({
    ...deps,
    log: logTo(reporter),
    listen: gateway,
    machine: { images, inheritEnv, ...preloadPath, ...(engine ? { engine } : {}) },
    api: {},
    onLog,
    onScale: onDecision,
  });
};

/** Applies objects as `kubectl apply` does. */
export const applyToCluster: ApplyObjects = async (cluster, objects, previous) => {
  const sources = new Map(objects.map(({ object, source }) => [objectName(object), source]));
  const results = await applyObjects(
    cluster,
    objects.map(({ object }) => object),
    { previous: previous.map(({ object }) => object) },
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
