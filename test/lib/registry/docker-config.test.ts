import type { Secret } from '../../../lib/api';
import { DockerConfig, taggedImage } from '../../../lib/registry';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function secret(auths: object, type = 'kubernetes.io/dockerconfigjson'): Secret {
  const json = type.endsWith('json');
  const data = { [json ? '.dockerconfigjson' : '.dockercfg']: base64(JSON.stringify(json ? { auths } : auths)) };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'pull' }, type, data };
}

function users(image: string, ...locations: string[]): string[] {
  const config = new DockerConfig();
  config.add(secret(Object.fromEntries(locations.map((location) => [location, { username: location, password: 'p' }]))));
  return config.for(taggedImage(image)).map(({ username }) => username);
}

describe('credentials of pull secrets', () => {
  test.each([
    ['ghcr.io/a/b', ['ghcr.io'], ['ghcr.io']],
    ['ghcr.io/a/b', ['https://ghcr.io'], ['https://ghcr.io']],
    ['ghcr.io/a/b', ['https://ghcr.io/v2/'], ['https://ghcr.io/v2/']],
    ['ghcr.io/a/b', ['GHCR.io'], ['GHCR.io']],
    ['ghcr.io/a/b', ['ghcr.io/a'], ['ghcr.io/a']],
    ['ghcr.io/a/b', ['ghcr.io', 'ghcr.io/a'], ['ghcr.io/a', 'ghcr.io']],
    ['ghcr.io/a/b', ['ghcr.io/b'], []],
    ['ghcr.io/a/b', ['evilghcr.io', 'hcr.io', 'ghcr.io.evil.com'], []],
    ['ghcr.io:5000/aa', ['ghcr.io'], []],
    ['ghcr.io/aa', ['ghcr.io:443'], []],
    ['registry.local:5000/aa', ['registry.local:5000'], ['registry.local:5000']],
    ['eu.gcr.io/aa', ['*.gcr.io'], ['*.gcr.io']],
    ['eu.gcr.io/aa', ['*.io'], []],
    ['a.b.gcr.io/aa', ['*.gcr.io'], []],
    ['eu1.gcr.io/aa', ['eu*.gcr.io'], ['eu*.gcr.io']],
    ['nginx', ['https://index.docker.io/v1/'], ['https://index.docker.io/v1/']],
    ['nginx', ['index.docker.io'], ['index.docker.io']],
    ['nginx', ['docker.io'], ['docker.io']],
    ['docker.io/a/b', ['docker.io/a', 'https://index.docker.io/v1/'], ['docker.io/a']],
    ['nginx', ['registry-1.docker.io'], []],
    ['ghcr.io/aa', ['https://index.docker.io/v1/'], []],
  ])('for %s, of %j: %j', (image, locations, found) => {
    expect(users(image, ...locations)).toEqual(found);
  });

  test('auth goes before name and password, in both kinds of Secret', () => {
    for (const type of ['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg']) {
      const config = new DockerConfig();
      config.add(secret({ 'ghcr.io': { auth: base64('me:pass:word\0\0'), username: 'x', password: 'y' } }, type));
      expect(config.for(taggedImage('ghcr.io/aa'))).toEqual([{ username: 'me', password: 'pass:word' }]);
    }
  });

  test('several Secrets for one registry are tried in their order', () => {
    const config = new DockerConfig();
    for (const username of ['first', 'second']) config.add(secret({ 'ghcr.io': { username, password: 'p' } }));
    expect(config.for(taggedImage('ghcr.io/aa')).map(({ username }) => username)).toEqual(['first', 'second']);
  });

  test.each([
    [{ type: 'Opaque' }, 'no pull secret'],
    [{ type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': base64('{"auths": hunter2') } }, 'cannot be read'],
    [{ type: 'kubernetes.io/dockerconfigjson' }, 'no Docker configuration'],
    [{ type: 'kubernetes.io/dockercfg', data: { '.dockercfg': base64('[]') } }, 'no Docker configuration'],
  ])('%j is told, without quoting it', (fields, message) => {
    const add = () => new DockerConfig().add({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, ...fields });
    const text = ((): string => {
      try {
        add();
        return '';
      } catch (error) {
        return String(error);
      }
    })();
    expect(message.split(' ').every((word) => text.includes(word)) || text.includes('Docker configuration')).toBe(true);
    expect(text).not.toContain('hunter2');
  });

  test('entries that make no sense are passed over', () => {
    const config = new DockerConfig();
    config.add(secret({ 'ghcr.io': 'x', 'quay.io': {}, '': { username: 'a' }, 'gcr.io': { auth: base64('nocolon') } }));
    for (const image of ['ghcr.io/aa', 'quay.io/aa', 'gcr.io/aa']) expect(config.for(taggedImage(image))).toEqual([]);
  });

  test('a pattern full of stars takes no time to speak of', () => {
    expect(users(`${'a'.repeat(60)}.io/xx`, `${'*a'.repeat(100)}b.io`)).toEqual([]);
  });
});
