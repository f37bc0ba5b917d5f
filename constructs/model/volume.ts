import type { ApiVolume, ApiVolumeMount } from './api-types';
import { type QuantityInput, quantity } from './quantity';
import { defined, ifSet, type KubeValue, type Named, type NameInput, nameOf, plainValue } from './shape';

/** Where a container sees a volume. */
export interface MountProps {
  /** The volume's name. */
  readonly volume: string;
  /** Absolute path inside the container. */
  readonly mountPath: string;
  /** Path inside the volume. @default - its root */
  readonly subPath?: string;
  /** @default - true for everything but `emptyDir` and `persistentVolumeClaim` */
  readonly readOnly?: boolean;
}

/** One source of a projected volume: exactly one of the four. */
export interface ProjectedSource {
  /** Keys of a ConfigMap. */
  readonly configMap?: NameInput;
  /** Keys of a Secret. */
  readonly secret?: NameInput;
  /** Which keys, and the file that each becomes. @default - all keys, each a file of its own name */
  readonly items?: Readonly<Record<string, string>>;
  /** Whether pods may start without it. @default false */
  readonly optional?: boolean;
  /** A token of the pod's service account, renewed before it expires. */
  readonly serviceAccountToken?: { readonly path: string; readonly audience?: string; readonly expirationSeconds?: number };
  /** Fields of the pod, in Kubernetes' own form. */
  readonly downwardAPI?: Readonly<Record<string, unknown>>;
}

/**
 * A volume and where the serving container sees it: exactly one of the sources. Sidecars see it through their `mounts`.
 * @see https://knative.dev/docs/serving/services/storage/
 */
export interface VolumeProps extends Omit<MountProps, 'volume'> {
  /** The volume's name. @default - made from `mountPath`: `/etc/shop` gives `etc-shop` */
  readonly name?: string;
  /** Keys of a ConfigMap as files. */
  readonly configMap?: NameInput;
  /** Keys of a Secret as files. */
  readonly secret?: NameInput;
  /** ConfigMaps, Secrets, tokens and pod fields in one directory. */
  readonly projected?: readonly ProjectedSource[];
  /** An empty directory that lives as long as the pod; `medium: 'Memory'` keeps it in memory. */
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: QuantityInput };
  /**
   * A PersistentVolumeClaim. The cluster must have `kubernetes.podspec-persistent-volume-claim` (and, to write,
   * `kubernetes.podspec-persistent-volume-write`) enabled in `config-features`.
   */
  readonly persistentVolumeClaim?: NameInput;
  /** A `Volume` of any `cdk8s-plus-NN`; its own name is used. */
  readonly volume?: Named & KubeValue;
  /** For `configMap` and `secret`: which keys, and the file that each becomes. @default - all, by their own names */
  readonly items?: Readonly<Record<string, string>>;
  /** For `configMap` and `secret`: whether pods may start without it. @default false */
  readonly optional?: boolean;
  /** For `configMap`, `secret` and `projected`: permission bits of the files. @default 0o644 */
  readonly defaultMode?: number;
}

/** The volume's name: the one given, or one made from the mount path, which is unique in the container. */
export function volumeName({ name, volume, mountPath }: VolumeProps): string {
  return name ?? volume?.name ?? slug(mountPath);
}

function slug(path: string): string {
  return (
    path
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 63)
      .replace(/^-+|-+$/g, '') || 'root'
  );
}

/** The volume as it stands in the API object. */
export function volume(props: VolumeProps): ApiVolume {
  const { configMap, secret, projected, emptyDir, persistentVolumeClaim, defaultMode, optional } = props;
  const options = { items: keyToPath(props.items), optional };
  return {
    ...(props.volume && (plainValue(props.volume._toKube()) as object)),
    name: volumeName(props),
    ...defined({
      configMap: ifSet(configMap, (object) => defined({ name: nameOf(object), ...options, defaultMode })),
      secret: ifSet(secret, (object) => defined({ secretName: nameOf(object), ...options, defaultMode })),
      projected: ifSet(projected, (sources) => defined({ sources: sources.map(projectedSource), defaultMode })),
      emptyDir: ifSet(emptyDir, emptyDirSource),
      persistentVolumeClaim: ifSet(persistentVolumeClaim, (object) => claim(object, props.readOnly)),
    }),
  };
}

/** Where the serving container sees the volume. */
export function volumeMount(props: VolumeProps): ApiVolumeMount {
  const { mountPath, subPath, readOnly } = props;
  return { name: volumeName(props), mountPath, ...defined({ subPath, readOnly }) };
}

const claim = (input: NameInput, readOnly: boolean | undefined) => ({
  claimName: nameOf(input),
  ...(readOnly ? { readOnly } : {}),
});

const emptyDirSource = ({ medium, sizeLimit }: NonNullable<VolumeProps['emptyDir']>) =>
  defined({ medium, sizeLimit: ifSet(sizeLimit, quantity) }) ?? {};

const keyToPath = (items: Readonly<Record<string, string>> | undefined) =>
  ifSet(items, (files) => Object.entries(files).map(([key, path]) => ({ key, path })));

function projectedSource({ configMap, secret, items, optional, serviceAccountToken, downwardAPI }: ProjectedSource) {
  const options = { items: keyToPath(items), optional };
  return {
    ...defined({
      configMap: ifSet(configMap, (object) => defined({ name: nameOf(object), ...options })),
      secret: ifSet(secret, (object) => defined({ name: nameOf(object), ...options })),
      serviceAccountToken,
      downwardAPI: plainValue(downwardAPI) as Readonly<Record<string, unknown>> | undefined,
    }),
  };
}
