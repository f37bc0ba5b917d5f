import { relocate, relocated } from '../../../../lib/local/pods/relocate';

const mounts = [
  { mountPath: '/etc/config', source: '/tmp/pod/config', readOnly: true },
  { mountPath: '/etc/config/keys/', source: '/tmp/pod/keys', readOnly: true },
  { mountPath: '/', source: '/tmp/pod/root', readOnly: true },
];

test.each([
  ['/etc/config', '/tmp/pod/config'],
  ['/etc/config/app.yaml', '/tmp/pod/config/app.yaml'],
  ['/etc/config/keys', '/tmp/pod/keys'],
  ['/etc/config/keys/a', '/tmp/pod/keys/a'],
  ['/etc/configuration', '/etc/configuration'],
  ['see /etc/config', 'see /etc/config'],
  ['', ''],
])('%p is found at %p', (value, path) => {
  expect(relocate(value, mounts)).toBe(path);
});

test('an environment keeps what is no path of a mount', () => {
  expect(relocated({ A: '/etc/config/x', B: '/usr/bin' }, mounts)).toEqual({ A: '/tmp/pod/config/x', B: '/usr/bin' });
});
