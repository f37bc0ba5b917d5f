import { matchesImage, parseImage } from '../../../../lib/local/images';

test.each([
  ['nginx', 'docker.io/library/nginx', undefined, undefined],
  ['me/app:v1', 'docker.io/me/app', 'v1', undefined],
  ['index.docker.io/library/nginx', 'docker.io/library/nginx', undefined, undefined],
  ['ghcr.io/a/b/c:v2', 'ghcr.io/a/b/c', 'v2', undefined],
  ['localhost:5000/app', 'localhost:5000/app', undefined, undefined],
  ['gcr.io/x/y@sha256:ab', 'gcr.io/x/y', undefined, 'sha256:ab'],
  ['gcr.io/x/y:t@sha256:ab', 'gcr.io/x/y', 't', 'sha256:ab'],
])('%s is taken apart', (reference, repository, tag, digest) => {
  expect(parseImage(reference)).toEqual({ repository, tag, digest });
});

test.each([
  ['ghcr.io/acme/app', 'ghcr.io/acme/app:v1', true],
  ['ghcr.io/acme/app', 'ghcr.io/acme/app@sha256:ab', true],
  ['ghcr.io/acme/app:v1', 'ghcr.io/acme/app:v2', false],
  ['ghcr.io/acme/app:latest', 'ghcr.io/acme/app', true],
  ['ghcr.io/acme/app:v*', 'ghcr.io/acme/app:v12', true],
  ['ghcr.io/acme/*', 'ghcr.io/acme/app:v1', true],
  ['ghcr.io/acme/*', 'ghcr.io/acme/team/app', false],
  ['ghcr.io/acme/**', 'ghcr.io/acme/team/app', true],
  ['**/app', 'ghcr.io/acme/team/app', true],
  ['ghcr.io/acme/app', 'ghcr.io/acme/apple', false],
  ['ghcr.io/acme/a.p', 'ghcr.io/acme/aXp', false],
  ['nginx', 'docker.io/library/nginx:1.27', true],
  ['app@sha256:ab', 'app@sha256:cd', false],
])('%s means %s: %p', (pattern, image, expected) => {
  expect(matchesImage(pattern, image)).toBe(expected);
});
