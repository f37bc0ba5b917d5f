import { Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import {
  Broker,
  Channel,
  Delivery,
  Filter,
  KnService,
  Sequence,
  Sink,
  type SinkInput,
  type TriggerProps,
} from '../../../constructs';

// Each line below an @ts-expect-error must not compile; `npm run typecheck` fails if one does.
const chart = new Chart(Testing.app(), 'test', { namespace: 'shop' });
const orders = new Broker(chart, 'orders');
const hello = new KnService(chart, 'hello', { image: 'app' });

test('what is no field, or no value of one, does not compile', () => {
  const refused: TriggerProps[] = [
    // @ts-expect-error a subscriber is needed
    { broker: orders },
    // @ts-expect-error a broker is needed
    { to: hello },
    // @ts-expect-error a name is no sink: say what it names
    { broker: orders, to: 'hello' },
    // @ts-expect-error a filter, not an expression
    { broker: orders, to: hello, where: 'amount > 100' },
    // @ts-expect-error a Delivery, not numbers
    { broker: orders, to: hello, delivery: { retry: 3 } },
    // @ts-expect-error warnings have names
    { broker: orders, to: hello, silence: ['dangling'] },
  ];
  expect(refused).toHaveLength(6);
});

test('anything addressable is a sink, by its shape', () => {
  const sinks: SinkInput[] = [
    hello,
    orders,
    new Channel(chart, 'channel'),
    new Sequence(chart, 'sequence', { steps: [hello] }),
    new kplus.Service(chart, 'service', { ports: [{ port: 80 }] }),
    Broker.fromBrokerName(chart, 'there', 'there'),
    KnService.fromServiceName(chart, 'also', 'also'),
    Sink.uri('https://example.com'),
    { name: 'plain' },
  ];
  for (const to of sinks) orders.onAny({ to });
  expect(sinks).toHaveLength(9);
});

test('values are not changed by what is made of them', () => {
  const base = Delivery.retry(3);
  const more = base.backoff('linear', '1s').timeout('5s');
  expect([base.data, more.data]).toEqual([
    { retry: 3 },
    { retry: 3, backoffPolicy: 'linear', backoffDelay: '1s', timeout: '5s' },
  ]);
  const inner = Filter.exact({ type: 'a' });
  expect(Filter.not(Filter.any(inner, Filter.suffix({ type: 'b' }))).spec).toEqual({
    not: { any: [{ exact: { type: 'a' } }, { suffix: { type: 'b' } }] },
  });
  expect(inner.spec).toEqual({ exact: { type: 'a' } });
});
