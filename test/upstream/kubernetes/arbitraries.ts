import fc from 'fast-check';

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 2 });

/** An object with some of these fields. */
function some(fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .record(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, maybe(value)])))
    .map((object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)));
}

const word = fc.constantFrom('a', 'b', 'c');
const labels = fc.dictionary(word, word, { maxKeys: 3 });
const uniqueBy = <T>(value: fc.Arbitrary<T>, key: (item: T) => unknown): fc.Arbitrary<T[]> =>
  fc.uniqueArray(value, { selector: (item) => JSON.stringify(key(item)), maxLength: 3 });

const named = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<{ name: string }> =>
  fc.tuple(word, some(fields)).map(([name, rest]) => ({ name, ...rest }));

const port = fc
  .tuple(
    fc.constantFrom(80, 81),
    some({ name: word, protocol: fc.constantFrom('TCP', 'UDP'), hostPort: fc.constantFrom(0, 9000) }),
  )
  .map(([containerPort, rest]): Record<string, unknown> => ({ containerPort, ...rest }));
const ports = uniqueBy(port, ({ containerPort, protocol = 'TCP' }) => [containerPort, protocol]);
const env = uniqueBy(named({ value: word }), ({ name }) => name);
const container = named({
  image: fc.constantFrom('i:1', 'i:2'),
  args: fc.array(word, { maxLength: 2 }),
  env,
  ports,
  resources: some({ limits: fc.constantFrom({ cpu: '1' }, { cpu: '500m', memory: '1Gi' }) }),
  readinessProbe: some({
    httpGet: fc.constantFrom({ port: 80 }, { port: 'http', path: '/x' }),
    periodSeconds: fc.constantFrom(1, 2),
  }),
});
const containers = uniqueBy(container, ({ name }) => name);
const volumes = uniqueBy(
  named({ emptyDir: fc.constant({}), secret: fc.constant({ secretName: 's', optional: true }) }),
  ({ name }) => name,
);
const metadata = some({
  labels,
  annotations: labels,
  finalizers: fc.uniqueArray(fc.constantFrom('x/a', 'x/b'), { maxLength: 2 }),
}).map((rest) => ({ name: 'x', namespace: 'default', ...rest }));
const podSpec = some({
  containers,
  initContainers: containers,
  volumes,
  nodeSelector: labels,
  serviceAccountName: word,
  terminationGracePeriodSeconds: fc.constantFrom(0, 30),
});

/** Deployments, or parts of them, as people apply them. */
export const deploymentConfigs = fc
  .tuple(
    metadata,
    some({
      replicas: fc.constantFrom(0, 1, 2),
      selector: fc.constantFrom({ matchLabels: { a: 'a' } }, { matchLabels: { a: 'b' } }),
      strategy: fc.constantFrom({ type: 'Recreate' }, { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }),
      template: some({ metadata: some({ labels }), spec: podSpec }),
    }),
  )
  .map(([meta, spec]) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta, spec }));

export const serviceConfigs = fc
  .tuple(
    metadata,
    some({
      selector: labels,
      type: fc.constantFrom('ClusterIP', 'NodePort'),
      externalIPs: fc.uniqueArray(fc.constantFrom('1.1.1.1', '2.2.2.2')),
      ports: uniqueBy(
        fc
          .tuple(
            fc.constantFrom(80, 81),
            some({ name: word, protocol: fc.constantFrom('TCP', 'UDP'), targetPort: fc.constantFrom(80, 'http') }),
          )
          .map(([number, rest]): Record<string, unknown> => ({ port: number, ...rest })),
        ({ port: number, protocol = 'TCP' }) => [number, protocol],
      ),
    }),
  )
  .map(([meta, spec]) => ({ apiVersion: 'v1', kind: 'Service', metadata: meta, spec }));

export const pods = fc.tuple(metadata, podSpec).map(([meta, spec]) => ({ apiVersion: 'v1', kind: 'Pod', metadata: meta, spec }));

const removed = fc.constant(null);
const deletion = word.map((name) => ({ name, $patch: 'delete' }));
const patchList = <T>(items: fc.Arbitrary<T[]>): fc.Arbitrary<unknown[]> =>
  fc.tuple(items, fc.array(deletion, { maxLength: 1 }), fc.boolean()).map(([list, deletions, first]): unknown[] => {
    const names = new Set<string>(deletions.map(({ name }) => name));
    const kept = list.filter((item) => !names.has((item as { name: string }).name));
    return first ? [...deletions, ...kept] : [...kept, ...deletions];
  });
const order = fc.shuffledSubarray(['a', 'b', 'c'], { minLength: 3 }).map((names) => names.map((name) => ({ name })));

/** Strategic patches of a Deployment, with and without directives. */
export const strategicPatches = some({
  metadata: some({
    labels: fc.oneof(
      labels,
      removed,
      labels.map((all) => ({ ...all, $patch: 'replace' })),
      fc.constant({ a: null }),
    ),
    finalizers: fc.uniqueArray(fc.constantFrom('x/a', 'x/b', 'x/c'), { maxLength: 2 }),
    '$deleteFromPrimitiveList/finalizers': fc.constant(['x/a']),
  }).map(({ finalizers, ...rest }) =>
    // Both at once happen in no order that anybody could rely on.
    finalizers === undefined || '$deleteFromPrimitiveList/finalizers' in rest ? rest : { ...rest, finalizers },
  ),
  spec: some({
    replicas: fc.oneof(fc.constantFrom(3, 4), removed),
    strategy: fc.constantFrom<unknown>(
      { $retainKeys: ['type'], type: 'Recreate' },
      { $retainKeys: ['type'], rollingUpdate: {} },
      { type: 'Recreate', rollingUpdate: null },
    ),
    template: some({
      spec: fc
        .tuple(
          some({
            containers: fc.oneof(
              patchList(containers),
              containers.map((list): unknown[] => [...list, { $patch: 'replace' }]),
            ),
            volumes: patchList(volumes),
            nodeSelector: fc.oneof(labels, removed),
          }),
          maybe(order),
        )
        .map(([spec, names]): Record<string, unknown> => {
          const list = (spec.containers ?? []) as readonly { name?: string; $patch?: string }[];
          const given = list.filter(({ $patch }) => $patch === undefined).map(({ name }) => name);
          if (!names || list.some(({ $patch }) => $patch === 'replace')) return spec;
          // The items of the patch stand in the order that it asks for.
          const asked = names.filter(({ name }) => !given.includes(name));
          return { ...spec, '$setElementOrder/containers': [...given.map((name) => ({ name })), ...asked] };
        }),
    }),
  }),
});
