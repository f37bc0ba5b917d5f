import { Readable } from 'node:stream';
import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import {
  Deliverer,
  type EventMessage,
  RequestReplyIngress,
  type RequestReplySpec,
  type SinkResponse,
} from '../../../../lib/eventing';

const executor = new CountingExecutor((error) => {
  throw error;
});
const clock = new VirtualClock(executor);
const key = Buffer.alloc(32, 1);
const spec: RequestReplySpec = {
  ...{ namespace: 'default', name: 'ask', correlationAttribute: 'correlationid', replyAttribute: 'replyid' },
  ...{ timeoutMs: 5000, policy: {}, broker: { url: 'http://broker' }, keys: [key] },
};
const sent: EventMessage[] = [];
let brokerStatus = 202;
const sender = {
  send: async (_to: unknown, message: EventMessage): Promise<SinkResponse> => {
    sent.push(message);
    return { status: brokerStatus, headers: {}, body: Buffer.alloc(0) };
  },
};
const told: string[] = [];
const tell = (what: string) => () => void told.push(what);
let nonces = 0;
const ingress = new RequestReplyIngress({
  ...{ clock, executor, deliverer: new Deliverer({ clock, sender }) },
  nonce: () => Buffer.alloc(12, ++nonces),
  find: (namespace, name) => (`${namespace}/${name}` === 'default/ask' ? spec : undefined),
  gate: (_of, authorization) =>
    authorization === 'Bearer bad'
      ? { status: 403, reason: 'no' }
      : authorization === ''
        ? { status: 401, reason: 'who?' }
        : undefined,
  events: {
    ...{ arrived: tell('arrived'), attempt: tell('attempt'), answered: tell('answered'), lost: tell('lost') },
    refused: tell('refused'),
  },
});
beforeEach(() => {
  sent.length = 0;
  told.length = 0;
  brokerStatus = 202;
});

const event = (id: string, more: Record<string, string> = {}) => ({
  ...{ 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/test', 'ce-type': 'question', ...more },
});
function ask(method: string, target: string, headers: Record<string, string>, gone = new AbortController()) {
  return ingress.handle({ method, target, headers, body: Readable.from([Buffer.from('{}')]), signal: gone.signal });
}
const correlation = (i: number) => decodeURIComponent(sent[i]!.headers['ce-correlationid']!);

test.each([
  ['OPTIONS', '/default/ask', 200],
  ['GET', '/default/ask', 405],
  ['POST', '/', 404],
  ['POST', '/default', 400],
  ['POST', '/default/ask/else', 400],
  ['POST', '/default/ask/reply/more', 400],
  ['POST', '/default/other', 404],
])('%s %s is answered with %i', async (method, target, status) => {
  expect((await ask(method, target, event('1'))).status).toBe(status);
});

test('what is no event is refused', async () => {
  expect((await ask('POST', '/default/ask', {})).status).toBe(400);
});

test('two requests with one id get the reply that is meant for each', async () => {
  const first = ask('POST', '/default/ask', event('same'));
  const second = ask('POST', '/default/ask', event('same'));
  await clock.settle();
  for (const [i, type] of [
    [1, 'second'],
    [0, 'first'],
  ] as const) {
    const reply = await ask('POST', '/default/ask/reply', event(`r${i}`, { 'ce-type': type, 'ce-replyid': correlation(i) }));
    expect(reply.status).toBe(202);
  }
  const answers = await Promise.all([first, second]);
  expect(answers.map(({ status, headers }) => [status, headers['ce-type']])).toEqual([
    [200, 'first'],
    [200, 'second'],
  ]);
});

test('a reply is refused without the attribute, and if it was not asked for here', async () => {
  expect((await ask('POST', '/default/ask/reply', event('r'))).status).toBe(400);
  expect((await ask('POST', '/default/ask/reply', event('r', { 'ce-replyid': 'x:AAAA:0' }))).status).toBe(400);
});

test('a reply that comes too late is taken, and nobody gets it', async () => {
  const waiting = ask('POST', '/default/ask', event('1'));
  await clock.settle();
  await clock.advance(5000);
  expect((await waiting).status).toBe(504);
  const late = await ask('POST', '/default/ask/reply', event('r', { 'ce-replyid': correlation(0) }));
  expect([late.status, told]).toEqual([202, ['arrived', 'attempt', 'lost']]);
});

test('a broker that does not take the request ends the wait', async () => {
  brokerStatus = 400;
  const { status, body } = await ask('POST', '/default/ask', event('1'));
  expect([status, body.toString()]).toEqual([502, 'the broker did not take the event: HTTP 400\n']);
});

test('nobody waits for somebody who is gone', async () => {
  const gone = new AbortController();
  const waiting = ask('POST', '/default/ask', event('1'), gone);
  await clock.settle();
  gone.abort();
  expect((await waiting).status).toBe(504);
  expect(clock.nextTimer()).toBeUndefined();
});

test('who may not ask is told so, and nothing goes to the broker', async () => {
  expect(await ask('POST', '/default/ask', { ...event('1'), authorization: 'Bearer bad' })).toMatchObject({ status: 403 });
  expect(await ask('POST', '/default/ask', { ...event('1'), authorization: '' })).toMatchObject({
    ...{ status: 401, headers: { 'www-authenticate': 'Bearer' } },
  });
  expect([told, sent]).toEqual([['refused', 'refused'], []]);
});
