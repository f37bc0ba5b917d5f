import { parseImageReference } from '../../../../lib/api';

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  ['busybox', { registry: 'index.docker.io', repository: 'library/busybox' }],
  ['busybox:1.2', { registry: 'index.docker.io', repository: 'library/busybox', tag: '1.2' }],
  ['team/app', { registry: 'index.docker.io', repository: 'team/app' }],
  ['docker.io/busybox', { registry: 'index.docker.io', repository: 'library/busybox' }],
  ['gcr.io/team/app:v1', { registry: 'gcr.io', repository: 'team/app', tag: 'v1' }],
  ['localhost/app', { registry: 'localhost', repository: 'app' }],
  ['localhost:5000/x/y', { registry: 'localhost:5000', repository: 'x/y' }],
  ['localhost:5000/x/y:v', { registry: 'localhost:5000', repository: 'x/y', tag: 'v' }],
  [`gcr.io/a/b@${digest}`, { registry: 'gcr.io', repository: 'a/b', digest }],
  [`gcr.io/a/b:v@${digest}`, { registry: 'gcr.io', repository: 'a/b', tag: 'v', digest }],
  ['[::1]:5000/app', { registry: '[::1]:5000', repository: 'app' }],
  ['foo:', { registry: 'index.docker.io', repository: 'library/foo' }],
])('%s is read', (text, expected) => {
  expect(parseImageReference(text)).toEqual(expected);
});

test.each([
  '',
  'a',
  'Foo',
  'gcr.io/Foo',
  'foo bar',
  'foo:bar:baz',
  'foo@sha256:12',
  `foo@md5:${'a'.repeat(32)}`,
  `foo@${digest}@${digest}`,
  'gcr.io/',
  'user@gcr.io/a',
  'foo:ta g',
  `foo:${'t'.repeat(129)}`,
  'a'.repeat(256),
  'x.y:port/app',
])('%j is no reference', (text) => {
  expect(parseImageReference(text)).toBeUndefined();
});
