import { SharedNetworks } from '../../../../lib/local/pods/engine/shared-networks';

test('the first has the network, the others join it', () => {
  const networks = new SharedNetworks();
  expect(networks.firstOf('pod')).toBeUndefined();
  networks.join('pod', 'a');
  networks.join('pod', 'b');
  expect([networks.firstOf('pod'), networks.firstOf('other')]).toEqual(['a', undefined]);
});

test('whoever ends while others use the network is removed after the last of them', () => {
  const networks = new SharedNetworks();
  for (const name of ['a', 'b', 'c']) networks.join('pod', name);
  expect(networks.leave('pod', 'a')).toBeUndefined();
  expect(networks.firstOf('pod')).toBeUndefined();
  expect(networks.leave('pod', 'b')).toBeUndefined();
  expect(networks.leave('pod', 'c')).toEqual(['a', 'b']);
  networks.join('pod', 'd');
  expect(networks.leave('pod', 'd')).toEqual([]);
});
