import { childEnv } from '../../../../lib/cli/input/child-env';

test('an app gets an allow-list of the environment, what was asked for by name, and nothing else', () => {
  const env = { PATH: '/bin', HOME: '/home/me', AWS_SECRET_ACCESS_KEY: 's', GITHUB_TOKEN: 't', KUBECONFIG: 'k', TZ: 'UTC' };
  expect(childEnv(env, ['GITHUB_TOKEN', 'ABSENT'], { HOME: '/tmp/home', UNSET: undefined })).toEqual({
    PATH: '/bin',
    TZ: 'UTC',
    GITHUB_TOKEN: 't',
    HOME: '/tmp/home',
  });
});
