import {
  type Condition,
  type Configuration,
  type Ingress,
  type KubeObject,
  labels,
  type ObjectMeta,
  type Revision,
  type Route,
  type Service,
  type Stored,
  setDefaults,
  type TrafficTarget,
} from '../../../../lib/api';

/** The time at which plans are made in tests. */
export const NOW = Date.UTC(2026, 0, 1, 12);
export const NOW_TEXT = '2026-01-01T12:00:00Z';
export const BEFORE_TEXT = '2026-01-01T10:00:00Z';

/** An object as a server has it: uid from kind and name, generation 1. */
export function stored<T extends KubeObject>(object: T, metadata: ObjectMeta = {}): Stored<T> {
  const name = object.metadata.name ?? '';
  return {
    ...object,
    metadata: {
      namespace: 'default',
      uid: `uid-${object.kind.toLowerCase()}-${name}`,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: BEFORE_TEXT,
      ...object.metadata,
      ...metadata,
      name,
    },
  } as Stored<T>;
}

export function ownedBy(owner: KubeObject): ObjectMeta {
  const { name = '', uid = '' } = owner.metadata;
  return {
    ownerReferences: [{ apiVersion: owner.apiVersion, kind: owner.kind, name, uid, controller: true, blockOwnerDeletion: true }],
  };
}

export const condition = (type: string, status: Condition['status'], reason?: string, message?: string): Condition => ({
  type,
  status,
  lastTransitionTime: BEFORE_TEXT,
  ...(reason ? { reason } : {}),
  ...(message ? { message } : {}),
});

export const template = (
  image = 'example.com/hello@sha256:0000000000000000000000000000000000000000000000000000000000000000',
  name?: string,
) => ({
  ...(name ? { metadata: { name } } : {}),
  spec: { containers: [{ image }] },
});

export function service(
  name = 'hello',
  more: { metadata?: ObjectMeta; spec?: Partial<Service['spec']>; status?: Service['status'] } = {},
) {
  const object: Service = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name },
    spec: { template: template(), ...more.spec },
    ...(more.status ? { status: more.status } : {}),
  };
  return stored(object, more.metadata);
}

export function configuration(
  name = 'hello',
  more: { metadata?: ObjectMeta; template?: Configuration['spec']['template']; status?: Configuration['status'] } = {},
) {
  const object: Configuration = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Configuration',
    metadata: { name },
    spec: { template: more.template ?? template() },
    ...(more.status ? { status: more.status } : {}),
  };
  return stored(setDefaults(object), more.metadata);
}

/** A revision of a configuration, of generation 1 unless `metadata` says otherwise. */
export function revision(
  name = 'hello-00001',
  more: {
    of?: Stored<Configuration>;
    generation?: number;
    metadata?: ObjectMeta;
    spec?: Revision['spec'];
    status?: Revision['status'];
  } = {},
) {
  const of = more.of ?? configuration();
  const object: Revision = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: { name },
    spec: more.spec ?? template().spec,
    ...(more.status ? { status: more.status } : {}),
  };
  const own = {
    [labels.configuration]: of.metadata.name,
    [labels.configurationGeneration]: String(more.generation ?? 1),
    [labels.service]: of.metadata.name,
    [labels.routingState]: 'active',
  };
  return stored(setDefaults(object), {
    ...ownedBy(of),
    ...more.metadata,
    labels: { ...own, ...more.metadata?.labels },
  });
}

export const ready = (observedGeneration = 1) => ({ observedGeneration, conditions: [condition('Ready', 'True')] });
export const failed = (message: string, reason = 'ExitCode1') => ({
  observedGeneration: 1,
  conditions: [condition('Ready', 'False', reason, message)],
});

export function route(
  traffic: readonly TrafficTarget[] = [{ configurationName: 'hello', latestRevision: true, percent: 100 }],
  more: { name?: string; metadata?: ObjectMeta; status?: Route['status'] } = {},
) {
  const object: Route = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Route',
    metadata: { name: more.name ?? 'hello' },
    spec: { traffic },
    ...(more.status ? { status: more.status } : {}),
  };
  return stored(object, more.metadata);
}

export function ingress(name: string, spec: Ingress['spec'], metadata: ObjectMeta = {}, status?: Ingress['status']) {
  const object: Ingress = {
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'Ingress',
    metadata: { name },
    spec,
    ...(status ? { status } : {}),
  };
  return stored(object, metadata);
}

/** The conditions of a status, by type, as `Status/Reason: message`. */
export function summary(status: unknown): Record<string, string> {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly Condition[] };
  return Object.fromEntries(
    conditions.map((c) => [
      c.type,
      [c.reason ? `${c.status}/${c.reason}` : c.status, ...(c.message ? [c.message] : [])].join(': '),
    ]),
  );
}
