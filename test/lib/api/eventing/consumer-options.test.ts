import { consumerOptions, type Subscription, type Trigger, validate } from '../../../../lib/api';
import { formatFieldErrors } from '../../../../lib/base';

const GROUP = 'eventing.knative-constructs.dev/';
const grouped = (texts: Record<string, string>) =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [GROUP + name, text]));
const subscriber = { uri: 'http://example.com' };

const trigger = (texts: Record<string, string>): Trigger => ({
  apiVersion: 'eventing.knative.dev/v1',
  kind: 'Trigger',
  metadata: { name: 'mine', annotations: grouped(texts) },
  spec: { broker: 'orders', subscriber },
});
const subscription = (texts: Record<string, string>): Subscription => ({
  apiVersion: 'messaging.knative.dev/v1',
  kind: 'Subscription',
  metadata: { name: 'mine', annotations: grouped(texts) },
  spec: { channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel', name: 'news' }, subscriber },
});

describe('annotations of consumers', () => {
  it('mean what they say, with defaults', () => {
    expect(consumerOptions(grouped({ 'dedupe-window': '1m' }))).toEqual({
      dedupe: { by: ['source', 'id'], windowMs: 60_000, maxKeys: 10_000 },
    });
    expect(consumerOptions(grouped({ 'batch-within': '1500ms', concurrency: '2', paused: 'false' }))).toEqual({
      batch: { max: 100, withinMs: 1500 },
      concurrency: 2,
    });
    expect(consumerOptions(grouped({ 'join-by': 'orderid, data.order.id', 'join-types': 'a,b' }))).toEqual({
      join: {
        ...{ by: ['orderid', 'data.order.id'], types: ['a', 'b'], type: 'a+b', withinMs: 600_000 },
        ...{ partial: 'deadLetter', maxKeys: 10_000 },
      },
    });
    expect(consumerOptions({ note: 'x' })).toEqual({});
    expect(consumerOptions(undefined)).toEqual({});
  });

  it.each<[Record<string, string>, string]>([
    [{ 'dedupe-by': 'Source' }, `invalid value: Source: metadata.annotations[${GROUP}dedupe-by]`],
    [{ 'dedupe-by': 'id,id' }, `invalid value: id,id: metadata.annotations[${GROUP}dedupe-by]`],
    [{ 'dedupe-window': '169h' }, `invalid value: 169h: metadata.annotations[${GROUP}dedupe-window]`],
    [{ 'dedupe-max-keys': '0' }, `invalid value: 0: metadata.annotations[${GROUP}dedupe-max-keys]`],
    [{ 'batch-max': '1.5' }, `invalid value: 1.5: metadata.annotations[${GROUP}batch-max]`],
    [{ 'batch-within': '0s' }, `invalid value: 0s: metadata.annotations[${GROUP}batch-within]`],
    [{ 'join-by': 'id' }, `missing field(s): metadata.annotations[${GROUP}join-types]`],
    [{ 'join-within': '1m' }, `missing field(s): metadata.annotations[${GROUP}join-by]`],
    [{ 'join-by': 'id', 'join-types': 'a,a' }, `invalid value: a,a: metadata.annotations[${GROUP}join-types]`],
    [
      { 'join-by': 'id', 'join-types': 'a,b', 'join-partial': 'no' },
      `invalid value: no: metadata.annotations[${GROUP}join-partial]`,
    ],
    [{ 'batch-size': '3' }, `invalid key name "${GROUP}batch-size": metadata.annotations[${GROUP}batch-size]`],
    [{ constructor: 'x' }, `invalid key name "${GROUP}constructor"`],
  ])('are refused on triggers and subscriptions alike: %j', (texts, message) => {
    for (const object of [trigger(texts), subscription(texts)]) expect(formatFieldErrors(validate(object))).toContain(message);
  });

  it.each(['eventing.knative.dev/v1 Broker', 'messaging.knative.dev/v1 Channel', 'messaging.knative.dev/v1 InMemoryChannel'])(
    'are refused on a %s, which delivers nothing by itself',
    (type) => {
      const [apiVersion, kind] = type.split(' ');
      const metadata = { name: 'mine', annotations: grouped({ paused: 'true' }) };
      expect(formatFieldErrors(validate({ apiVersion, kind, metadata, spec: {} }))).toContain(
        `invalid key name "${GROUP}paused"`,
      );
    },
  );

  it.each([
    ['data.order.id', true],
    ['data.Order_Id', true],
    ['data.', false],
    ['data..id', false],
    ['data.a b', false],
    ['Subject', false],
    ['subject,id', false],
  ])('take %s as what orders events: %s', (text, right) => {
    expect(consumerOptions(grouped({ 'order-by': text })).orderBy).toBe(right ? text : undefined);
    const problem = { message: `invalid value: ${text}` };
    const remedy = 'Name one attribute, such as "subject", or a field of JSON data, such as "data.order.id".';
    expect(validate(trigger({ 'order-by': text }))).toMatchObject(right ? [] : [{ ...problem, remedy }]);
  });

  it('are taken on both where they are right', () => {
    const texts = { 'order-by': 'subject', rate: '0.5', 'batch-max': '10', 'dedupe-by': 'id' };
    expect([validate(trigger(texts)), validate(subscription(texts))]).toEqual([[], []]);
  });
});
