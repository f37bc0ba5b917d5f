import path from 'node:path';
import { styleFor } from '../../../../lib/cli/output/style';
import { countLevels } from '../../../../lib/cli/validate/finding';
import { findingJson } from '../../../../lib/cli/validate/json-report';
import { textReport } from '../../../../lib/cli/validate/text-report';
import { validatePaths } from '../../../../lib/cli/validate/validate-paths';
import { FakeIo } from '../fake-io';
import { bundleSynthChild, root, testRunner } from '../synth-child';
import { tempFolder } from '../temp-folder';

const childFile = bundleSynthChild();
const head = `import { ApiObject, App, Chart } from 'cdk8s';\nimport { KnService } from ${JSON.stringify(path.join(root, 'constructs'))};\nconst app = new App();\nconst chart = new Chart(app, 'shop');\n`;

async function validate(body: string, more: Record<string, string> = {}) {
  const cwd = tempFolder({ 'main.ts': `${head}${body}\napp.synth();\n`, ...more });
  const paths = ['main.ts', ...Object.keys(more)];
  return validatePaths(paths, testRunner(childFile, cwd), async () => '', 'default');
}

test('what a construct is given wrongly is told with its path, field and remedy, all of them at once', async () => {
  const { findings } = await validate(
    `new KnService(chart, 'a', { image: 'example.com/app', scale: { min: 5, max: 3 } });
     new KnService(chart, 'b', { image: '' });`,
  );
  expect(findings.map(findingJson)).toMatchInlineSnapshot(`
[
  {
    "code": "KNC1001",
    "construct": "shop/a",
    "fields": [
      "spec.template.metadata.annotations.autoscaling.knative.dev/max-scale",
      "spec.template.metadata.annotations.autoscaling.knative.dev/min-scale",
    ],
    "level": "error",
    "message": "max-scale=3 is less than min-scale=5",
    "remedy": "Raise max-scale to at least 5, or lower min-scale.",
  },
  {
    "code": "KNC1001",
    "construct": "shop/b",
    "fields": [
      "spec.template.spec.containers[0].image",
    ],
    "level": "error",
    "message": "missing field(s)",
    "remedy": "Name the image to run, such as "registry.example.com/team/app:1.2".",
  },
]
`);
});

test('an app that throws is one finding at the line that threw', async () => {
  const { findings, texts, ...rest } = await validate(`throw new Error('no such team');`);
  expect(findings.map(findingJson)).toEqual([
    expect.objectContaining({
      code: 'KNC1002',
      message: 'no such team',
      file: 'main.ts',
      line: 5,
      details: expect.stringMatching(/^at main.ts:5:/),
    }),
  ]);
  expect(textReport({ findings, texts, ...rest }, true, styleFor({ env: {} }, new FakeIo().stderr))).toContain('main.ts:5:');
});

test('objects that no construct of ours has checked are checked too, and found by construct', async () => {
  const { findings } = await validate(
    `new ApiObject(chart, 'raw', { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'raw' }, spec: { template: { spec: { containers: [{ image: 'example.com/app', imagee: 'b' }] } } } });`,
  );
  expect(findings.map(findingJson)).toEqual([
    expect.objectContaining({ construct: 'shop/raw', message: 'unknown field "spec.template.spec.containers[0].imagee"' }),
  ]);
});

test('warnings of constructs stand apart from errors and say how to silence them', async () => {
  const { findings } = await validate(`new KnService(chart, 'a', { name: 'a-00001', image: 'example.com/app' });`);
  expect(countLevels(findings)).toEqual({ error: 0, warning: 1, note: 0 });
  expect(findings[0]).toMatchObject({
    construct: 'shop/a',
    remedy: expect.stringContaining("Name 'revision-like-name' in `silence`"),
  });
});

test('a failing app does not hide what is wrong with YAML beside it', async () => {
  const yaml = 'apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: x }\nspec: { template: { spec: {} } }\n';
  const { findings, objects } = await validate(`throw new Error('no');`, { 'x.yaml': yaml });
  expect(findings.map(({ code, file }) => [code, file])).toEqual([
    ['KNC1002', 'main.ts'],
    ['KNC2001', 'x.yaml'],
  ]);
  expect(objects).toBe(1);
});
