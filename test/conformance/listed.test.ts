import { readFileSync } from 'node:fs';
import path from 'node:path';

type Listed = Readonly<Record<string, { readonly result: string; readonly reason: string }>>;

const root = path.join(__dirname, '../..');
const suites = JSON.parse(readFileSync(path.join(__dirname, 'expected.json'), 'utf8')) as Readonly<Record<string, Listed>>;
const page = readFileSync(path.join(root, 'docs/conformance.md'), 'utf8');

test('docs/conformance.md lists the tests of Knative that do not pass, with the reasons that the run knows', () => {
  const rows = page.split('\n').filter((line) => /^\| `Test/.test(line));
  const listed = Object.values(suites).flatMap((suite) =>
    Object.entries(suite).map(([name, { result, reason }]) => `| \`${name}\` | ${result} | ${reason} |`),
  );
  expect(rows).toEqual(listed);
});
