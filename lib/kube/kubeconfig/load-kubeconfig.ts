import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { errorMessage, KncError } from '../../base';
import { invalidKubeconfig, type Kubeconfig, mergeKubeconfigs } from './kubeconfig';

/** Where to look for kubeconfig files. */
export interface KubeconfigPlace {
  /** This file alone; it has to exist. */
  readonly file?: string;
  /** `KUBECONFIG` and `HOME` are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What relative names are relative to. */
  readonly cwd: string;
}

/** The files to read: the one asked for, those of KUBECONFIG, or `~/.kube/config`. */
function candidates({ file, env, cwd }: KubeconfigPlace): readonly string[] {
  if (file !== undefined) return [path.resolve(cwd, file)];
  const listed = (env['KUBECONFIG'] ?? '').split(path.delimiter).filter((name) => name !== '');
  if (listed.length > 0) return [...new Set(listed.map((name) => path.resolve(cwd, name)))];
  return [path.join(env['HOME'] ?? os.homedir(), '.kube/config')];
}

function read(file: string, mustExist: boolean): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !mustExist) return undefined;
    throw new KncError('KNC4010', `The kubeconfig cannot be read: ${errorMessage(error)}`, { where: file, cause: error });
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw invalidKubeconfig(file, 'document', `not valid YAML: ${errorMessage(error).split('\n')[0]}`);
  }
}

/**
 * Reads and merges the kubeconfig files as kubectl does: files of KUBECONFIG that do not exist are passed over.
 * Without any file the result is empty.
 * @throws KncError KNC4010 for a file that cannot be read or is no kubeconfig.
 */
export function loadKubeconfig(place: KubeconfigPlace): Kubeconfig {
  const found = candidates(place).flatMap((file) => {
    const text = read(file, place.file !== undefined);
    return text === undefined ? [] : [{ file, parsed: parsed(file, text) }];
  });
  return mergeKubeconfigs(found);
}
