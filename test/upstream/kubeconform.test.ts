import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { KUBECONFORM_TEMPLATE, schemaFiles } from '../../lib/cli/schemas/schema-files';

const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-kubeconform-'));
const binary = path.join(folder, 'kubeconform');

/** Why kubeconform cannot be run, or undefined. */
function obstacle(): string | undefined {
  try {
    const module = 'github.com/yannh/kubeconform/cmd/kubeconform@v0.6.7';
    execFileSync('go', ['install', module], {
      env: { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' },
      cwd: folder,
      stdio: 'pipe',
    });
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'Go is not installed' : `kubeconform cannot be built: ${error}`;
  }
}

const missing = obstacle();
if (missing) process.stderr.write(`kubeconform: not run, because ${missing}\n`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

(missing ? describe.skip : describe)(`kubeconform${missing ? ` (${missing})` : ''}`, () => {
  const location = path.join(folder, 'schemas', KUBECONFORM_TEMPLATE);
  const SERVICE =
    'apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: a }\nspec: { template: { spec: { containers: [{ image: example.com/app }] } } }\n';

  beforeAll(() => {
    for (const { path: name, schema } of schemaFiles()) {
      const file = path.join(folder, 'schemas', name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(schema));
    }
  });

  function run(yaml: string): { status: number | null; out: string } {
    const { status, stdout } = spawnSync(binary, ['-strict', '-summary', '-schema-location', location, '-'], {
      input: yaml,
      encoding: 'utf8',
    });
    return { status, out: stdout };
  }

  test('accepts what is valid', () => {
    const route = 'apiVersion: serving.knative.dev/v1\nkind: Route\nmetadata: { name: a }\nspec: { traffic: [] }\n';
    expect(run(`${SERVICE}---\n${route}`)).toMatchObject({ status: 0, out: expect.stringContaining('Valid: 2') });
  });

  test('refuses what is not, and names the field', () => {
    const { status, out } = run(SERVICE.replace('image:', 'imagee:'));
    expect(status).toBe(1);
    expect(out).toContain("additionalProperties 'imagee' not allowed");
  });
});
