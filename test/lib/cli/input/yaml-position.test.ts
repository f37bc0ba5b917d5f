import { readYaml } from '../../../../lib/cli/input/parse-yaml';

const TEXT = `apiVersion: v1
kind: Service
metadata:
  name: a
  annotations:
    example.com/a.b: x
    example.com/a: y
spec:
  traffic:
    - percent: 50
      tag: one
    -   percent: 60
  shared: &shared
    deep: 1
  alias: *shared
`;

const position = readYaml(TEXT, 'a.yaml').objects[0]!.position!;
const at = (path: string) => {
  const { line, column, length } = position(path);
  return TEXT.split('\n')[line - 1]!.slice(column - 1, column - 1 + length);
};

test.each([
  ['metadata.name', 'name: a'],
  ['spec.traffic[0].percent', 'percent: 50'],
  ['spec.traffic[1].percent', 'percent: 60'],
  ['spec.traffic[*].tag', 'tag: one'],
  ['spec.traffic', 'traffic'],
  ['metadata.annotations.example.com/a.b', 'example.com/a.b: x'],
  ['metadata.annotations.example.com/a', 'example.com/a: y'],
  ['metadata.annotations[example.com/a.b]', 'example.com/a.b: x'],
  ['metadata.name=a', 'name: a'],
  ['spec.alias.deep', 'deep: 1'],
])('%s is shown where it stands', (path, text) => {
  expect(at(path)).toBe(text);
});

test.each([
  ['spec.template.spec.containers[0].image', 'spec'],
  ['spec.traffic[1].tag', 'p'],
  ['spec.traffic[7].percent', 'traffic'],
  ['', 'a'],
])('a field that is missing, %s, is shown as what it should be in', (path, text) => {
  expect(at(path)).toBe(text);
});

test('objects of a List are found each for itself', () => {
  const list = `kind: List\nitems:\n  - { apiVersion: v1, kind: Secret, metadata: { name: a } }\n  - apiVersion: v1\n    kind: Secret\n    metadata: { name: b }\n`;
  const { objects } = readYaml(list, 'x');
  expect(objects.map((object) => object.position!('metadata.name').line)).toEqual([3, 6]);
});

test('a broken document hides none of the others', () => {
  const { objects, mistakes } = readYaml(
    'a: [1\n---\napiVersion: v1\nkind: Secret\nmetadata: { name: a }\n---\nkind: X\n',
    'x.yaml',
  );
  expect(objects.map(({ object }) => object.metadata.name)).toEqual(['a']);
  expect(mistakes.map(({ code, source, position: { line } }) => [code, source, line])).toEqual([
    ['KNC4002', 'x.yaml, document 1', 2],
    ['KNC4003', 'x.yaml, document 3', 7],
  ]);
});
