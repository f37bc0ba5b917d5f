import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { crd, knativeTypes } from '../../../lib/api';

const root = path.resolve(__dirname, '../../..');
const generated = path.join(root, 'lib/api/generated');

describe('the generator', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'knc-crds-'));
  beforeAll(() => execFileSync(process.execPath, ['lib/build/generate.mjs', '--crds', folder], { cwd: root }));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('writes one definition for each kind', () => {
    expect(readdirSync(folder).sort()).toEqual(knativeTypes.map((type) => `${type.plural}.${type.group}.yaml`).sort());
    for (const type of knativeTypes) {
      const written = parse(readFileSync(path.join(folder, `${type.plural}.${type.group}.yaml`), 'utf8'));
      expect(written).toEqual(JSON.parse(JSON.stringify(crd(type))));
    }
  });

  test('writes types without the schema library and without what is never allowed', () => {
    const types = readFileSync(path.join(generated, 'types.ts'), 'utf8');
    expect(types).not.toContain('typebox');
    expect(types).toContain('export interface Service extends KubeObject');
    expect(types).toMatch(/export type RevisionSpec = \{[^}]*readonly containers: readonly Container\[\];/);
    expect(types).not.toContain('nodeName');
  });

  test('keeps a definition small enough to be applied with kubectl', () => {
    // kubectl keeps what was applied last in an annotation, and annotations may have 256 KiB in all.
    for (const type of knativeTypes) expect(JSON.stringify(crd(type)).length).toBeLessThan(200 * 1024);
  });
});
