import { parseJsonPath } from '../../../../../lib/local/api-server/table/json-path';

const object = {
  metadata: { labels: { 'serving.knative.dev/service': 'hello', plain: 'x' } },
  spec: { ports: [{ port: 80 }, { port: 443 }], paused: false },
  status: {
    conditions: [
      { type: 'Active', status: 'False', reason: 'NoTraffic' },
      { type: 'Ready', status: 'True' },
    ],
  },
};

test.each([
  ['.spec.paused', [false]],
  ['.metadata.labels.plain', ['x']],
  ['.metadata.labels.serving\\.knative\\.dev/service', ['hello']],
  ["['metadata']['labels']['serving.knative.dev/service']", ['hello']],
  [".metadata.labels['serving\\.knative\\.dev/service']", ['hello']],
  ['.spec.ports[0].port', [80]],
  ['.spec.ports[-1].port', [443]],
  ['.spec.ports[*].port', [80, 443]],
  ['.spec.ports[7].port', []],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  [".status.conditions[?(@.type=='Active')].reason", ['NoTraffic']],
  ['.status.conditions[?(@.type != "Ready")].type', ['Active']],
  ['.status.conditions[?(@.reason)].type', ['Active']],
  ['.spec.ports[?(@.port==443)].port', [443]],
  ['.status.conditions[?(@.type=="Gone")].status', []],
  ['.status.nothing.here', []],
])('%s finds %j', (path, found) => {
  expect(parseJsonPath(path)(object)).toEqual(found);
});

test('a path that is none is refused', () => {
  expect(() => parseJsonPath('.spec[')).toThrow('unrecognized column definition ".spec["');
});
