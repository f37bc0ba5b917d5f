import { accepted } from '../../../../lib/local/api-server/accept';

const ALL = new Set(['object', 'table', 'metadata', 'discovery'] as const);
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

test.each<[string | undefined, string, string]>([
  [undefined, 'json', 'object'],
  ['*/*', 'json', 'object'],
  ['application/yaml, application/json', 'yaml', 'object'],
  ['application/yaml;q=0.5, application/json', 'json', 'object'],
  ['application/json;q=0, application/yaml', 'yaml', 'object'],
  [`application/json, ${TABLE};q=0.9`, 'json', 'object'],
  [`application/json;q=0.1, ${TABLE};q=0.9`, 'json', 'table'],
  ['application/vnd.kubernetes.protobuf, application/json;q=0.9', 'json', 'object'],
  ['application/vnd.kubernetes.protobuf', 'protobuf', 'object'],
  ['application/cbor, application/json;q=nonsense', 'json', 'object'],
])('%j is answered in %s as %s', (header, format, as) => {
  expect(accepted(header, ALL)).toMatchObject({ format, as });
});

test.each(['text/html', 'application/json;q=0', 'application/json;as=Other;v=v1;g=meta.k8s.io'])(
  '%j is not to be had',
  (header) => {
    expect(() => accepted(header, ALL)).toThrow('only the following media types are accepted');
  },
);
