import { Chart, Duration, Testing } from 'cdk8s';
import { Broker, Channel, Delivery, EventType, KnService, Sink, type TriggerOptions } from '../../../constructs';
import { synthErrors, warningsOf } from '../serving/synth';

const GROUP = 'eventing.knative-constructs.dev/';

function build(options: Omit<TriggerOptions, 'to'>): Chart {
  const chart = new Chart(Testing.app(), 'shop');
  const to = new KnService(chart, 'hello', { name: 'hello', image: 'app' });
  const orders = new Broker(chart, 'orders', { name: 'orders' });
  orders.onAny({ metadata: { name: 'hello' }, silence: ['consumer-options'], ...options, to });
  return chart;
}

/** The annotations of this package on the trigger. */
function annotationsOf(chart: Chart, kind = 'Trigger'): Record<string, string> {
  const objects = Testing.synth(chart) as { kind: string; metadata: { annotations?: Record<string, string> } }[];
  const { annotations = {} } = objects.find((object) => object.kind === kind)!.metadata;
  return Object.fromEntries(Object.entries(annotations).map(([key, text]) => [key.replace(GROUP, ''), text]));
}

test('how events are consumed becomes annotations, with the defaults that matter', () => {
  expect(annotationsOf(build({ orderBy: 'subject', concurrency: 4, paused: false, rate: 0.5, batch: {}, dedupe: {} }))).toEqual({
    ...{ 'order-by': 'subject', concurrency: '4', paused: 'false', rate: '0.5' },
    ...{ 'batch-max': '100', 'dedupe-by': 'source,id' },
  });
  const join = { by: 'data.order.id', types: ['paid', 'packed'], within: Duration.hours(1), as: 'ready' };
  expect(annotationsOf(build({ join, dedupe: { by: 'id', window: '30s', maxKeys: 5 } }))).toEqual({
    ...{ 'join-by': 'data.order.id', 'join-types': 'paid,packed', 'join-within': '1h0m0s', 'join-type': 'ready' },
    ...{ 'dedupe-by': 'id', 'dedupe-window': '30s', 'dedupe-max-keys': '5' },
  });
});

test('a subscription takes the same', () => {
  const chart = new Chart(Testing.app(), 'shop');
  const to = new KnService(chart, 'hello', { name: 'hello', image: 'app' });
  const channel = new Channel(chart, 'news', { name: 'news' });
  channel.subscribe('hello', { to, batch: { max: 10, within: '1s' }, concurrency: 1, silence: ['consumer-options'] });
  expect(synthErrors(chart)).toEqual([]);
  expect(annotationsOf(chart, 'Subscription')).toEqual({ 'batch-max': '10', 'batch-within': '1s', concurrency: '1' });
});

test('that upstream ignores it is told, until it is silenced', () => {
  const said = (options: Omit<TriggerOptions, 'to'>) => warningsOf(() => Testing.synth(build(options)));
  expect(said({ dedupe: {} })).toEqual([]);
  expect(said({ dedupe: {}, silence: [] })).toEqual([
    expect.stringMatching(
      /^\[shop\/.*\] KNC1101 metadata.annotations: .* upstream Knative ignores them, and delivers duplicates .*'consumer-options'/,
    ),
  ]);
  expect(said({ metadata: { annotations: { [`${GROUP}paused`]: 'true' } }, silence: [] })).toHaveLength(1);
  expect(said({ silence: [] })).toEqual([]);
});

test.each<[string, Omit<TriggerOptions, 'to'>, RegExp]>([
  ['a window that is none', { dedupe: { window: 'long' } }, /dedupe-window\]: invalid value: long .* Write a duration/],
  ['a batch that is too large', { batch: { max: 1001 } }, /batch-max\]: invalid value: 1001 .* from 1 to 1000/],
  ['a join of one', { join: { by: 'id', types: ['paid'] } }, /join-types\]: invalid value: paid .* 2 to 20 types/],
  ['a join without a key', { join: { types: ['a', 'b'] } as never }, /join-by\]: invalid value: .* Write up to 5 names/],
  ['a key that is all of the data', { dedupe: { by: 'data' } }, /dedupe-by\]: invalid value: data/],
  ['a type with a comma', { join: { by: 'id', types: ['a,b', 'c'] } }, /join.types: a name has a comma/],
  ['an order and a join', { join: { by: 'id', types: ['a', 'b'] }, orderBy: 'id' }, /join-by\].*order-by\].*Leave order-by out/],
  ['a batch of joins', { join: { by: 'id', types: ['a', 'b'] }, batch: {} }, /expected exactly one, got both.* Choose one/],
  ['a prop that is none', { batch: { count: 5 } } as never, /batch.count: unknown prop "count"/],
  ['a rate of nothing', { rate: 0 }, /\/rate\]: invalid value: 0/],
])('%s is refused at synthesis, by construct, field and remedy', (_what, options, message) => {
  expect(synthErrors(build(options)).join('\n')).toMatch(message);
});

test('a join on a trigger for one type is refused: nothing else comes there', () => {
  const chart = new Chart(Testing.app(), 'shop');
  const to = new KnService(chart, 'hello', { name: 'hello', image: 'app' });
  new Broker(chart, 'orders').on('paid', { to, join: { by: 'id', types: ['paid', 'packed'] }, silence: ['consumer-options'] });
  expect(synthErrors(chart).join('\n')).toMatch(/join.types: events of type paid alone come here/);
});

describe('what can be told of a join beforehand', () => {
  const join = { by: 'id', types: ['paid', 'packed'] } as const;
  const said = (options: Omit<TriggerOptions, 'to'>, declared: readonly string[] = []) =>
    warningsOf(() => {
      const chart = build({ delivery: Delivery.deadLetter(Sink.uri('http://letters.example.com')), ...options });
      const [reference] = chart.node.findAll().filter((one) => one instanceof Broker);
      for (const type of declared) new EventType(chart, type, { type, reference: reference as Broker });
      Testing.synth(chart);
    });

  test('is a type that nobody declares', () => {
    expect(said({ join })).toEqual([]);
    expect(said({ join }, ['paid', 'packed'])).toEqual([]);
    expect(said({ join }, ['paid'])).toEqual([
      expect.stringMatching(
        /join-types\]: no event of type packed is declared for Broker orders: nothing is ever joined.*'never-matches'/,
      ),
    ]);
  });

  test('is that events are lost that are not joined in time', () => {
    const delivery = Delivery.retry(3);
    expect(said({ join, delivery })).toEqual([
      expect.stringMatching(/join-partial\]: events of which the others do not come in time are lost.*'lost-joins'/),
    ]);
    expect(said({ join: { ...join, partial: 'drop' }, delivery })).toEqual([]);
  });
});
