import { validate } from '../../../../lib/api';
import { CONTAINER, POD, refusals, service, withContainer } from '../support';

test.each([
  ['spec.foo', { spec: { template: { spec: { containers: [{ image: 'busybox' }] } }, foo: 1 } }, undefined],
  [
    'spec.templates',
    { spec: { template: { spec: { containers: [{ image: 'busybox' }] } }, templates: 1 } },
    'Did you mean "template"?',
  ],
  ['metadata.lables', { metadata: { name: 'hello', lables: {} } }, 'Did you mean "labels"?'],
  [
    'spec.containerConcurrency',
    { spec: { template: { spec: { containers: [{ image: 'busybox' }] } }, containerConcurrency: 1 } },
    'Did you mean spec.template.spec.containerConcurrency?',
  ],
  ['extra', { extra: true }, undefined],
])('an unknown field %s is refused by its path', (path, change, remedy) => {
  const error = validate({ ...service(), ...change }).find((e) => e.message.startsWith('unknown'));
  expect(error).toMatchObject({ message: `unknown field "${path}"`, paths: [path] });
  expect(error?.remedy).toBe(remedy);
});

test.each([
  ['imagePullpolicy', 'imagePullPolicy'],
  ['enviroment', undefined],
  ['comand', 'command'],
  ['working-dir', 'workingDir'],
  ['ENV', 'env'],
])('%s in a container reminds of %s', (field, meant) => {
  const error = validate(withContainer({ [field]: 'x' })).find((e) => e.message === `unknown field "${CONTAINER}.${field}"`);
  expect(error?.remedy).toBe(meant === undefined ? undefined : `Did you mean "${meant}"?`);
});

test.each([
  [
    'a text for a number',
    { timeoutSeconds: '7' },
    `invalid value: 7: ${POD}.timeoutSeconds\nmust be of type integer, not string`,
    'Write it without quotes: 7.',
  ],
  [
    'a fraction for a whole number',
    { timeoutSeconds: 1.5 },
    `invalid value: 1.5: ${POD}.timeoutSeconds\nmust be of type integer, not number`,
    undefined,
  ],
  [
    'a number for a text',
    { serviceAccountName: 5 },
    `invalid value: 5: ${POD}.serviceAccountName\nmust be of type string, not integer`,
    'Put it in quotes: "5".',
  ],
  ['an object for a list', { volumes: {} }, `invalid value: {}: ${POD}.volumes\nmust be of type array, not object`, undefined],
  [
    'a text for a truth value',
    { enableServiceLinks: 'yes' },
    `invalid value: yes: ${POD}.enableServiceLinks\nmust be of type boolean, not string`,
    undefined,
  ],
])('%s is refused', (_, spec, text, remedy) => {
  const object = service({ containers: [{ image: 'busybox' }], ...spec });
  expect(refusals(object)).toEqual([text]);
  expect(validate(object).find((e) => e.message.startsWith('invalid'))?.remedy).toBe(remedy);
});

test.each([
  [
    '1x',
    `invalid value: 1x: ${CONTAINER}.resources.limits.cpu\nquantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
  ],
  [0.5, `invalid value: 0.5: ${CONTAINER}.resources.limits.cpu\nmust be of type integer or string, not number`],
])('an amount of %p is refused', (cpu, text) => {
  expect(refusals(withContainer({ resources: { limits: { cpu } } }))).toEqual([text]);
});

test('number that do not fit their field are refused', () => {
  expect(refusals(withContainer({ readinessProbe: { httpGet: {}, periodSeconds: 2 ** 40 } }))).toHaveLength(1);
});

test('what must be there is named at its full path, however much is missing', () => {
  expect(refusals({ apiVersion: 'serving.knative.dev/v1', kind: 'Service' })).toEqual([
    `missing field(s): ${POD}.containers`,
    'name or generateName is required: metadata.name',
  ]);
});

test('a field that is missing twice is named once', () => {
  expect(validate(withContainer({ env: [{}] })).filter((e) => e.message.startsWith('missing'))).toHaveLength(1);
});

test('lists have the length that the definition allows', () => {
  const env = Array.from({ length: 1001 }, (_, i) => ({ name: `A${i}` }));
  expect(refusals(withContainer({ env }))).toEqual([`must have at most 1000 items: ${CONTAINER}.env`]);
});

test('nothing more is said of an object whose parts are not there', () => {
  expect(refusals(service({ containers: 'busybox' }))).toEqual([
    `invalid value: busybox: ${POD}.containers\nmust be of type array, not string`,
  ]);
});

test.each([
  [undefined, 'invalid value: undefined: \nmust be an object'],
  [[], 'invalid value: []: \nmust be an object'],
  [{}, 'missing field(s): apiVersion, kind'],
  [{ apiVersion: 'v1' }, 'missing field(s): kind'],
])('%p is no object', (thing, text) => {
  expect(refusals(thing)).toEqual([text]);
});

test('kinds of others are not looked at', () => {
  expect(validate({ apiVersion: 'v1', kind: 'ConfigMap', whatever: true })).toEqual([]);
  expect(validate({ apiVersion: 'serving.knative.dev/v1', kind: 'toString' })).toEqual([]);
});
