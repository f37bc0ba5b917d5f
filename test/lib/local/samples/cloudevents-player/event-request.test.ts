import { eventOf } from '../../../../../lib/local/samples/cloudevents-player/event-request';
import { Refusal } from '../../../../../lib/local/samples/cloudevents-player/refusal';
import { attributes } from './support/player';

const structured = { 'content-type': 'application/cloudevents+json' };
const event = { specversion: '1.0', id: '1', type: 't', source: '/s' };
const read = (more: object) => eventOf(structured, Buffer.from(JSON.stringify({ ...event, ...more })));

test('data is JSON, text or base64, in either mode', () => {
  const binary = (type: string, body: Buffer) => eventOf({ ...attributes, 'content-type': type }, body);
  expect(binary('application/vnd.x+json', Buffer.from('[1]')).data).toEqual([1]);
  expect(binary('text/plain', Buffer.from('[1]')).data).toBe('[1]');
  expect(binary('image/png', Buffer.from([0xff]))).toMatchObject({ data: null, dataBase64: '/w==' });
  expect(eventOf(attributes, Buffer.alloc(0))).toMatchObject({ data: null, datacontenttype: null });
  expect(read({ data: 'x' }).data).toBe('x');
  expect(read({ data_base64: '/w==' })).toMatchObject({ data: null, dataBase64: '/w==' });
  expect(read({ data_base64: 'eA==' })).toMatchObject({ data: 'x', dataBase64: null });
});

test('extensions keep their types, and null is as good as absent', () => {
  expect(read({ n: 1, on: true, word: 'w', gone: null, subject: null })).toMatchObject({
    subject: null,
    extensions: { n: 1, on: true, word: 'w' },
  });
});

test('events of 0.3 are read, with the old name of the schema', () => {
  expect(read({ specversion: '0.3', schemaurl: '/x' })).toMatchObject({ specversion: '0.3', dataschema: '/x' });
});

test.each([
  [{ id: '' }, 'this is no CloudEvent: id is missing'],
  [{ id: 1 }, 'id is not a string'],
  [{ specversion: '2.0' }, 'specversion "2.0" is not 1.0 or 0.3'],
  [{ time: 'now' }, 'time "now" is not a time of RFC 3339'],
  [{ Upper: 'x' }, 'the extension "Upper" is not a name of a-z and 0-9'],
  [{ list: [1] }, 'list is not a string, a number or a boolean'],
  [{ data: 1, data_base64: '' }, 'data_base64 is a string, and stands alone'],
])('%j is refused: %s', (more, message) => {
  expect(() => read(more)).toThrow(new Refusal(400, message));
});

test('what is not percent-encoded UTF-8 is refused by the name of its header', () => {
  expect(() => eventOf({ ...attributes, 'ce-subject': '%E9' }, Buffer.alloc(0))).toThrow(
    'the header ce-subject is not percent-encoded UTF-8',
  );
});
