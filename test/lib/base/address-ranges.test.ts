import { inAddressRanges, isAddressRange } from '../../../lib/base';

test.each([
  ['10.0.0.0/8', true],
  ['10.1.2.3/8', true],
  ['192.0.2.7', true],
  ['0.0.0.0/0', true],
  ['2001:db8::/32', true],
  ['::1', true],
  ['10.0.0.0/33', false],
  ['2001:db8::/129', false],
  ['10.0.0/8', false],
  ['10.0.0.0/', false],
  ['10.0.0.0/8/8', false],
  ['10.0.0.0/-1', false],
  ['fe80::1%eth0', false],
  ['example.com', false],
  ['', false],
  [10, false],
])('whether %p is a range of addresses: %p', (text, is) => {
  expect(isAddressRange(text)).toBe(is);
});

test('an address is in a range of its own kind, or it is not', () => {
  const inside = inAddressRanges(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);
  const addresses = ['10.255.0.1', '11.0.0.1', '192.0.2.7', '192.0.2.8', '2001:db8:1::1', '2001:db9::1', 'unknown'];
  expect(addresses.map(inside)).toEqual([true, false, true, false, true, false, false]);
  expect(inAddressRanges([])('10.0.0.1')).toBe(false);
  expect(inAddressRanges(['0.0.0.0/0'])('10.0.0.1')).toBe(true);
  expect(() => inAddressRanges(['all'])).toThrow('no range of addresses: all');
});
