import { type ProcessEnvironmentInput, processEnvironment } from '../../../../lib/local/pods/process/process-environment';

const names = { urlFor: async () => undefined, internal: { host: '127.0.0.1', port: 9999 }, namespaces: () => ['other'] };

const input = (more: Partial<ProcessEnvironmentInput> = {}): ProcessEnvironmentInput => ({
  command: ['node', 'server.js'],
  home: '/home',
  namespace: 'default',
  program: {},
  declared: {},
  volumes: {},
  mounts: {},
  terminationLog: '/t',
  names,
  ours: { PATH: '/bin', LANG: 'C', SECRET: 'x', WANTED: 'y' },
  ...more,
});

test('our own environment is passed by an allow-list and by name', () => {
  const env = processEnvironment(input(), { inheritEnv: ['WANTED', 'ABSENT'] });
  expect(env).toEqual({ PATH: '/bin', LANG: 'C', HOME: '/home', WANTED: 'y', KNC_TERMINATION_LOG: '/t' });
});

test('a program finds the API server as in any container, and by a kubeconfig', () => {
  const env = processEnvironment(input(), { api: () => ({ url: 'https://127.0.0.1:4711', kubeconfig: '/k' }) });
  expect(env).toMatchObject({
    KUBECONFIG: '/k',
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: '4711',
    KUBERNETES_SERVICE_PORT_HTTPS: '4711',
  });
});

test('what the pod declares comes before what the mapping says, and that before ours', () => {
  const env = processEnvironment(input({ program: { PATH: '/m', A: 'm' }, declared: { A: 'd', HOME: '/d' } }));
  expect(env).toMatchObject({ PATH: '/m', A: 'd', HOME: '/d' });
});

test.each([
  ['node', true],
  ['/opt/bin/node', true],
  ['nodejs', true],
  [process.execPath, true],
  ['python3', false],
  ['nodemon', false],
])('%s gets the preload for names: %p', (program, expected) => {
  const env = processEnvironment(input({ command: [program] }), { preloadPath: '/a "b"/preload.js' });
  expect(env['NODE_OPTIONS']).toBe(expected ? '--require "/a \\"b\\"/preload.js"' : undefined);
  expect(env['KNC_INTERNAL_GATEWAY']).toBe(expected ? '127.0.0.1:9999' : undefined);
  expect(env['KNC_NAMESPACES']).toBe(expected ? 'default,other' : undefined);
});

test('NODE_OPTIONS of the pod are kept, and without a gateway there is no preload', () => {
  const declared = { NODE_OPTIONS: '--enable-source-maps' };
  const options = { preloadPath: '/p.js' };
  expect(processEnvironment(input({ declared }), options)['NODE_OPTIONS']).toBe('--enable-source-maps --require "/p.js"');
  const without = { ...names, internal: undefined };
  expect(processEnvironment(input({ declared, names: without }), options)['NODE_OPTIONS']).toBe('--enable-source-maps');
});
