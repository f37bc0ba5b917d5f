import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Clock, KncError, systemRandom } from '../../base';
import { ClusterError } from '../../kube';
import { HttpCluster, UnreachableError } from '../../kube/http';
import { KubeconfigConnection } from '../../kube/kubeconfig';
import type { Invocation } from '../command-spec';
import type { Io } from '../io';
import { UsageError } from '../usage-error';

/** The state folder of `knc dev` unless it was told another. */
const STATE_FOLDER = '.knc';
const REQUEST_TIMEOUT_MS = 20_000;

/** The cluster that a command looks at. */
export interface Target {
  readonly cluster: HttpCluster;
  /** What namespace is meant where none is named. */
  readonly namespace: string;
  /** For people: `knc dev in .knc`, `context prod`. */
  readonly description: string;
  /** A running `knc dev`, with the settings of a laptop. */
  readonly local: boolean;
}

interface Choice {
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly state?: string;
}

function choiceOf(options: Invocation['options']): Choice {
  const { context, kubeconfig, state } = options as Choice;
  if (state !== undefined && (context !== undefined || kubeconfig !== undefined)) {
    throw new UsageError('--state names a running knc dev; --context and --kubeconfig name another cluster');
  }
  return { ...(context ? { context } : {}), ...(kubeconfig ? { kubeconfig } : {}), ...(state ? { state } : {}) };
}

/** The kubeconfig of the running `knc dev`. @throws KncError KNC4012 if none runs */
function localKubeconfig(folder: string, cwd: string): string {
  const file = path.resolve(cwd, folder, 'kubeconfig');
  if (existsSync(file)) return file;
  throw new KncError('KNC4012', `No knc dev runs with its state in ${folder}`, {
    remedy:
      'Start `knc dev` in this folder, name its kubeconfig with --kubeconfig (the ready line of knc dev has it), or name a cluster with --context.',
  });
}

/**
 * The cluster that the options name: the running `knc dev` of this folder (or of `--state`), or with `--context` or `--kubeconfig` any
 * other. Nothing is asked of it yet.
 */
export function openTarget(options: Invocation['options'], io: Pick<Io, 'env' | 'cwd'>, clock: Clock): Target {
  const { context, kubeconfig, state = STATE_FOLDER } = choiceOf(options);
  const local = context === undefined && kubeconfig === undefined;
  const file = local ? localKubeconfig(state, io.cwd) : kubeconfig;
  const source = new KubeconfigConnection({
    ...{ env: io.env, cwd: io.cwd, clock },
    ...(file === undefined ? {} : { file }),
    ...(context === undefined ? {} : { context }),
  });
  const description = local ? `knc dev in ${state}` : context === undefined ? `context ${source.context}` : `context ${context}`;
  return {
    cluster: new HttpCluster({ source, clock, random: systemRandom, requestTimeoutMs: REQUEST_TIMEOUT_MS }),
    namespace: source.namespace,
    description,
    local: local || source.context === LOCAL_CONTEXT,
  };
}

/** The context in kubeconfigs that `knc dev` writes. */
const LOCAL_CONTEXT = 'knc';

/** Runs `work` on the target, and says of a cluster that does not answer, or refuses us, which one it is. */
export async function withTarget<T>(target: Target, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnreachableError || ClusterError.is(error, 'Timeout')) {
      throw new KncError('KNC4012', `${target.description} does not answer: ${error.message}`, { cause: error });
    }
    if (ClusterError.is(error, 'Unauthorized') || ClusterError.is(error, 'Forbidden')) {
      throw new KncError('KNC4011', `${target.description} refuses: ${error.message}`, { cause: error });
    }
    throw error;
  } finally {
    await target.cluster.close();
  }
}
