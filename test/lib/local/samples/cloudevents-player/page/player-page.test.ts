import { CountingExecutor } from '../../../../../../lib/base/executor';
import { VirtualClock } from '../../../../../../lib/base/virtual-clock';
import type { Message } from '../../../../../../lib/local/samples/cloudevents-player/message';
import { PlayerPage } from '../../../../../../lib/local/samples/cloudevents-player/page/player-page';
import { FakeDocument, type FakeElement } from '../support/fake-document';

const message = (key: number, type: Message['type'], more: Partial<Message> = {}): Message => ({
  key,
  type,
  id: '1',
  source: '/s',
  eventType: 'dev.test',
  subject: null,
  receivedAt: new Date(Date.UTC(2026, 0, 1) + key * 10).toISOString(),
  extensions: {},
  data: { a: 1 },
  specversion: '1.0',
  time: null,
  datacontenttype: 'application/json',
  dataschema: null,
  dataBase64: null,
  failure: null,
  ...more,
});

/** A page whose player is the test. */
function open(answer: () => Promise<unknown> = async () => message(1, 'SENT'), status = 202) {
  const document = new FakeDocument();
  const clock = new VirtualClock(new CountingExecutor(() => {}));
  const requests: { path: string; init: { method: string; headers?: Record<string, string>; body?: string } }[] = [];
  const streams: { readyState: number; listeners: Map<string, (event: { data?: string }) => void> }[] = [];
  class EventSource {
    readyState = 1;
    readonly listeners = new Map<string, (event: { data?: string }) => void>();
    constructor() {
      streams.push(this);
    }
    addEventListener(type: string, listener: (event: { data?: string }) => void): void {
      this.listeners.set(type, listener);
    }
    close(): void {}
  }
  const fetch = async (path: string, init: (typeof requests)[number]['init']) => {
    requests.push({ path, init });
    return { ok: status < 400, status, json: answer };
  };
  const crypto = { getRandomValues: (bytes: Uint8Array) => bytes.fill(requests.length) };
  const page = new PlayerPage({ document, crypto, EventSource, fetch }, clock);
  const tell = (name: string, value: unknown) => streams.at(-1)!.listeners.get(name)!({ data: JSON.stringify(value) });
  const cards = () => document.get('messages').children as FakeElement[];
  const fates = () => cards().map((card) => [card.className, card.find('strong')!.textContent]);
  return { document, clock, requests, streams, page, tell, cards, fates };
}

test('what is sent is followed until it comes back', () => {
  const { tell, fates, cards, document } = open();
  tell('all', { broker: 'http://b/', messages: [] });
  expect(document.get('broker').textContent).toBe('http://b/');
  expect(document.get('summary').textContent).toBe('Nothing yet: send an event.');
  tell('message', message(1, 'SENDING'));
  expect(fates()).toEqual([['card wait', 'Sending']]);
  tell('message', message(1, 'SENT'));
  expect(fates()).toEqual([['card wait', 'Sent']]);
  const [first] = cards();
  tell('message', message(2, 'RECEIVED'));
  expect(fates()).toEqual([
    ['card good', 'Received'],
    ['card good', 'Sent, came back'],
  ]);
  expect(cards()[1]).toBe(first);
  expect(first!.textContent).toContain('It came back after 10 ms.');
  tell('message', message(3, 'RECEIVED'));
  expect(first!.textContent).toContain('It came back 2 times, first after 10 ms.');
  expect(document.get('summary').textContent).toBe('1 sent, 2 received');
});

test('it is said after five seconds that nothing came back, and taken back if it does', async () => {
  const { tell, fates, cards, clock } = open();
  tell('message', message(1, 'SENDING'));
  tell('message', message(1, 'SENT'));
  await clock.advance(4999);
  expect(fates()).toEqual([['card wait', 'Sent']]);
  await clock.advance(1);
  expect(fates()).toEqual([['card warn', 'Sent, nothing came back']]);
  expect(cards()[0]!.textContent).toContain('only if a Trigger of that broker');
  tell('message', message(2, 'RECEIVED', { id: 'another' }));
  expect(fates()[1]).toEqual(['card warn', 'Sent, nothing came back']);
  tell('message', message(3, 'RECEIVED'));
  expect(fates()[2]).toEqual(['card good', 'Sent, came back']);
});

test('the broker’s reason is shown on what it did not take', () => {
  const { tell, fates, cards, document } = open();
  tell('message', message(1, 'FAILED', { failure: 'The broker answered 404 Not Found' }));
  expect(fates()).toEqual([['card bad', 'Not taken']]);
  expect(cards()[0]!.textContent).toContain('The broker answered 404 Not Found');
  expect(document.get('summary').textContent).toBe('0 sent, 0 received, 1 not taken');
});

test('after a break the list is the player’s again, with the cards that are still the same', async () => {
  const { tell, cards, streams, clock, document } = open();
  tell('all', { broker: 'b', messages: [message(2, 'RECEIVED'), message(1, 'SENT')] });
  const [received, sent] = cards();
  streams[0]!.listeners.get('error')!({});
  expect(document.get('state')).toMatchObject({ className: 'bad', textContent: 'Not connected to the player; trying again' });
  await clock.advance(10_000);
  expect(streams).toHaveLength(1); // a browser connects again by itself
  tell('all', { broker: 'b', messages: [message(2, 'RECEIVED'), message(1, 'SENT', { id: 'of another run' })] });
  expect(document.get('state').textContent).toBe('Live');
  expect(cards()[0]).toBe(received);
  expect(cards()[1]).not.toBe(sent);
  streams[0]!.readyState = 2;
  streams[0]!.listeners.get('error')!({});
  await clock.advance(2000);
  expect(streams).toHaveLength(2);
});

test('the page keeps the last 200 messages', () => {
  const { tell, cards } = open();
  for (let key = 1; key <= 203; key++) tell('message', message(key, 'RECEIVED', { id: String(key) }));
  expect(cards()).toHaveLength(200);
  expect(cards().at(-1)!.textContent).toContain(' 4 ');
  tell('cleared', null);
  expect(cards()).toHaveLength(0);
});

test('the form sends one event and makes the next ID', async () => {
  const { page, document, requests } = open();
  const id = document.get('id').value;
  await Promise.all([page.form.submit(), page.form.submit()]);
  expect(requests).toEqual([
    {
      path: 'messages',
      init: expect.objectContaining({
        method: 'POST',
        headers: expect.objectContaining({ 'ce-id': id, 'ce-type': 'dev.example.greeting' }),
        body: '{ "message": "Hello" }',
      }),
    },
  ]);
  expect(document.get('id').value).not.toBe(id);
  expect(document.get('said').className).toBe('good');
});

test('a field that is wrong is marked, named and focused, and nothing is sent', async () => {
  const { page, document, requests } = open();
  document.get('source').value = '';
  document.get('data').value = '{';
  await page.form.submit();
  expect(requests).toEqual([]);
  expect(document.focused).toBe(document.get('source'));
  expect(document.get('source').attributes.get('aria-invalid')).toBe('true');
  expect(document.get('data-problem').textContent).toMatch(/^This is not JSON/);
  document.get('source').value = '/s';
  document.get('data').value = '';
  await page.form.submit();
  expect(document.get('source').attributes.has('aria-invalid')).toBe(false);
  expect([document.get('source-problem').textContent, requests.length]).toEqual(['', 1]);
});

test.each([
  [
    'the broker refuses',
    async () => message(1, 'FAILED', { failure: 'The broker answered 500' }),
    202,
    'The broker answered 500',
  ],
  ['the player refuses', async () => ({ error: 'why' }), 400, 'The player refused it: why'],
  ['nobody answers', () => Promise.reject(new Error()), 202, 'The player does not answer. Is it still running?'],
])('if %s, the form says so, keeps the ID and can be sent again', async (_what, answer, status, said) => {
  const { page, document } = open(answer, status);
  const id = document.get('id').value;
  await page.form.submit();
  expect(document.get('said')).toMatchObject({ className: 'bad', textContent: said });
  expect([document.get('id').value, document.get('send').disabled]).toEqual([id, false]);
});

test('buttons make a new ID and clear the list', async () => {
  const { document, requests } = open();
  document.get('clear').dispatch('click');
  expect(requests).toEqual([{ path: 'messages', init: { method: 'DELETE' } }]);
  const id = document.get('id').value;
  document.get('renew').dispatch('click');
  expect(document.get('id').value).not.toBe(id);
});

test('the whole event is shown in the JSON format of CloudEvents', () => {
  const { tell, cards } = open();
  tell('message', message(1, 'RECEIVED', { subject: '<b>', extensions: { beats: 3 }, data: null, dataBase64: '/w==' }));
  expect(JSON.parse(cards()[0]!.find('pre')!.textContent)).toEqual({
    specversion: '1.0',
    id: '1',
    source: '/s',
    type: 'dev.test',
    subject: '<b>',
    datacontenttype: 'application/json',
    beats: 3,
    data_base64: '/w==',
  });
});
