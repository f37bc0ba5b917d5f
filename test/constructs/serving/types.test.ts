import { Testing } from 'cdk8s';
import { KnService, type KnServiceProps, TrafficSplit } from '../../../constructs';

// Each line below an @ts-expect-error must not compile; `npm run typecheck` fails if one does.
const chart = Testing.chart();
const image = 'app:1';

test('what is no field, or no value of one, does not compile', () => {
  const refused: KnServiceProps[] = [
    // @ts-expect-error an image is needed
    {},
    // @ts-expect-error no such prop
    { image, replicas: 3 },
    // @ts-expect-error no such setting of scale
    { image, scale: { maximum: 3 } },
    // @ts-expect-error a number, not text
    { image, scale: { min: '1' } },
    // @ts-expect-error a duration, not a number of unsaid units
    { image, timeouts: { request: 30 } },
    // @ts-expect-error neither http1 nor h2c
    { image, protocol: 'grpc' },
    // @ts-expect-error a key is needed
    { image, env: { A: { secret: 'keys' } } },
    // @ts-expect-error tokens are kept out with false, and there is nothing else to say
    { image, automountServiceAccountToken: true },
    // @ts-expect-error errors have no rule to silence
    { image, silence: ['error'] },
  ];
  expect(refused).toHaveLength(9);
});

test('props and getters are read-only, and the private state is out of reach', () => {
  const service = new KnService(chart, 'a', { image });
  expect(() => {
    // @ts-expect-error there is no setter
    service.env = {};
  }).toThrow(TypeError);
  expect(() => {
    // @ts-expect-error nor here
    service.host = 'x';
  }).toThrow(TypeError);
  expect(Object.keys(service)).not.toContain('props');
});

test('a canary needs to be told what is stable and how much it gets', () => {
  // @ts-expect-error percent is needed
  expect(TrafficSplit.canary({ stable: 'a-00001' })).toHaveLength(2);
  // @ts-expect-error a side that does not exist
  expect(TrafficSplit.blueGreen({ blue: 'a-00001', green: 'a-00002', live: 'red' })).toHaveLength(2);
});
