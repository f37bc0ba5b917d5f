import { type Ingress, setDefaults } from '../../../../lib/api';
import { refusals } from '../support';

const split = { serviceNamespace: 'default', serviceName: 'hello-00001', servicePort: 80 };
const ingress = (spec: unknown) => ({
  apiVersion: 'networking.internal.knative.dev/v1alpha1',
  kind: 'Ingress',
  metadata: { name: 'hello', namespace: 'default' },
  spec,
});
const withSplits = (...splits: object[]) => ingress({ rules: [{ hosts: ['example.com'], http: { paths: [{ splits }] } }] });

const P = 'spec.rules[0].http.paths[0]';

test.each([
  ['one split without a percent', withSplits(split)],
  ['one split of everything', withSplits({ ...split, percent: 100 })],
  ['two splits', withSplits({ ...split, percent: 30 }, { ...split, percent: 70 })],
  [
    'a certificate',
    ingress({
      rules: [{ http: { paths: [{ splits: [split] }] } }],
      tls: [{ hosts: ['a'], secretName: 's', secretNamespace: 'n' }],
    }),
  ],
  [
    'a redirection',
    ingress({
      httpOption: 'Redirected',
      rules: [{ http: { paths: [{ splits: [split], headers: { 'Knative-Serving-Tag': { exact: 'a' } } }] } }],
    }),
  ],
])('an Ingress with %s is accepted', (_, object) => {
  expect(refusals(object)).toEqual([]);
});

test.each([
  ['nothing', ingress({}), ['missing field(s): spec.rules']],
  ['a rule without http', ingress({ rules: [{ hosts: ['a'] }] }), ['missing field(s): spec.rules[0].http']],
  ['a rule without paths', ingress({ rules: [{ http: { paths: [] } }] }), ['missing field(s): spec.rules[0].http.paths']],
  ['a path without splits', withSplits(), [`missing field(s): ${P}.splits`]],
  [
    'splits that miss something',
    withSplits({ ...split, percent: 99 }, split),
    [`traffic split percentage must total to 100, but was 99: ${P}.splits`],
  ],
  ['a wrong percent', withSplits({ ...split, percent: 199 }), [`invalid value: 199: ${P}.splits[0].percent`]],
  [
    'a Service of another namespace',
    withSplits({ ...split, serviceNamespace: 'other' }),
    [`service namespace must match ingress namespace: ${P}.splits[0].serviceNamespace`],
  ],
  [
    'a split without a Service',
    withSplits({ serviceNamespace: 'default' }),
    [`missing field(s): ${P}.splits[0].serviceName, ${P}.splits[0].servicePort`],
  ],
  [
    'half a certificate',
    ingress({ rules: [{ http: { paths: [{ splits: [split] }] } }], tls: [{ secretName: 's' }] }),
    ['missing field(s): spec.tls[0].secretNamespace'],
  ],
  [
    'an unknown option',
    ingress({ httpOption: 'Sometimes', rules: [{ http: { paths: [{ splits: [split] }] } }] }),
    ['invalid value: Sometimes: spec.httpOption'],
  ],
])('an Ingress with %s is refused', (_, object, expected) => {
  expect(refusals(object)).toEqual(expected);
});

test('a rule is public, and a single split gets everything, unless it is said', () => {
  const { rules } = setDefaults(withSplits(split) as Ingress).spec;
  expect(rules).toEqual([
    { hosts: ['example.com'], visibility: 'ExternalIP', http: { paths: [{ splits: [{ ...split, percent: 100 }] }] } },
  ]);
});

describe('a ServerlessService', () => {
  const objectRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello-00001-deployment' };
  const service = (spec: object, annotations?: object) => ({
    apiVersion: 'networking.internal.knative.dev/v1alpha1',
    kind: 'ServerlessService',
    metadata: { name: 'hello-00001', ...(annotations ? { annotations } : {}) },
    spec: { mode: 'Serve', objectRef, protocolType: 'http1', ...spec },
  });

  test.each([
    [{}, []],
    [{ mode: 'Proxy', numActivators: 3, protocolType: 'h2c' }, []],
    [{ mode: '' }, ['missing field(s): spec.mode']],
    [{ mode: 'bombastic' }, ['invalid value: bombastic: spec.mode']],
    [{ numActivators: -1 }, ['invalid value: -1: spec.numActivators']],
    [{ protocolType: 'gRPC' }, ['invalid value: gRPC: spec.protocolType']],
    [{ objectRef: { ...objectRef, name: '' } }, ['missing field(s): spec.objectRef.name']],
    [
      { objectRef: { ...objectRef, kind: 'Two Words' } },
      [
        "invalid value: a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*'): spec.objectRef.kind",
      ],
    ],
  ])('with %j gives %j', (spec, expected) => {
    expect(refusals(service(spec))).toEqual(expected);
  });

  test('knows which networking annotations there are', () => {
    expect(refusals(service({}, { 'networking.knative.dev/foo': 'x' }))).toEqual([
      'invalid key name "networking.knative.dev/foo": metadata.annotations',
    ]);
  });
});
