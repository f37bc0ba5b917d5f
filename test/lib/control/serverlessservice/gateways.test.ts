import fc from 'fast-check';
import { GatewayAddresses } from '../../../../lib/control/serverlessservice';
import { chooseGateways, gatewaySubsets } from '../../../../lib/control/serverlessservice/gateway-subsets';

const ips = Array.from({ length: 10 }, (_, i) => `10.0.0.${i}`);

test.each([
  [0, 10],
  [3, 3],
  [10, 10],
  [50, 10],
])('%d gateways wanted of ten are %d', (count, want) => {
  expect(chooseGateways(ips, 'hello', count).size).toBe(want);
});

test('the choice is the same in any order, and one gateway more displaces at most one', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.integer({ min: 1, max: 9 }),
      fc.shuffledSubarray(ips, { minLength: 10 }),
      (target, count, order) => {
        const before = chooseGateways(ips, target, count);
        expect(chooseGateways(order, target, count)).toEqual(before);
        const after = chooseGateways([...ips, '10.0.1.1'], target, count);
        expect([...before].filter((ip) => !after.has(ip)).length).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test('revisions are spread evenly over gateways', () => {
  const uses = new Map<string, number>();
  for (let i = 0; i < 1000; i++) for (const ip of chooseGateways(ips, `rev-${i}`, 2)) uses.set(ip, (uses.get(ip) ?? 0) + 1);
  for (const ip of ips) expect(uses.get(ip)).toBeGreaterThan(130);
});

test('subsets without a chosen address or a wanted port are left out', () => {
  const subsets = [
    {
      addresses: [{ ip: '1.1.1.1' }],
      ports: [
        { name: 'http', port: 1 },
        { name: 'x', port: 2 },
      ],
    },
    { addresses: [{ ip: '2.2.2.2' }], ports: [{ name: 'x', port: 2 }] },
    { addresses: [], ports: [{ name: 'http', port: 1 }] },
  ];
  expect(gatewaySubsets(subsets, 'a', 0, ['http'])).toEqual([
    { addresses: [{ ip: '1.1.1.1' }], ports: [{ name: 'http', port: 1 }] },
  ]);
});

test('whoever asks where the gateways are is told when they move', () => {
  const heard: unknown[] = [];
  const gateways = new GatewayAddresses();
  const ask = { topic: 'gateways', key: 'all', input: null };
  gateways.ask(ask, (key, value) => heard.push([key, value]));
  expect(heard).toEqual([]);
  const first = [{ addresses: [{ ip: '1.1.1.1' }] }];
  gateways.set(first);
  expect(heard).toEqual([['all', first]]);
  gateways.forget('all');
  gateways.set([]);
  expect(heard).toHaveLength(1);
  gateways.ask(ask, (key, value) => heard.push([key, value]));
  expect(heard.at(-1)).toEqual(['all', []]);
});
