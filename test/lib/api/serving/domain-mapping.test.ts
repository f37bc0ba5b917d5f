import { defaultServingConfig, setDefaults, validate, validateUpdate } from '../../../../lib/api';
import { formatFieldError } from '../../../../lib/base';
import { refusals } from '../support';

const hello = { kind: 'Service', name: 'hello', apiVersion: 'serving.knative.dev/v1' };
const mapping = (name: unknown, spec: unknown = { ref: hello }, metadata: object = {}) => ({
  apiVersion: 'serving.knative.dev/v1beta1',
  kind: 'DomainMapping',
  metadata: { name, namespace: 'default', ...metadata } as { name: string; namespace: string },
  spec,
});

test.each([
  ['a Service', mapping('shop.example.com')],
  ['a Service that it names with its namespace', mapping('shop.example.com', { ref: { ...hello, namespace: 'default' } })],
  ['one address of several', mapping('shop.example.com', { ref: { ...hello, address: 'http' } })],
  ['a certificate of its own', mapping('shop.example.com', { ref: hello, tls: { secretName: 'shop-tls' } })],
  ['a name under localhost', mapping('shop.localhost')],
  ['a namespace that is not said yet', { ...mapping('shop.example.com'), metadata: { name: 'shop.example.com' } }],
])('a mapping with %s is accepted', (_, object) => {
  expect(refusals(object)).toEqual([]);
});

test.each([
  [
    'a single label for a name',
    mapping('invalid'),
    [
      'invalid name "invalid": name: Invalid value: "invalid": should be a domain with at least two segments separated by dots: metadata.name',
    ],
  ],
  [
    'a prefix in place of a name',
    mapping(undefined, undefined, { generateName: 'invalid.name' }),
    ['invalid name "": name: Required value: metadata.name', 'must not set the field(s): metadata.generateName'],
  ],
  [
    'a label that is too long',
    mapping(`${'a'.repeat(64)}.example.com`),
    [
      `invalid name "${'a'.repeat(64)}.example.com": name: Invalid value: "${'a'.repeat(64)}": must be no more than 63 characters: metadata.name`,
    ],
  ],
  [
    'a name inside the cluster',
    mapping('notallowed.svc.cluster.local'),
    [
      'invalid name "notallowed.svc.cluster.local": must not be a subdomain of cluster local domain "cluster.local": metadata.name',
    ],
  ],
  [
    'a target in another namespace',
    mapping('shop.example.com', { ref: { ...hello, namespace: 'other' } }),
    ['mismatched namespaces: spec.ref.namespace\nparent namespace: "default" does not match ref: "other"'],
  ],
  ['no target', mapping('shop.example.com', {}), ['missing field(s): spec.ref.apiVersion, spec.ref.kind, spec.ref.name']],
  [
    'half a target',
    mapping('shop.example.com', { ref: { kind: '', name: '' } }),
    ['missing field(s): spec.ref.apiVersion, spec.ref.kind, spec.ref.name'],
  ],
  [
    'a group in place of a version',
    mapping('shop.example.com', { ref: { ...hello, group: 'serving.knative.dev' } }),
    ['must not set the field(s): spec.ref.group'],
  ],
  [
    'a certificate without a name',
    mapping('shop.example.com', { ref: hello, tls: {} }),
    ['missing field(s): spec.tls.secretName'],
  ],
])('a mapping with %s is refused', (_, object, expected) => {
  expect(refusals(object)).toEqual(expected);
});

test('a name with capital letters is no domain', () => {
  expect(refusals(mapping('Shop.example.com'))[0]).toMatch(
    /^invalid name "Shop.example.com": name: Invalid value: "Shop.example.com": a lowercase RFC 1123 subdomain must consist of/,
  );
});

test('the domain of the cluster is a setting', () => {
  const config = { ...defaultServingConfig, domain: { ...defaultServingConfig.domain, clusterDomain: 'corp.internal' } };
  expect(refusals(mapping('shop.cluster.local'), config)).toEqual([]);
  expect(refusals(mapping('shop.corp.internal'), config)).toEqual([
    'invalid name "shop.corp.internal": must not be a subdomain of cluster local domain "corp.internal": metadata.name',
  ]);
});

test('a bad name comes with what to do about it', () => {
  expect(validate(mapping('invalid'))[0]?.remedy).toBe('Use a domain such as "shop.example.com".');
});

test("a target without a namespace is the mapping's own", () => {
  expect(setDefaults(mapping('shop.example.com') as never)).toMatchObject({ spec: { ref: { ...hello, namespace: 'default' } } });
});

test('who made a mapping stays, and who changed it changes with the spec alone', () => {
  const by = (annotations: object, name = 'hello') => mapping('shop.example.com', { ref: { ...hello, name } }, { annotations });
  const errors = (old: unknown, next: unknown) => validateUpdate(old, next).map(formatFieldError);
  const [creator, modifier] = ['serving.knative.dev/creator', 'serving.knative.dev/lastModifier'];
  expect(errors(by({ [creator]: 'me' }), by({ [creator]: 'you' }))).toEqual([
    `annotation value is immutable: metadata.annotations.${creator}`,
  ]);
  expect(errors(by({ [modifier]: 'me' }), by({ [modifier]: 'you' }))).toEqual([
    `invalid value: you: metadata.annotations.${modifier}`,
  ]);
  expect(errors(by({ [modifier]: 'me' }), by({ [modifier]: 'you' }, 'other'))).toEqual([]);
});
