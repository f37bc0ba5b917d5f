import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { KnativeValidation } from '../../../constructs';
import type { ValidationContext, ValidationViolation } from '../../../constructs/validation/cdk8s-cli';
import { tempFolder } from '../../lib/cli/temp-folder';

const service = (name: string, container: string, more = '') =>
  `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: ${name} }\nspec:\n  template: { spec: { containers: [{ ${container} }] } }\n${more}`;

/** Runs the plugin as cdk8s-cli does. */
async function validate(texts: Record<string, string>, props?: ConstructorParameters<typeof KnativeValidation>[0]) {
  const folder = tempFolder();
  const manifests = Object.entries(texts).map(([name, text]) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  });
  const violations: ValidationViolation[] = [];
  const logged: string[] = [];
  const submitted: unknown[] = [];
  const context: ValidationContext = {
    manifests,
    report: { addViolation: (violation) => void violations.push(violation), submit: (...all) => void submitted.push(...all) },
    logger: { log: (text) => void logged.push(text) },
    parseManifest: (file) => parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS()),
  };
  await new KnativeValidation(props).validate(context);
  const short = violations.map((violation) => ({
    ...violation,
    violatingResources: violation.violatingResources.map((one) => ({ ...one, manifestPath: path.basename(one.manifestPath) })),
  }));
  return { violations: short, logged, submitted };
}

test('valid objects, and those of others, pass', async () => {
  const text = `${service('a', 'image: example.com/app')}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\n---\n`;
  expect(await validate({ 'a.yaml': text })).toEqual({
    violations: [],
    logged: [],
    submitted: ['success', { objects: '1', warnings: '0' }],
  });
});

test('objects that break a rule in the same way are one violation, with places, upstream text and remedy', async () => {
  const bad = 'image: example.com/app, imagee: x';
  const { violations, submitted } = await validate({
    'a.yaml': service('a', bad),
    'b.yaml': `${service('b', bad)}---\n${service('c', '')}`,
  });
  expect(submitted).toEqual(['failure', { objects: '3', warnings: '0' }]);
  expect(violations).toEqual([
    {
      ruleName: 'KNC2001',
      recommendation: 'unknown field "spec.template.spec.containers[0].imagee"',
      fix: 'Did you mean "image"?',
      violatingResources: [
        { resourceName: 'a', manifestPath: 'a.yaml', locations: ['spec.template.spec.containers[0].imagee'] },
        { resourceName: 'b', manifestPath: 'b.yaml', locations: ['spec.template.spec.containers[0].imagee'] },
      ],
    },
    {
      ruleName: 'KNC2001',
      recommendation: 'missing field(s)',
      fix: expect.stringContaining('Name the image to run'),
      violatingResources: [{ resourceName: 'c', manifestPath: 'b.yaml', locations: ['spec.template.spec.containers[0].image'] }],
    },
  ]);
});

test('a kind that is not served in a group of ours is a violation', async () => {
  const { violations } = await validate({
    'a.yaml': service('a', 'image: example.com/app').replace('kind: Service', 'kind: Servise'),
  });
  expect(violations).toMatchObject([{ ruleName: 'KNC2101' }]);
});

describe('what only some clusters allow', () => {
  const gated = {
    'a.yaml': service('a', 'image: example.com/app').replace('spec: { containers', 'spec: { hostPID: true, containers'),
  };

  test('is logged as a warning', async () => {
    const { violations, logged, submitted } = await validate(gated);
    expect(violations).toEqual([]);
    expect(logged).toEqual([expect.stringMatching(/^warning: Service a: .*hostPID.* \(cluster-setting\)$/)]);
    expect(submitted[0]).toBe('success');
  });

  test('is not a warning where another manifest of the app allows it', async () => {
    const broker = `apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: { name: orders }
spec: { delivery: { retryAfterMax: PT30S } }
`;
    const features = `apiVersion: v1
kind: ConfigMap
metadata: { name: config-features, namespace: knative-eventing }
data: { delivery-retryafter: enabled }
`;
    expect((await validate({ 'a.yaml': broker })).logged).toHaveLength(1);
    expect((await validate({ 'a.yaml': broker, 'b.yaml': features })).logged).toEqual([]);
  });

  test('fails where it shall, under the name of its rule', async () => {
    const { violations, logged } = await validate(gated, { strict: true });
    expect(violations).toMatchObject([{ ruleName: 'cluster-setting' }]);
    expect(logged).toEqual([]);
  });

  test('is silenced by that name', async () => {
    expect(await validate(gated, { strict: true, silence: ['cluster-setting'] })).toMatchObject({ violations: [], logged: [] });
  });
});

test('kinds of Eventing are checked, and an old kind is a violation whose fix is what it is written as today', async () => {
  const bad =
    'apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: { name: t }\nspec: { subscriber: { uri: http://x.y } }\n';
  const old = 'apiVersion: flows.knative.dev/v1alpha1\nkind: Flow\nmetadata: { name: f }\nspec: {}\n';
  const { violations, submitted } = await validate({ 'a.yaml': bad, 'b.yaml': old });
  expect(submitted).toEqual(['failure', { objects: '2', warnings: '0' }]);
  expect(violations.map(({ ruleName, recommendation }) => [ruleName, recommendation])).toEqual([
    ['KNC2001', 'missing field(s)'],
    ['KNC2101', 'kind "Flow" of flows.knative.dev/v1alpha1 is no longer there'],
  ]);
  expect(violations[1]!.fix).toMatch(/^Write today:\napiVersion: eventing.knative.dev\/v1\nkind: Trigger\n/);
});
