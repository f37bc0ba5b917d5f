import { hostResolvers, nsswitchConf, resolvConf } from '../../../../lib/local/isolate/name-files';

test('a pod searches its own namespace first', () => {
  expect(resolvConf('10.201.0.1', 'shop')).toBe(
    'nameserver 10.201.0.1\nsearch shop.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n',
  );
});

test('hosts are looked up by file and DNS alone; the rest of nsswitch.conf stays', () => {
  const text = 'passwd: files systemd\nhosts: files resolve [!UNAVAIL=return] dns\nnetworks: files\n';
  expect(nsswitchConf(text)).toBe('passwd: files systemd\nnetworks: files\nhosts: files dns\n');
});

test('other names are asked of the servers of this machine, three at most', () => {
  const text =
    '# nameserver 1.1.1.1\nnameserver 192.0.2.53\nsearch lan\nnameserver fd00::53\nnameserver 192.0.2.54\nnameserver 192.0.2.55\n';
  expect(hostResolvers(text)).toEqual(['192.0.2.53', 'fd00::53', '192.0.2.54']);
});
