import { posix } from 'node:path';
import { disallowedFields, type FieldError, generic, invalidValue, missingField, via, withRemedy } from '../../base';
import type { FeaturesConfig } from '../config';
import type { Volume, VolumeMount } from '../generated/types';
import { turnOn } from './env-errors';

const RESERVED: ReadonlySet<string> = new Set(['/', '/dev', '/dev/log']);

/** A path without `.`, `..`, double slashes and a slash at its end, as Go's path.Clean gives it. */
function clean(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 ? normal.replace(/\/$/, '') : normal;
}

function pathErrors(path: string | undefined, seen: ReadonlySet<string>): FieldError[] {
  if (!path) return [missingField('mountPath')];
  const cleaned = clean(path);
  if (RESERVED.has(cleaned)) return [generic(`mountPath ${JSON.stringify(cleaned)} is a reserved path`, 'mountPath')];
  if (!path.startsWith('/')) return [withRemedy(invalidValue(path, 'mountPath'), `Write an absolute path: "/${cleaned}".`)];
  return seen.has(cleaned) ? [invalidValue(`${JSON.stringify(path)} must be unique`, 'mountPath')] : [];
}

function propagationErrors(mount: VolumeMount, features: FeaturesConfig): FieldError[] {
  const { mountPropagation: propagation, name } = mount;
  if (propagation === undefined) return [];
  const state = features.podSpecVolumesMountPropagation;
  return [
    ...(state === 'Disabled' ? [disallowedFields('mountPropagation')] : []),
    ...(state === 'Enabled'
      ? []
      : [
          withRemedy(
            generic(
              `Volume Mount Propagation support is disabled, but found volume mount ${name} with mount propagation`,
              'mountPropagation',
            ),
            turnOn('podSpecVolumesMountPropagation'),
          ),
        ]),
    ...(propagation === 'None' || propagation === 'HostToContainer'
      ? []
      : [generic('mount propagation should be set to None or HostToContainer', 'mountPropagation')]),
  ];
}

function readOnlyErrors(mount: VolumeMount, volume: Volume | undefined): FieldError[] {
  const writable = volume?.emptyDir ?? volume?.persistentVolumeClaim ?? volume?.ephemeral;
  if (mount.readOnly) return [];
  return [
    ...(writable
      ? []
      : [withRemedy(generic('volume mount should be readOnly for this type of volume', 'readOnly'), 'Set readOnly: true.')]),
    ...(volume?.persistentVolumeClaim?.readOnly ? [generic('volume is readOnly but volume mount is not', 'readOnly')] : []),
  ];
}

/** The mounts of one container. */
export function volumeMountErrors(
  mounts: readonly VolumeMount[] = [],
  volumes: ReadonlyMap<string, Volume>,
  features: FeaturesConfig,
): FieldError[] {
  const seen = new Set<string>();
  return mounts.flatMap((mount, i) => {
    const volume = volumes.get(mount.name);
    const errors = [
      ...(volume
        ? []
        : [withRemedy(generic('volumeMount has no matching volume', 'name'), 'Add a volume of that name to the pod.')]),
      ...pathErrors(mount.mountPath, seen),
      ...readOnlyErrors(mount, volume),
      ...propagationErrors(mount, features),
    ];
    seen.add(clean(mount.mountPath ?? ''));
    return via(`[${i}]`, errors);
  });
}
