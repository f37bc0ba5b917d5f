import fc from 'fast-check';
import { DeploymentType } from '../../../../../lib/api';
import { type JsonObject, mergePatch } from '../../../../../lib/base';
import { strategicMerge } from '../../../../../lib/local/cluster/strategic';
import { kindSchema } from '../../../../../lib/local/schemas';

const schema = kindSchema(DeploymentType);
const names = (list: unknown) => (list as { name: string }[]).map(({ name }) => name);
const pod = (spec: object): JsonObject => ({ spec: { template: { spec } } });
const podOf = (object: JsonObject) => (object as { spec: { template: { spec: JsonObject } } }).spec.template.spec;

describe('a strategic merge patch', () => {
  test('without lists and directives is a merge patch', () => {
    const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2', null));
    const part = fc.record({ metadata: fc.record({ labels }), spec: fc.record({ replicas: fc.constantFrom(1, 2, null) }) });
    fc.assert(
      fc.property(part, part, (first, patch) => {
        const original = mergePatch({}, first) as JsonObject;
        expect(strategicMerge(original, patch as JsonObject, schema)).toEqual(mergePatch(original, patch));
      }),
    );
  });

  test('twice is once, and changes neither the object nor itself', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const containers = fc.uniqueArray(fc.record({ name, image: fc.constantFrom('1', '2') }), { selector: (one) => one.name });
    fc.assert(
      fc.property(containers, containers, (before, change) => {
        const [original, patch] = [pod({ containers: before }), pod({ containers: change })];
        const text = JSON.stringify([original, patch]);
        const once = strategicMerge(original, patch, schema);
        expect(strategicMerge(once, patch, schema)).toEqual(once);
        expect(JSON.stringify([original, patch])).toBe(text);
        expect(names(podOf(once).containers).sort()).toEqual([...new Set([...names(before), ...names(change)])].sort());
      }),
    );
  });

  test('puts items where $setElementOrder says, and those that it does not name where they were', () => {
    const original = pod({ containers: [{ name: 'a' }, { name: 'server-only' }, { name: 'b' }] });
    const patch = pod({
      '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }, { name: 'new' }],
      containers: [{ name: 'new' }],
    });
    expect(names(podOf(strategicMerge(original, patch, schema)).containers)).toEqual(['server-only', 'b', 'a', 'new']);
  });

  test.each([
    ['an unknown directive', { metadata: { $patch: 'something' } }],
    ['an unknown directive of an item', pod({ containers: [{ name: 'a', $patch: 'something' }] })],
    ['an item without its key', pod({ containers: [{ image: 'a' }] })],
    ['fields that $retainKeys does not name', { spec: { strategy: { $retainKeys: ['type'], rollingUpdate: {} } } }],
    ['values to delete that are no list', { metadata: { '$deleteFromPrimitiveList/finalizers': 'x' } }],
    ['an order that is no list', pod({ '$setElementOrder/containers': 'x' })],
  ])('with %s is refused', (_what, patch) => {
    const original = { metadata: { labels: {} }, spec: { strategy: {}, template: { spec: { containers: [{ name: 'a' }] } } } };
    expect(() => strategicMerge(original, patch as JsonObject, schema)).toThrow(
      expect.objectContaining({ name: 'ClusterError', reason: 'BadRequest' }),
    );
  });
});
