import { type Ground, isolationTools } from '../../../../lib/local/isolate';

const ground = (more: Partial<Ground>): Ground => ({ platform: 'linux', uid: 0, find: (name) => `/bin/${name}`, ...more });

test.each<[string, Partial<Ground>, string]>([
  ['another system', { platform: 'darwin' }, "network namespaces are Linux', and this is darwin"],
  ['an ordinary user', { uid: 1000 }, 'only root may make networks'],
  [
    'a machine without iproute2',
    { find: (name) => (name === 'ip' ? undefined : `/bin/${name}`) },
    'there is no program ip in /usr/sbin, /sbin, /usr/bin, /bin',
  ],
])('%s is told why and what to do', (_what, more, message) => {
  expect(() => isolationTools(ground(more))).toThrow(
    expect.objectContaining({ code: 'KNC3401', message, remedy: expect.stringContaining('Leave --isolate out') }),
  );
});

test('the tools are those of the system, wherever PATH leads', () => {
  expect(isolationTools(ground({}))).toEqual({ ip: '/bin/ip', mount: '/bin/mount' });
});
