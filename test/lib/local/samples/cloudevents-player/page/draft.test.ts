import { type Draft, problemsOf, requestOf } from '../../../../../../lib/local/samples/cloudevents-player/page/draft';
import { eventId } from '../../../../../../lib/local/samples/cloudevents-player/page/event-id';

const draft: Draft = {
  type: 't',
  source: '/s',
  id: '1',
  subject: '',
  extensions: '',
  data: '{"n":12345678901234567890}',
  contenttype: 'application/json',
  mode: 'binary',
};
const ce = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-type': 't', 'ce-source': '/s' };

test('a draft is sent as headers and the data as it was typed', () => {
  const headers = { ...ce, 'content-type': 'application/json' };
  expect(requestOf(draft)).toEqual({ headers, body: draft.data });
  expect(requestOf({ ...draft, data: '  ' })).toEqual({ headers: ce, body: '' });
});

test('attributes that a header cannot carry are percent-encoded', () => {
  const { headers } = requestOf({ ...draft, subject: 'é "50%" 😀\ud800', extensions: 'a=1\n\n b = x=y ' });
  expect(headers).toMatchObject({
    'ce-subject': '%C3%A9%20%2250%25%22%20%F0%9F%98%80%EF%BF%BD',
    'ce-a': '1',
    'ce-b': 'x=y',
  });
});

test('in structured mode, JSON stays what was typed and text becomes a string', () => {
  const headers = { 'content-type': 'application/cloudevents+json' };
  const structured = { ...draft, mode: 'structured' };
  const start = '{"specversion":"1.0","id":"1","type":"t","source":"/s"';
  expect(requestOf(structured)).toEqual({
    headers,
    body: `${start},"datacontenttype":"application/json","data":{"n":12345678901234567890}}`,
  });
  expect(requestOf({ ...structured, contenttype: 'text/plain', data: 'say "x"' }).body).toBe(
    `${start},"datacontenttype":"text/plain","data":"say \\"x\\""}`,
  );
  expect(requestOf({ ...structured, data: '' }).body).toBe(`${start}}`);
});

test.each<[Partial<Draft>, string, RegExp]>([
  [{ type: ' ' }, 'type', /fill this in/],
  [{ data: '{' }, 'data', /^This is not JSON: /],
  [{ extensions: 'a=1\nB=2' }, 'extensions', /“B=2” is not name=value/],
  [{ extensions: 'alone' }, 'extensions', /“alone” is not name=value/],
  [{ extensions: 'id=2' }, 'extensions', /“id” is an attribute of every event/],
])('%j has a problem with %s', (change, field, problem) => {
  expect([...problemsOf({ ...draft, ...change })]).toEqual([[field, expect.stringMatching(problem)]]);
});

test('a draft without problems has none, and text is no JSON', () => {
  expect(problemsOf(draft).size).toBe(0);
  expect(problemsOf({ ...draft, contenttype: 'text/plain', data: '{' }).size).toBe(0);
});

test('an ID is a UUID of version 4', () => {
  expect(eventId((bytes) => bytes.fill(0xff))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  expect(eventId(() => {})).toBe('00000000-0000-4000-8000-000000000000');
});
