import type { Container, PodSpec } from '../../api';
import type { EdgeKind, ObjectRef } from './graph';

/** Something that an object refers to. */
export interface Reference {
  readonly to: ObjectRef;
  readonly kind: EdgeKind;
  readonly label?: string;
  readonly percent?: number;
  /** It need not be there. */
  readonly optional?: boolean;
  /** The arrow points from what is named to the object that names it. */
  readonly reversed?: boolean;
}

const CLUSTER_URL = /^(?:[a-z]+:\/\/)?([a-z0-9-]+)\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local)?)(?::\d+)?(?:\/|$)/;

function core(kind: string, namespace: string | undefined, name: string, label: string, optional?: boolean): Reference {
  return { to: { apiVersion: 'v1', kind, namespace, name }, kind: 'uses', label, ...(optional ? { optional } : {}) };
}

function containerReferences({ env = [], envFrom = [] }: Container, namespace: string | undefined): Reference[] {
  const values = env.flatMap(({ name, value, valueFrom }): Reference[] => {
    const [map, secret] = [valueFrom?.configMapKeyRef, valueFrom?.secretKeyRef];
    if (map?.name) return [core('ConfigMap', namespace, map.name, 'env', map.optional)];
    if (secret?.name) return [core('Secret', namespace, secret.name, 'env', secret.optional)];
    const [, service, at] = CLUSTER_URL.exec(value ?? '') ?? [];
    if (!service || !at) return [];
    return [
      { to: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', namespace: at, name: service }, kind: 'calls', label: name },
    ];
  });
  const all = envFrom.flatMap(({ configMapRef, secretRef }): Reference[] => [
    ...(configMapRef?.name ? [core('ConfigMap', namespace, configMapRef.name, 'env', configMapRef.optional)] : []),
    ...(secretRef?.name ? [core('Secret', namespace, secretRef.name, 'env', secretRef.optional)] : []),
  ]);
  return [...values, ...all];
}

function volumeReferences({ volumes = [] }: PodSpec, namespace: string | undefined): Reference[] {
  return volumes.flatMap((volume): Reference[] => {
    const { configMap, secret, projected, persistentVolumeClaim: claim } = volume;
    const sources = [
      { configMap, secret },
      ...((projected as { readonly sources?: readonly object[] } | undefined)?.sources ?? []),
    ] as readonly {
      readonly configMap?: { readonly name?: string; readonly optional?: boolean };
      readonly secret?: { readonly name?: string; readonly secretName?: string; readonly optional?: boolean };
    }[];
    const files = sources.flatMap((source) => {
      const secretName = source.secret?.secretName ?? source.secret?.name;
      return [
        ...(source.configMap?.name
          ? [core('ConfigMap', namespace, source.configMap.name, 'volume', source.configMap.optional)]
          : []),
        ...(secretName ? [core('Secret', namespace, secretName, 'volume', source.secret?.optional)] : []),
      ];
    });
    const claimed = (claim as { readonly claimName?: string } | undefined)?.claimName;
    return [...files, ...(claimed ? [core('PersistentVolumeClaim', namespace, claimed, 'volume')] : [])];
  });
}

/** Everything that pods of this spec need beside their images. */
export function podReferences(spec: PodSpec, namespace: string | undefined): Reference[] {
  const { containers = [], initContainers = [], serviceAccountName, imagePullSecrets = [] } = spec;
  return [
    ...[...initContainers, ...containers].flatMap((container) => containerReferences(container, namespace)),
    ...volumeReferences(spec, namespace),
    ...(serviceAccountName ? [core('ServiceAccount', namespace, serviceAccountName, 'account')] : []),
    ...(imagePullSecrets as readonly { readonly name?: string }[]).flatMap(({ name }) =>
      name ? [core('Secret', namespace, name, 'pull')] : [],
    ),
  ];
}
