import fc from 'fast-check';
import { DeploymentType, type KubeObject, ServiceType } from '../../../../../lib/api';
import { jsonEqual, mergePatch } from '../../../../../lib/base';
import { FieldOwners, type Ownerships, type Writer } from '../../../../../lib/local/cluster/apply';
import { paths } from '../../../../../lib/local/cluster/apply/field-tree';
import { merged } from '../../../../../lib/local/cluster/apply/merged';
import { kindSchema } from '../../../../../lib/local/schemas';

const schema = kindSchema(DeploymentType);
const owners = new FieldOwners(schema, true);
const writer = (manager: string, time = '2030-01-01T00:00:00Z'): Writer => ({
  manager,
  apiVersion: 'apps/v1',
  subresource: '',
  time,
});
const NOBODY: Ownerships = new Map();

interface State {
  readonly object: KubeObject | undefined;
  readonly owners: Ownerships;
}
const EMPTY: State = { object: undefined, owners: NOBODY };

const apply = (state: State, manager: string, config: KubeObject, force = true): State =>
  owners.applied(state.object, config, state.owners, writer(manager), force);

/** A part of a Deployment of which names and values come from the given ones. */
const configOf = (names: readonly string[]): fc.Arbitrary<KubeObject> => {
  const name = fc.constantFrom(...names);
  const map = fc.dictionary(name, fc.constantFrom('1', '2'), { minKeys: 1, maxKeys: 2 });
  const env = fc.uniqueArray(fc.record({ name, value: fc.constantFrom('1', '2') }), {
    selector: (one) => one.name,
    minLength: 1,
    maxLength: 2,
  });
  const containers = fc.uniqueArray(fc.record({ name, image: fc.constantFrom('i:1', 'i:2'), env }), {
    selector: (one) => one.name,
    minLength: 1,
    maxLength: 2,
  });
  return fc.record({ labels: map, annotations: map, containers }).map(({ labels, annotations, containers: list }) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'x', labels, annotations },
    spec: { template: { spec: { containers: list } } },
  }));
};
const config = configOf(['a', 'b', 'c']);

/** Without what null removes, and with lists of named things in one order. */
const settled = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    const items = value.map(settled);
    return items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  const clean = mergePatch({}, value) as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(clean)
      .sort()
      .map((key) => [key, settled(clean[key])]),
  );
};
const fieldsOf = (state: State) =>
  [...state.owners.values()]
    .map(({ manager, fields }) => [manager, [...paths(fields)].map((path) => path.join(' ')).sort()])
    .sort();

describe('server-side apply', () => {
  test('twice is once', () => {
    fc.assert(
      fc.property(config, config, (first, second) => {
        const before = apply(apply(EMPTY, 'one', first), 'two', second);
        const again = apply(before, 'two', second);
        expect(jsonEqual(settled(again.object), settled(before.object))).toBe(true);
        expect(again.owners).toEqual(before.owners);
      }),
    );
  });

  test('by two who share no field comes to the same in either order, without conflict', () => {
    fc.assert(
      fc.property(configOf(['a', 'b']), configOf(['c', 'd']), (left, right) => {
        const one = apply(apply(EMPTY, 'one', left, false), 'two', right, false);
        const other = apply(apply(EMPTY, 'two', right, false), 'one', left, false);
        expect(settled(one.object)).toEqual(settled(other.object));
        expect(fieldsOf(one)).toEqual(fieldsOf(other));
      }),
    );
  });

  test('makes the object say all that is applied', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('one', 'two'), config), { minLength: 1, maxLength: 4 }), (steps) => {
        let state = EMPTY;
        for (const [manager, wanted] of steps) {
          state = apply(state, manager, wanted);
          expect(settled(merged(state.object, wanted, schema))).toEqual(settled(state.object));
        }
      }),
    );
  });

  test('of one alone leaves exactly what it applied last', () => {
    fc.assert(
      fc.property(config, config, (first, second) => {
        const { object } = apply(apply(EMPTY, 'one', first), 'one', second);
        expect(settled(object)).toEqual(settled(apply(EMPTY, 'one', second).object));
      }),
    );
  });

  test('leaves what another applied when one stops applying', () => {
    fc.assert(
      fc.property(config, config, (mine, theirs) => {
        const both = apply(apply(EMPTY, 'one', mine), 'two', theirs);
        const bare: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' } };
        const left = apply(both, 'one', bare);
        expect(settled(merged(left.object, theirs, schema))).toEqual(settled(left.object));
        const none = apply(left, 'two', bare);
        expect(none.owners.size).toBe(0);
      }),
    );
  });

  test('refuses exactly if a field of another would change', () => {
    fc.assert(
      fc.property(config, config, (first, second) => {
        const before = apply(EMPTY, 'one', first);
        const changes = !jsonEqual(settled(merged(second, first, schema)), settled(merged(first, second, schema)));
        const run = () => apply(before, 'two', second, false);
        if (changes) expect(run).toThrow(/^Apply failed with \d+ conflicts?: conflicts? with "one":/);
        else expect(run).not.toThrow();
      }),
    );
  });
});

describe('ownership', () => {
  test('of everything that is written goes to the writer, and of what is removed to nobody', () => {
    fc.assert(
      fc.property(config, config, (first, second) => {
        const before = apply(EMPTY, 'one', first);
        const after = owners.updated(before.object, second, before.owners, writer('two'));
        const all = [...after.values()].flatMap(({ fields }) => [...paths(fields)].map((path) => path.join(' ')));
        const wanted = fieldsOf(apply(EMPTY, 'any', second)).flatMap(([, list]) => list);
        for (const path of wanted) expect(all).toContain(path);
      }),
    );
  });

  test('with more than ten writers, the oldest are one', () => {
    let known = NOBODY;
    let before: KubeObject | undefined;
    for (let i = 0; i < 12; i++) {
      const annotations = { ...before?.metadata.annotations, [`key-${i}`]: 'x' };
      const next: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x', annotations } };
      known = owners.updated(before, next, known, writer(`writer-${i}`, `2030-01-01T00:00:${String(i).padStart(2, '0')}Z`));
      before = next;
    }
    expect([...known.values()].map(({ manager }) => manager).sort()).toEqual(
      ['ancient-changes', ...Array.from({ length: 9 }, (_, i) => `writer-${i + 3}`)].sort(),
    );
    const ancient = [...known.values()].find(({ manager }) => manager === 'ancient-changes')!;
    expect([...paths(ancient.fields)].map((path) => path.at(-1))).toEqual(
      expect.arrayContaining(['f:key-0', 'f:key-1', 'f:key-2']),
    );
  });

  test('of a custom resource follows its definition: ports by their keys, and what has no list type whole', () => {
    const service = new FieldOwners(kindSchema(ServiceType), true);
    const object: KubeObject = {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'x' },
      spec: { template: { spec: { containers: [{ image: 'a' }] } }, traffic: [{ percent: 100 }] },
    };
    const { owners: known } = service.applied(undefined, object, NOBODY, writer('one'), false);
    expect([...known.values()].flatMap(({ fields }) => [...paths(fields)].map((path) => path.join(' ')))).toEqual([
      'f:spec f:traffic',
      'f:spec f:template f:spec f:containers',
    ]);
  });
});
