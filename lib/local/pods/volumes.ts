import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix, relative } from 'node:path';
import type { Container, Pod } from '../../api';
import { StartError } from './container-runtime';
import type { DeclaredValues } from './declared-values';
import { podField, type ResourceFieldRef, resourceField } from './downward';

interface KeyToPath {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}

interface ValueSource {
  readonly name?: string;
  readonly secretName?: string;
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
  readonly defaultMode?: number;
}

interface DownwardSource {
  readonly items?: readonly {
    readonly path: string;
    readonly mode?: number;
    readonly fieldRef?: { readonly fieldPath: string };
    readonly resourceFieldRef?: ResourceFieldRef;
  }[];
  readonly defaultMode?: number;
}

interface VolumeSources {
  readonly name: string;
  readonly emptyDir?: unknown;
  readonly configMap?: ValueSource;
  readonly secret?: ValueSource;
  readonly downwardAPI?: DownwardSource;
  readonly projected?: {
    readonly defaultMode?: number;
    readonly sources?: readonly {
      readonly configMap?: ValueSource;
      readonly secret?: ValueSource;
      readonly downwardAPI?: DownwardSource;
    }[];
  };
}

interface File {
  readonly path: string;
  readonly content: Buffer | string;
  readonly mode: number | undefined;
}

const MADE_HERE = ['emptyDir', 'configMap', 'secret', 'downwardAPI'];
const DEFAULT_MODE = 0o644;

export interface VolumesInput {
  readonly pod: Pod;
  readonly ip: string;
  readonly values: DeclaredValues;
  /** Folder in which each volume gets one of its own name. */
  readonly directory: string;
  /** The files of each volume as they were made before; kept up to date. What is not among them any more goes. @default none */
  readonly made?: Map<string, ReadonlySet<string>>;
}

/**
 * Makes the volumes of a pod as folders, or brings them up to date: emptyDir, configMap, secret, downwardAPI and projected ones of
 * these. Whoever reads a file meanwhile finds it as it was or as it is.
 * @returns the folder of each volume by name.
 * @throws StartError if something that is referred to does not exist, or for a kind of volume that a laptop does not have.
 */
export async function makeVolumes(input: VolumesInput): Promise<Record<string, string>> {
  const folders: Record<string, string> = {};
  for (const volume of (input.pod.spec.volumes ?? []) as readonly VolumeSources[]) {
    const folder = join(input.directory, volume.name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const files = await filesOf(volume, input);
    for (const file of files) await put(folder, file, volume.name);
    const paths = new Set(files.map(({ path }) => path));
    for (const path of input.made?.get(volume.name) ?? []) if (!paths.has(path)) await rm(join(folder, path), { force: true });
    input.made?.set(volume.name, paths);
    folders[volume.name] = folder;
  }
  return folders;
}

/** Whether a pod mounts a ConfigMap or Secret. */
export function mountsValues({ spec }: Pod, kind: 'configmap' | 'secret', name: string): boolean {
  return ((spec.volumes ?? []) as readonly VolumeSources[])
    .flatMap((volume) => [volume, ...(volume.projected?.sources ?? [])])
    .map((source) => (kind === 'secret' ? source.secret : source.configMap))
    .some((source) => source !== undefined && (source.secretName ?? source.name) === name);
}

/**
 * What a container would find in its mounts, by path, without any of it being made: text of configMap, secret, downwardAPI and
 * projected volumes.
 * @throws StartError as `makeVolumes`
 */
export async function mountedFiles({
  container,
  ...input
}: Omit<VolumesInput, 'directory'> & { readonly container: Container }): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
    const volume = ((input.pod.spec.volumes ?? []) as readonly VolumeSources[]).find((one) => one.name === name);
    for (const { path, content } of volume ? await filesOf(volume, { ...input, directory: '' }) : []) {
      const inside = subPath ? (path === subPath ? '' : relative(subPath, path)) : path;
      if (!inside.startsWith('..')) found.set(inside === '' ? mountPath : posix.join(mountPath, inside), content.toString());
    }
  }
  return found;
}

async function put(folder: string, file: File, volume: string): Promise<void> {
  const path = join(folder, file.path);
  if (relative(folder, path).startsWith('..')) throw failed(volume, `path ${file.path} leaves the volume`);
  await mkdir(dirname(path), { recursive: true });
  const next = join(dirname(folder), `.${volume}.next`);
  await writeFile(next, file.content);
  // The owner must be able to read and replace it: modes without that are for users that a laptop does not have.
  await chmod(next, (file.mode ?? DEFAULT_MODE) | 0o600);
  await rename(next, path);
}

function failed(volume: string, why: string): StartError {
  return new StartError('CreateContainerConfigError', `MountVolume.SetUp failed for volume "${volume}" : ${why}`);
}

async function filesOf(volume: VolumeSources, input: VolumesInput): Promise<File[]> {
  const sources = volume.projected ? (volume.projected.sources ?? []) : [volume];
  const files: File[] = [];
  for (const source of sources) {
    const kinds = Object.keys(source).filter((key) => key !== 'name');
    const foreign = kinds.find((kind) => !MADE_HERE.includes(kind));
    if (foreign || (kinds.length === 0 && volume.projected)) {
      throw failed(volume.name, `volumes of kind ${foreign ?? 'unknown'} do not exist on a laptop`);
    }
    const mode = volume.projected?.defaultMode;
    if (source.configMap) files.push(...(await valueFiles('configmap', source.configMap, mode, volume.name, input)));
    if (source.secret) files.push(...(await valueFiles('secret', source.secret, mode, volume.name, input)));
    if (source.downwardAPI) files.push(...downwardFiles(source.downwardAPI, mode, input));
  }
  return files;
}

async function valueFiles(
  kind: 'configmap' | 'secret',
  source: ValueSource,
  mode: number | undefined,
  volume: string,
  input: VolumesInput,
): Promise<File[]> {
  const name = source.secretName ?? source.name ?? '';
  const all = await input.values.all(kind, name);
  if (!all && !source.optional) throw failed(volume, `${kind} "${name}" not found`);
  const items: readonly KeyToPath[] = source.items ?? [...(all?.keys() ?? [])].map((key) => ({ key, path: key }));
  return items.flatMap((item) => {
    const content = all?.get(item.key);
    if (content !== undefined) return [{ path: item.path, content, mode: item.mode ?? source.defaultMode ?? mode }];
    if (source.optional) return [];
    throw failed(volume, `${kind} references non-existent config key: ${item.key}`);
  });
}

function downwardFiles(source: DownwardSource, mode: number | undefined, { pod, ip }: VolumesInput): File[] {
  const first = pod.spec.containers[0] as Container;
  return (source.items ?? []).map((item) => ({
    path: item.path,
    content: item.fieldRef
      ? podField(pod, ip, item.fieldRef.fieldPath)
      : resourceField(pod, first, item.resourceFieldRef as ResourceFieldRef),
    mode: item.mode ?? source.defaultMode ?? mode,
  }));
}
