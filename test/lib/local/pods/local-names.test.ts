import { type LocalNames, localUrl } from '../../../../lib/local/pods';

const names: LocalNames = {
  urlFor: async (host) => (host.startsWith('hello.default.svc') ? 'http://hello.default.localhost:8080' : undefined),
  internal: undefined,
};

test.each([
  ['http://hello.default.svc.cluster.local', 'http://hello.default.localhost:8080'],
  ['http://hello.default.svc/', 'http://hello.default.localhost:8080/'],
  ['http://hello.default.svc:80/a/b?c=d#e', 'http://hello.default.localhost:8080/a/b?c=d#e'],
  ['https://hello.default.svc?q', 'http://hello.default.localhost:8080?q'],
  ['http://unknown.default.svc/', 'http://unknown.default.svc/'],
  ['http://hello.default.svc:9000/', 'http://hello.default.svc:9000/'],
  ['see http://hello.default.svc/', 'see http://hello.default.svc/'],
  ['http://example.com/hello.default.svc', 'http://example.com/hello.default.svc'],
  ['hello.default.svc', 'hello.default.svc'],
  ['', ''],
])('%s is given as %s', async (value, expected) => {
  expect(await localUrl(value, names)).toBe(expected);
});
