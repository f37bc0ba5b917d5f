import fc from 'fast-check';
import type { KubeObject } from '../../../../lib/api';
import { parseYaml } from '../../../../lib/cli/input/parse-yaml';
import { printYaml } from '../../../../lib/cli/input/print-yaml';
import { ProblemError } from '../../../../lib/cli/output/problem';

const objectWith = (data: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: ${data}\n`;
const dataOf = (data: string): unknown => (parseYaml(objectWith(data), 'a.yaml')[0]!.object as { data?: unknown }).data;

describe('YAML is read as Kubernetes reads it', () => {
  test.each([
    ['yes', true],
    ['off', false],
    ['0644', 420],
    ['0o644', '0o644'],
    ['2001-12-14', '2001-12-14'],
    ['1:30', '1:30'],
    ['22:22:22', '22:22:22'],
    ['1.0', 1],
    ['"yes"', 'yes'],
    ['~', null],
  ])('%s', (text, value) => {
    expect(dataOf(text)).toEqual(value);
  });
});

test('documents and lists are taken apart, empty documents left out, and each object says where it stands', () => {
  const item = (name: string) => `{ apiVersion: v1, kind: Secret, metadata: { name: ${name} } }`;
  const text = `---\n---\n${item('a')}\n---\n# nothing\n---\n{ apiVersion: v1, kind: List, items: [${item('b')}, ${item('c')}] }\n`;
  const found = parseYaml(text, 'x.yaml').map(({ object, source }) => [object.metadata.name, source]);
  expect(found).toEqual([
    ['a', 'x.yaml, document 1'],
    ['b', 'x.yaml, document 2, item 1'],
    ['c', 'x.yaml, document 2, item 2'],
  ]);
});

test('a file with one document is named without a number', () => {
  expect(parseYaml(objectWith('{}'), 'x.yaml')[0]!.source).toBe('x.yaml');
});

function entriesOf(text: string): ProblemError {
  try {
    parseYaml(text, 'x.yaml');
  } catch (error) {
    if (error instanceof ProblemError) return error;
  }
  throw new Error('nothing was refused');
}

test('what is not YAML is refused with line and column', () => {
  const error = entriesOf('a: 1\nb: [1, 2\n');
  expect(error.code).toBe('KNC4002');
  expect(error.entries).toHaveLength(1);
  expect(error.entries[0]!.where).toMatch(/^x\.yaml:[23]:\d+$/);
});

test('every document that is no object is named at once', () => {
  const error = entriesOf('kind: Service\n---\n[1]\n---\napiVersion: v1\nkind: Secret\nmetadata: {}\n');
  expect(error.code).toBe('KNC4003');
  expect(error.entries.map(({ where, messages }) => [where, messages[0]!.text])).toEqual([
    ['x.yaml, document 1', 'missing field(s): apiVersion, metadata.name'],
    ['x.yaml, document 2', 'not a mapping of fields'],
    ['x.yaml, document 3', 'missing field(s): metadata.name'],
  ]);
});

test('aliases that multiply without end are refused, not expanded', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
  for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe'].map((pair) => [...pair])) {
    bomb.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(',')}]`);
  }
  expect(() => parseYaml(bomb.join('\n'), 'x.yaml')).toThrow(expect.objectContaining({ code: 'KNC4002' }));
});

test('what is printed is read again as the same objects, whatever strings they hold', () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constantFrom('yes', '0644', '1:30', '2001-01-01', '~', '', ' '),
      tie('list'),
      tie('map'),
    ),
    list: fc.array(tie('any'), { maxLength: 3 }),
    map: fc.dictionary(fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('<<', '=', 'yes', '1', '~')), tie('any'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  })).any;
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), (values) => {
      const objects = values.map((data, i): KubeObject & { data: unknown } => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `n${i}` },
        data,
      }));
      expect(parseYaml(printYaml(objects), 'x').map(({ object }) => object)).toEqual(objects);
    }),
    { numRuns: 200 },
  );
});
