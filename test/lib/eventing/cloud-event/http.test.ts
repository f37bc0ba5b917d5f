import fc from 'fast-check';
import {
  type CloudEvent,
  decodeHttp,
  EventError,
  encodeBatch,
  encodeBinary,
  encodeStructured,
  filterEvent,
  jsonData,
} from '../../../../lib/eventing/cloud-event';
import type { Attributes } from '../../../../lib/expr';

const REQUIRED = { specversion: '1.0', id: '1', source: '/shop', type: 'order.created' };
const ce = (headers: Record<string, string> = {}) => ({
  ...{ 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/shop', 'ce-type': 'order.created' },
  ...headers,
});
const structured = (json: unknown, type = 'application/cloudevents+json') =>
  decodeHttp({ 'content-type': type }, Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)));

function refusal(decode: () => unknown): [number, string] {
  try {
    decode();
  } catch (error) {
    if (error instanceof EventError) return [error.status, error.message];
    throw error;
  }
  return [200, ''];
}

describe('an event over HTTP', () => {
  test('in binary mode is headers and a body', () => {
    const [event] = decodeHttp(ce({ 'ce-subject': 'caf%C3%A9 %22x%22', 'content-type': 'text/plain' }), Buffer.from('hi'));
    expect(event).toEqual({
      attributes: { ...REQUIRED, subject: 'café "x"', datacontenttype: 'text/plain' },
      data: Buffer.from('hi'),
    });
  });

  test('in structured mode is JSON, with data as JSON, as text or in base64', () => {
    expect(structured({ ...REQUIRED, count: 3, data: { a: 1 } })).toEqual([
      { attributes: { ...REQUIRED, count: 3 }, data: Buffer.from('{"a":1}') },
    ]);
    expect(structured({ ...REQUIRED, datacontenttype: 'text/plain', data: 'hi' })[0]!.data?.toString()).toBe('hi');
    expect(structured({ ...REQUIRED, data: 'hi' })[0]!.data?.toString()).toBe('"hi"');
    expect(structured({ ...REQUIRED, data_base64: 'AAH/' })[0]!.data).toEqual(Buffer.from([0, 1, 255]));
    expect(structured({ ...REQUIRED, subject: null })[0]!.attributes).toEqual(REQUIRED);
  });

  test('leaves out what its sender left empty', () => {
    const headers = ce({ 'ce-subject': '', 'ce-dataschema': '', 'ce-ext': '', 'content-type': '' });
    expect(decodeHttp(headers, Buffer.alloc(0))[0]!.attributes).toEqual({ ...REQUIRED, ext: '' });
  });

  test.each(['12345678901234567890', '1e400', '0.10', '{"a":1,"a":2}', '[ 1, "]}\\\\\\"" ]', ' {"é" : [{}]}', 'true', '""'])(
    'keeps data as it is written: %s',
    (data) => {
      const text = `{"data":1, "specversion":"1.0" ,"id":"{\\"data\\":2,","source":"/s","type":"t", "d\\u0061ta" : ${data} }`;
      const [event] = structured(text);
      expect(event!.data?.toString()).toBe(data.trim());
      const { headers, body } = encodeStructured(event!);
      expect(decodeHttp(headers, body)).toEqual([event]);
      const batch = structured(`[${text} , ${text}]`, 'application/cloudevents-batch+json');
      expect(batch).toEqual([event, event]);
      const again = encodeBatch(batch);
      expect(decodeHttp(again.headers, again.body)).toEqual(batch);
    },
  );

  test('in a batch is one of many', () => {
    expect(
      structured([REQUIRED, { ...REQUIRED, id: '2' }], 'application/cloudevents-batch+json').map((e) => e.attributes['id']),
    ).toEqual(['1', '2']);
    expect(structured([], 'application/cloudevents-batch+json')).toEqual([]);
  });

  test('of version 0.3 is taken as it is, not made 1.0', () => {
    const [event] = structured({ ...REQUIRED, specversion: '0.3', datacontentencoding: 'base64', data: 'aGk=' });
    expect(event).toEqual({ attributes: { ...REQUIRED, specversion: '0.3' }, data: Buffer.from('hi') });
  });

  test.each<[string, () => unknown, number, string]>([
    ['nothing of an event', () => decodeHttp({}, Buffer.alloc(0)), 400, 'neither a ce-specversion header nor Content-Type'],
    ['no id', () => decodeHttp({ ...ce(), 'ce-id': undefined }, Buffer.alloc(0)), 400, 'id: MUST be a non-empty string'],
    ['an empty type', () => structured({ ...REQUIRED, type: '' }), 400, 'type: MUST be a non-empty string'],
    [
      'a wrong version',
      () => structured({ ...REQUIRED, specversion: '2.0' }),
      400,
      'specversion: 2.0 is not supported, 1.0 and 0.3 are',
    ],
    ['no version', () => structured({ id: '1', source: '/', type: 't' }), 400, 'specversion: MUST NOT be empty'],
    ['a time that is none', () => structured({ ...REQUIRED, time: 'today' }), 400, 'time: today is no timestamp of RFC 3339'],
    [
      'invalid UTF-8 in a header',
      () => decodeHttp(ce({ 'ce-subject': '%ff' }), Buffer.alloc(0)),
      400,
      'subject: is not valid UTF-8',
    ],
    [
      'invalid UTF-8 in JSON',
      () => decodeHttp({ 'content-type': 'application/cloudevents+json' }, Buffer.from([0x22, 0xff, 0x22])),
      400,
      'the body is not valid UTF-8',
    ],
    [
      'half a character',
      () => structured(`{"specversion":"1.0","id":"\\ud800","source":"/","type":"t"}`),
      400,
      'id: is not valid Unicode',
    ],
    ['a control character', () => decodeHttp(ce({ 'ce-subject': 'a%0Ab' }), Buffer.alloc(0)), 400, 'subject: control characters'],
    ['data as an attribute', () => decodeHttp(ce({ 'ce-data': 'x' }), Buffer.alloc(0)), 400, 'data: no attribute may have'],
    [
      'an attribute twice',
      () => decodeHttp({ ...ce(), 'ce-id': ['1', '2'] }, Buffer.alloc(0)),
      400,
      'ce-id: stands there 2 times',
    ],
    ['a blank id', () => structured({ ...REQUIRED, id: ' ' }), 400, 'id: MUST be a non-empty string'],
    ['an empty subject', () => structured({ ...REQUIRED, subject: '' }), 400, 'subject: if present, MUST be a non-empty'],
    ['a source that is no URI', () => structured({ ...REQUIRED, source: '/a%zz' }), 400, 'source: /a%zz is no URI reference'],
    ['a relative schema', () => structured({ ...REQUIRED, dataschema: '/a' }), 400, 'dataschema: /a is no absolute URI'],
    [
      'a media type that no header can hold',
      () => structured({ ...REQUIRED, datacontenttype: 'text/plain; x=é' }),
      400,
      'datacontenttype: text/plain; x=é is no media type',
    ],
    ['a media type that is none', () => structured({ ...REQUIRED, datacontenttype: 'a b' }), 400, 'a b is no media type'],
    [
      'attributes that are too large',
      () => structured({ ...REQUIRED, ext: 'x'.repeat(2 ** 20) }),
      413,
      'the attributes have more than 65536 characters',
    ],
    [
      'a body that is compressed',
      () => decodeHttp(ce({ 'content-encoding': 'gzip' }), Buffer.from('x')),
      415,
      'Content-Encoding gzip is not supported',
    ],
    ['half of JSON', () => structured('{"specversion":'), 400, 'the body is not JSON'],
    ['a list', () => structured('[]'), 400, 'an event in JSON is an object'],
    ['an attribute that is an object', () => structured({ ...REQUIRED, ext: {} }), 400, 'ext: an attribute is a string'],
    ['a name with a capital', () => structured({ ...REQUIRED, myExt: 'x' }), 400, 'myExt: names of attributes'],
    ['data twice', () => structured({ ...REQUIRED, data: 1, data_base64: '' }), 400, 'exclude each other'],
    ['what is not base64', () => structured({ ...REQUIRED, data_base64: '?' }), 400, 'data_base64: is not base64'],
    [
      'a format that is not JSON',
      () => structured({}, 'application/cloudevents+avro'),
      415,
      'application/cloudevents+avro is not supported',
    ],
    [
      'one bad event of a batch',
      () => structured([REQUIRED, { id: '2' }], 'application/cloudevents-batch+json'),
      400,
      'event 1 of the batch: specversion',
    ],
  ])('is refused for %s', (_name, decode, status, message) => {
    const [actual, text] = refusal(decode);
    expect(text).toContain(message);
    expect(actual).toBe(status);
  });

  test('names a long wrong attribute by its beginning', () => {
    const [, message] = refusal(() => structured({ ...REQUIRED, ['X'.repeat(100_000)]: 'x' }));
    expect(message.length).toBeLessThan(200);
  });

  const attributes = fc
    .record({
      subject: fc.option(fc.string({ unit: 'grapheme', minLength: 1 }), { nil: undefined }),
      ext: fc.string({ unit: 'binary' }),
      id: fc.string({ unit: 'grapheme', minLength: 1 }),
      datacontenttype: fc.constantFrom('application/json', 'text/plain', 'application/octet-stream', undefined),
    })
    .filter(({ subject, ext, id }) => ![subject, ext, id].some((text) => /\p{Cc}|\p{Cs}/u.test(text ?? '')))
    .filter(({ subject = 'any', id }) => subject.trim() !== '' && id.trim() !== '')
    .map((some) => ({ ...REQUIRED, ...JSON.parse(JSON.stringify(some)) }) as Attributes);
  const data = fc.option(
    fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    { nil: undefined },
  );
  const events = fc.record({ attributes, data });

  test('comes back from binary mode as it was', () => {
    fc.assert(
      fc.property(events, (event: CloudEvent) => {
        const { headers, body } = encodeBinary(event);
        for (const value of Object.values(headers)) expect(value).toMatch(/^[\x20-\x7e]*$/);
        expect(decodeHttp(headers, body)).toEqual([event]);
      }),
    );
  });

  test('comes back from JSON as it was, alone and in a batch', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 3 }), (batch) => {
        const { headers, body } = encodeBatch(batch);
        const meaning = (event: CloudEvent) => ({ ...event, data: jsonData(event) ?? event.data });
        expect(decodeHttp(headers, body).map(meaning)).toEqual(batch.map(meaning));
        for (const event of batch) {
          const message = encodeStructured(event);
          expect(decodeHttp(message.headers, message.body).map(meaning)).toEqual([meaning(event)]);
        }
      }),
    );
  });

  test('gives filters its data as JSON only if it is JSON', () => {
    const event = (type: string | undefined, text: string): CloudEvent => ({
      attributes: type === undefined ? REQUIRED : { ...REQUIRED, datacontenttype: type },
      data: Buffer.from(text),
    });
    expect(filterEvent(event('application/json; charset=utf-8', '{"a":1}')).json()).toEqual({ a: 1 });
    expect(filterEvent(event('application/vnd.shop+json', '[1]')).json()).toEqual([1]);
    expect(filterEvent(event(undefined, '7')).json()).toBe(7);
    expect(filterEvent(event('text/plain', '{"a":1}')).json()).toBeUndefined();
    expect(filterEvent(event('application/json', '{')).json()).toBeUndefined();
  });
});
