import { byDigest, mayBePlain, taggedImage } from '../../../lib/registry';

describe('names of images', () => {
  test.each([
    ['nginx', 'index.docker.io', 'library/nginx', 'latest'],
    ['nginx:1.27', 'index.docker.io', 'library/nginx', '1.27'],
    ['bitnami/redis', 'index.docker.io', 'bitnami/redis', 'latest'],
    ['docker.io/nginx', 'index.docker.io', 'library/nginx', 'latest'],
    ['docker.io/library/nginx:2', 'index.docker.io', 'library/nginx', '2'],
    ['ghcr.io/a/b/c:v1', 'ghcr.io', 'a/b/c', 'v1'],
    ['localhost/cc', 'localhost', 'cc', 'latest'],
    ['localhost:5000/cc:2', 'localhost:5000', 'cc', '2'],
    ['a/b:', 'index.docker.io', 'a/b', 'latest'],
    ['10.0.0.1:5000/x__y/z-w', '10.0.0.1:5000', 'x__y/z-w', 'latest'],
    ['[::1]:5000/cc', '[::1]:5000', 'cc', 'latest'],
  ])('%s', (text, registry, repository, tag) => {
    expect(taggedImage(text)).toEqual({ registry, repository, tag });
  });

  test.each([
    '',
    'UPPER',
    `aa@sha256:${'0'.repeat(64)}`,
    'localhost/c',
    'a b',
    'ghcr.io/../etc',
    'ghcr.io/a?x=1',
    'user@ghcr.io/a',
    'ghcr.io:x/a',
    `a:${'t'.repeat(129)}`,
    'x/',
  ])('%j names none', (text) => {
    expect(() => taggedImage(text)).toThrow('failed to parse image name');
  });

  test('by digest, with the registry', () => {
    expect(byDigest(taggedImage('nginx:1'), 'sha256:0a')).toBe('index.docker.io/library/nginx@sha256:0a');
  });

  test.each([
    ['localhost:5000', true],
    ['registry.local', true],
    ['registry.local:5000', true],
    ['127.0.0.1:5000', true],
    ['10.1.2.3:5000', true],
    ['172.16.0.1', true],
    ['192.168.1.1:80', true],
    ['172.32.0.1', false],
    ['ghcr.io', false],
    ['local', false],
    ['10.evil.com', false],
    ['notlocalhost', false],
  ])('%s may be asked without TLS: %s', (registry, plain) => {
    expect(mayBePlain(registry)).toBe(plain);
  });
});
