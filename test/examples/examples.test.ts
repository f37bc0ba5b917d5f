import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../lib/api';
import { validate } from '../../lib/api';

const EXAMPLES = path.join(__dirname, '../../examples');

/** The YAML that an example writes when its main file runs. */
function synthesize(example: string): string {
  const outdir = mkdtempSync(path.join(tmpdir(), 'example-'));
  process.env.CDK8S_OUTDIR = outdir;
  try {
    jest.isolateModules(() => require(path.join(EXAMPLES, example, 'main.ts')));
    return readdirSync(outdir)
      .sort()
      .map((file) => readFileSync(path.join(outdir, file), 'utf8'))
      .join('---\n');
  } finally {
    delete process.env.CDK8S_OUTDIR;
    rmSync(outdir, { recursive: true });
  }
}

describe.each(readdirSync(EXAMPLES))('example %s', (example) => {
  test('synthesizes this YAML, of which every object is valid', () => {
    const text = synthesize(example);
    const objects = parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
    expect(objects.length).toBeGreaterThan(0);
    for (const object of objects) expect(validate(object).filter(({ level }) => level !== 'warning')).toEqual([]);
    expect(`\n${text}`).toMatchSnapshot();
  });

  test('has a README of at most 30 lines', () => {
    const lines = readFileSync(path.join(EXAMPLES, example, 'README.md'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines.length).toBeLessThanOrEqual(30);
  });
});
