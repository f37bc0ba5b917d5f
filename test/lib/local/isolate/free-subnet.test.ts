import { freeSubnet } from '../../../../lib/local/isolate/free-subnet';

test.each<[string, readonly string[], string | undefined]>([
  ['nothing else', ['default', '192.0.2.0/24', '127.0.0.0/8'], '10.201.0.1'],
  ['a bridge of another process', ['10.201.0.0/16'], '10.202.0.1'],
  ['one address of it', ['10.201.7.9'], '10.202.0.1'],
  ['a wider network around several', ['10.200.0.0/14', '10.204.0.0/16'], '10.205.0.1'],
  ['all of it', ['10.0.0.0/8'], undefined],
  ['words and IPv6', ['default', 'fe80::/64', 'broadcast'], '10.201.0.1'],
])('with routes to %s', (_what, routes, bridge) => {
  expect(freeSubnet(routes)?.bridge).toBe(bridge);
});
