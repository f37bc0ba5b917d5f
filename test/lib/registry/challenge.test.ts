import { parseChallenges } from '../../../lib/registry/challenge';

test.each([
  ['Basic realm="x"', [{ scheme: 'basic', parameters: { realm: 'x' } }]],
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a:pull,push"',
    [
      {
        scheme: 'bearer',
        parameters: { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:a:pull,push' },
      },
    ],
  ],
  [
    'Negotiate, Basic realm=x, Bearer Realm="y \\"z\\""',
    [
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'basic', parameters: { realm: 'x' } },
      { scheme: 'bearer', parameters: { realm: 'y "z"' } },
    ],
  ],
  ['', []],
  ['"', []],
])('%s', (header, challenges) => {
  expect(parseChallenges(header)).toEqual(challenges);
});

test('a long header that is none takes no time to speak of', () => {
  expect(parseChallenges(`Bearer ${'a="'.repeat(5000)}`).length).toBeLessThan(3);
  expect(parseChallenges(`${' '.repeat(15000)}Basic realm=x`)).toHaveLength(1);
});
