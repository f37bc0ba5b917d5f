import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-cdk8s-cli-'));
const cli = path.join(folder, 'node_modules/cdk8s-cli/bin/cdk8s');

/** Why the command line of cdk8s cannot be had, or undefined. */
function obstacle(): string | undefined {
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', 'cdk8s-cli@2', 'cdk8s@2', 'constructs@10'];
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', timeout: 240_000 });
  return status === 0 ? undefined : `cdk8s-cli cannot be installed: ${stderr.trim().split('\n').at(-1)}`;
}

const missing = obstacle();
if (missing) process.stderr.write(`cdk8s-cli: not run, because ${missing}\n`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

(missing ? describe.skip : describe)(`the validation plugin in cdk8s-cli${missing ? ` (${missing})` : ''}`, () => {
  const installed = path.join(folder, 'node_modules/knative-constructs');
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

  beforeAll(() => {
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root, encoding: 'utf8' }),
    ) as [{ filename: string; version: string }];
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['xzf', path.join(folder, packed.filename), '--strip-components=1', '-C', installed]);
    // Where cdk8s-cli would install the plugin for a package name.
    const plugin = path.join(folder, 'plugins/knative-constructs', packed.version, 'node_modules');
    mkdirSync(plugin, { recursive: true });
    cpSync(installed, path.join(plugin, 'knative-constructs'), { recursive: true });
  });

  function synth(plugin: string, spec: string, properties = '{}') {
    const { version } = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')) as { version: string };
    write(
      'cdk8s.yaml',
      `app: node main.js\npluginsDirectory: ${path.join(folder, 'plugins')}\nvalidations:\n  - package: ${plugin}\n    version: ${version}\n    class: KnativeValidation\n    properties: ${properties}\n`,
    );
    write(
      'main.js',
      `const { ApiObject, App, Chart } = require('cdk8s');
       const app = new App();
       new ApiObject(new Chart(app, 'shop'), 'web', { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'web' },
         spec: { template: { spec: ${spec} } } });
       app.synth();`,
    );
    rmSync(path.join(folder, 'report.json'), { force: true });
    const run = spawnSync(process.execPath, [cli, 'synth', '--validation-reports-output-file', 'report.json'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 120_000,
      env: { ...process.env, CDK8S_DISABLE_SORT: '' },
    });
    return { status: run.status, out: run.stdout + run.stderr };
  }

  const GOOD = `{ containers: [{ image: 'example.com/web' }] }`;
  const BAD = `{ containers: [{ image: 'example.com/web', imagee: 'x' }], containerConcurrency: -1 }`;

  test.each(['./node_modules/knative-constructs', 'knative-constructs'])('package: %s lets what is valid pass', (plugin) => {
    const { status, out } = synth(plugin, GOOD);
    expect({ status, ended: out.includes('Validations ended succesfully') || out }).toEqual({ status: 0, ended: true });
  });

  test('fails for what is not, and names rule, construct, field and remedy in its report', () => {
    const { status, out } = synth('./node_modules/knative-constructs', BAD);
    expect(status).not.toBe(0);
    for (const text of ['KNC2001', 'shop/web', 'spec.template.spec.containerConcurrency', 'Did you mean "image"?'])
      expect(out).toContain(text);
    const report = readFileSync(path.join(folder, 'report.json'), 'utf8');
    expect(report).toContain('expected 0 <= -1 <= 1000');
  });

  test('properties reach the plugin', () => {
    const gated = `{ hostPID: true, containers: [{ image: 'example.com/web' }] }`;
    expect(synth('./node_modules/knative-constructs', gated).status).toBe(0);
    expect(synth('./node_modules/knative-constructs', gated, '{ strict: true }').status).not.toBe(0);
  });
});
