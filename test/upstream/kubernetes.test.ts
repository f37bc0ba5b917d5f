import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { ConfigMapType, DeploymentType, K8sServiceType, type KubeObject, PodType } from '../../lib/api';
import { ClusterError } from '../../lib/kube';
import { decodeProtobuf, encodeProtobuf } from '../../lib/local/api-server/protobuf';
import { decodeOwnerships, encodeOwnerships, FieldOwners, type Ownerships } from '../../lib/local/cluster/apply';
import { strategicMerge } from '../../lib/local/cluster/strategic';
import { coreSchema, coreTypes, kindSchema, pruned, resolved } from '../../lib/local/schemas';
import { deploymentConfigs, pods, serviceConfigs, strategicPatches } from './kubernetes/arbitraries';
import { type Answer, describeOracle, type Job, type Step } from './kubernetes/oracle';

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
};

/** Without what is null or empty, which to Kubernetes is the same as not there. */
const solid = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.length > 0 ? value.map((item) => solid(item) ?? null) : undefined;
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const kept = Object.entries(value)
    .map(([key, part]) => [key, solid(part)] as const)
    .filter(([, part]) => part !== undefined);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
};

const timeless = (entries: readonly unknown[] | null | undefined): unknown[] =>
  (entries ?? [])
    .map((entry) => ({ ...(entry as object), time: undefined }))
    .map((entry) => JSON.stringify(sorted(entry)))
    .sort();

describeOracle("Kubernetes' own libraries agree:", (ask) => {
  test('the fields of every type, their numbers, types and merge keys', () => {
    const [{ types = [] }] = ask([{ op: 'types' }]) as [Answer];
    for (const { id, fields } of types) {
      const own = coreTypes().get(id);
      expect(own && [id, own.fields.map((field) => field.name).sort()]).toEqual([
        id,
        fields.map(({ name, inline, type }) => (inline ? String(type).split('.').at(-1) : name)).sort(),
      ]);
      for (const field of fields) {
        const known = own!.fields.find(({ number }) => number === field.number)!;
        const strategies = String(field.strategy ?? '').split(',');
        const list = field.shape === 'list';
        expect([
          id,
          field.name,
          known.type,
          known.shape,
          known.pointer && known.shape === 'one',
          known.mergeKey,
          known.retainKeys,
        ]).toEqual([
          id,
          field.name,
          field.type,
          field.shape,
          field.pointer,
          list && strategies.includes('merge') ? field.mergeKey : undefined,
          strategies.includes('retainKeys'),
        ]);
        if (known.required) expect([id, field.name, field.omit]).toEqual([id, field.name, false]);
      }
    }
    expect(types.length).toBeGreaterThan(200);
  });

  test('which lists are maps, sets or atomic, and which objects are owned whole', () => {
    const module = JSON.parse(
      execFileSync('go', ['mod', 'download', '-json', 'k8s.io/client-go@v0.34.4'], { cwd: tmpdir(), encoding: 'utf8' }),
    ) as { Dir: string };
    const source = readFileSync(path.join(module.Dir, 'applyconfigurations/internal/internal.go'), 'utf8');
    const from = source.lastIndexOf('YAMLObject(`') + 12;
    const { types } = parse(source.slice(from, source.indexOf('`)', from))) as { types: readonly SmdType[] };
    const byName = new Map(types.map((type) => [type.name, type]));
    let compared = 0;
    for (const [id, type] of coreTypes()) {
      const theirs = byName.get(id)?.map;
      if (!theirs?.fields) continue;
      const schema = coreSchema(id);
      expect([id, type.atomic]).toEqual([id, theirs.elementRelationship === 'atomic']);
      for (const { name, type: field } of theirs.fields) {
        const own = resolved(schema.properties![name]!);
        if (field.list) {
          const listType = field.list.keys ? 'map' : field.list.elementRelationship === 'associative' ? 'set' : 'atomic';
          expect([id, name, own['x-kubernetes-list-type'], own['x-kubernetes-list-map-keys']]).toEqual([
            id,
            name,
            listType,
            field.list.keys,
          ]);
          compared++;
        } else if (field.map?.elementRelationship) {
          expect([id, name, own['x-kubernetes-map-type']]).toEqual([id, name, field.map.elementRelationship]);
        }
      }
    }
    expect(compared).toBeGreaterThan(100);
  });

  test('protobuf: what Go writes is read, and what is written Go reads', () => {
    const objects = fc.sample(pods, { numRuns: 150, seed: 7 }) as KubeObject[];
    const encoded = ask(objects.map((original): Job => ({ op: 'encode', apiVersion: 'v1', kind: 'Pod', original })));
    expect(encoded.map(({ error }) => error).filter(Boolean)).toEqual([]);
    for (const { bytes, object } of encoded) {
      expect(sorted(solid(decodeProtobuf(Buffer.from(bytes!, 'base64'))))).toEqual(sorted(solid(object)));
    }
    const ours = objects.map((object): Job => ({ op: 'decode', bytes: Buffer.from(encodeProtobuf(object)!).toString('base64') }));
    ask(ours).forEach(({ error, object }, i) => {
      expect(error).toBeUndefined();
      expect(sorted(solid(object))).toEqual(sorted(solid(encoded[i]!.object)));
    });
  });

  test('strategic merge', () => {
    const cases = fc.sample(fc.tuple(deploymentConfigs, strategicPatches), { numRuns: 400, seed: 11 });
    const job = (original: unknown, patch: unknown): Job => ({
      op: 'strategic',
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      original,
      patch,
    });
    const theirs = ask(cases.map(([original, patch]) => job(original, patch)));
    let merged = 0;
    theirs.forEach(({ error, object }, i) => {
      const [original, patch] = cases[i]!;
      const run = () => strategicMerge(original as never, patch as never, kindSchema(DeploymentType));
      if (error) expect(run).toThrow(ClusterError);
      else {
        // Theirs leaves a directive in what is new; decoding drops it.
        expect(sorted(run())).toEqual(sorted(pruned(object, kindSchema(DeploymentType))));
        merged++;
      }
    });
    expect(merged).toBeGreaterThan(300);
  });

  test.each([
    [
      ConfigMapType.kind,
      ConfigMapType,
      fc
        .dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'))
        .map((data) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data })),
    ],
    [DeploymentType.kind, DeploymentType, deploymentConfigs],
    [K8sServiceType.kind, K8sServiceType, serviceConfigs],
    [PodType.kind, PodType, pods],
  ] as const)('who owns which field of a %s after a row of applies and updates', (_kind, type, configs) => {
    const steps = fc.record({
      op: fc.constantFrom('apply' as const, 'apply' as const, 'update' as const),
      manager: fc.constantFrom('one', 'two', 'three'),
      force: fc.boolean(),
      object: configs as fc.Arbitrary<unknown>,
    });
    const rows = fc.sample(fc.array(steps, { minLength: 1, maxLength: 5 }), { numRuns: 150, seed: 13 });
    const { apiVersion, kind } = rows[0]![0]!.object as KubeObject;
    const answers = ask(rows.map((row): Job => ({ op: 'owners', apiVersion, kind, steps: row })));
    const owners = new FieldOwners(kindSchema(type), false);
    rows.forEach((row, i) => {
      let live: KubeObject | undefined;
      let known: Ownerships = new Map();
      row.forEach((step, at) => {
        const theirs = answers[i]!.states![at]!;
        const ours = ran(owners, live, known, step);
        expect([row, ours.error]).toEqual([row, theirs.error]);
        ({ live, known } = ours);
        expect([row.slice(0, at + 1), timeless(encodeOwnerships(known))]).toEqual([
          row.slice(0, at + 1),
          timeless(theirs.fields),
        ]);
        if (live)
          expect([row.slice(0, at + 1), sorted(solid(live))]).toEqual([row.slice(0, at + 1), sorted(solid(theirs.object))]);
      });
    });
  });
});

interface SmdType {
  readonly name: string;
  readonly map?: {
    readonly elementRelationship?: string;
    readonly fields?: readonly {
      readonly name: string;
      readonly type: {
        readonly list?: { readonly elementRelationship: string; readonly keys?: readonly string[] };
        readonly map?: { readonly elementRelationship?: 'atomic' };
      };
    }[];
  };
}

function ran(owners: FieldOwners, live: KubeObject | undefined, known: Ownerships, step: Step) {
  const object = step.object as KubeObject;
  const writer = { manager: step.manager, apiVersion: object.apiVersion, subresource: '', time: '2030-01-01T00:00:00Z' };
  if (step.op === 'update') {
    return { live: object, known: decoded(owners.updated(live, object, known, writer)), error: undefined };
  }
  try {
    const applied = owners.applied(live, object, known, writer, step.force);
    return { live: applied.object, known: decoded(applied.owners), error: undefined };
  } catch (error) {
    if (!ClusterError.is(error, 'Conflict')) throw error;
    return { live, known, error: error.message };
  }
}

/** As they come back from the object that they are stored with. */
const decoded = (owners: Ownerships): Ownerships => decodeOwnerships(encodeOwnerships(owners));
