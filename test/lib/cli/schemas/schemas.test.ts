import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv, { type ErrorObject } from 'ajv';
import { parseAllDocuments } from 'yaml';
import { findType, knativeTypes, validate } from '../../../../lib/api';
import { main } from '../../../../lib/cli/main';
import { schemaFiles } from '../../../../lib/cli/schemas/schema-files';
import { ImageMap } from '../../../../lib/local/images';
import { FakeIo } from '../fake-io';
import { tempFolder } from '../temp-folder';

const ajv = new Ajv({ allErrors: true, strictTypes: false, allowUnionTypes: true });
const files = schemaFiles();
for (const { path: name, schema } of files) ajv.addSchema(schema, name);

const service = (spec: object, more: object = {}) => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name: 'hello' },
  spec: { template: { spec: { containers: [{ image: 'example.com/hello' }], ...spec } } },
  ...more,
});

function check(name: string, object: unknown): string[] {
  const run = ajv.getSchema(name)!;
  run(object);
  return (run.errors ?? []).map(({ instancePath, message, params }: ErrorObject) => {
    const extra = (params as { additionalProperty?: string }).additionalProperty;
    return `${instancePath} ${message}${extra ? ` ${extra}` : ''}`;
  });
}
const checkService = (object: unknown) => check('serving.knative.dev/service_v1.json', object);

test('there is a schema for every kind, and every schema is a valid one', () => {
  expect(files.map((file) => file.path)).toEqual([
    ...knativeTypes.map(({ group, kind, version }) => `${group}/${kind.toLowerCase()}_${version}.json`),
    'knative.json',
    'knc.images.json',
  ]);
  for (const { path: name, schema } of files) {
    expect([name, ajv.validateSchema(schema)]).toEqual([name, true]);
    expect(ajv.getSchema(name)).toBeDefined(); // compiles: every reference is there
  }
});

describe('good objects pass, bad ones are refused where validate() refuses them', () => {
  const container = (fields: object) => service({ containers: [{ image: 'example.com/hello', ...fields }] });
  test.each<[string, object, string[]]>([
    ['a small service', service({}), []],
    ['everything optional may be null', service({ containerConcurrency: null, timeoutSeconds: null, volumes: null }), []],
    ['an integer where a name could be', container({ readinessProbe: { httpGet: { path: '/', port: 8080 } } }), []],
    ['quantities as text or number', container({ resources: { limits: { cpu: 1, memory: '64Mi' } } }), []],
    ['a status that a server wrote', service({}, { status: { url: 'http://hello.default.example.com', conditions: [] } }), []],
    [
      'an unknown field',
      container({ imagee: 'x' }),
      ['/spec/template/spec/containers/0 must NOT have additional properties imagee'],
    ],
    [
      'a number for a text',
      container({ env: [{ name: 'A', value: 1 }] }),
      ['/spec/template/spec/containers/0/env/0/value must be string,null'],
    ],
    [
      'a number out of range',
      { ...service({}), spec: { ...service({}).spec, traffic: [{ latestRevision: true, percent: 900 }] } },
      ['/spec/traffic/0/percent must be <= 100'],
    ],
    [
      'a field that Knative forbids',
      service({ restartPolicy: 'Never' }),
      ['/spec/template/spec/restartPolicy must be equal to one of the allowed values'],
    ],
    ['such a field with the value of none', service({ restartPolicy: '' }), []],
    [
      'a part that Knative forbids',
      container({ lifecycle: {} }),
      ['/spec/template/spec/containers/0 must NOT have additional properties lifecycle'],
    ],
    [
      'a text that is none of those known',
      container({ terminationMessagePolicy: 'Sometimes' }),
      ['/spec/template/spec/containers/0/terminationMessagePolicy must be equal to one of the allowed values'],
    ],
    [
      'no spec',
      { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'a' } },
      [" must have required property 'spec'"],
    ],
    [
      'a label that is a number',
      service({}, { metadata: { name: 'a', labels: { a: 1 } } }),
      ['/metadata/labels/a must be string'],
    ],
  ])('%s', (_, object, errors) => {
    expect(checkService(object)).toEqual(errors);
    expect(validate(object).filter(({ level }) => level !== 'warning').length > 0).toBe(errors.length > 0);
  });

  test('another kind in the file of this one', () => {
    expect(checkService({ ...service({}), kind: 'Route' })).toContain('/kind must be equal to constant');
  });
});

test('knative.json finds the schema of each kind, and lets others pass', () => {
  expect(check('knative.json', service({}))).toEqual([]);
  expect(check('knative.json', service({ restartPolicy: 'Never' }))).toContain(
    '/spec/template/spec/restartPolicy must be equal to one of the allowed values',
  );
  expect(check('knative.json', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: {} })).toEqual([]);
});

test('every example of ours passes', () => {
  const root = path.resolve(__dirname, '../../../..');
  const snapshots = readFileSync(path.join(root, 'test/examples/__snapshots__/examples.test.ts.snap'), 'utf8');
  const texts = [...snapshots.matchAll(/`\n"?([\s\S]*?)"?\n`;/g)].map(([, text = '']) => text);
  const objects = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS()));
  const ours = objects.filter((object) => object && findType(object.apiVersion, object.kind));
  for (const object of ours) expect(check('knative.json', object)).toEqual([]);
});

describe('knc.images.json', () => {
  test.each([
    ['{ images: { a: { command: [node, a.js], cwd: ".", env: { A: b }, allowCommand: true } } }', true],
    ['images:\n', true],
    ['{ images: { a: { comand: [node] } } }', false],
    ['{ images: { a: { command: node } } }', false],
    ['{ images: { a: { command: [] } } }', false],
    ['{ images: { a: { command: [node], env: { A: 1 } } } }', false],
    ['{ image: {} }', false],
  ])('agrees with the reader of the file on %s', (text, fine) => {
    const [document] = parseAllDocuments(text);
    expect(check('knc.images.json', document!.toJS()).length === 0).toBe(fine);
    const read = () => ImageMap.parse(text, path.join(tempFolder(), 'knc.images.yaml'));
    if (fine) expect(read).not.toThrow();
    else expect(read).toThrow();
  });
});

describe('knc schemas', () => {
  const knc = async (...args: string[]) => {
    const io = new FakeIo({ cwd: tempFolder() });
    return { code: await main(['schemas', ...args], io), out: io.stdoutText, err: io.stderrText, cwd: io.cwd };
  };

  test('lists, prints and writes them', async () => {
    const { out } = await knc();
    expect(out.trim().split('\n')).toEqual(files.map((file) => file.path));
    expect(JSON.parse((await knc('--json')).out)).toEqual(files.map((file) => file.path));
    expect(JSON.parse((await knc('serving.knative.dev/route_v1')).out)).toMatchObject({
      title: 'Route (serving.knative.dev/v1)',
    });
    const { cwd, err } = await knc('--output', 'out');
    expect(err).toBe(`wrote ${files.length} files to out\n`);
    for (const file of files) expect(existsSync(path.join(cwd, 'out', file.path))).toBe(true);
  });

  test('says which one was meant', async () => {
    expect(await knc('serving.knative.dev/servce_v1')).toMatchObject({
      code: 2,
      err: expect.stringContaining('(did you mean serving.knative.dev/service_v1?)'),
    });
  });
});
