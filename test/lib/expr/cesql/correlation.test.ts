import { compileCesql, correlationId, holdCorrelationKey, isCorrelationId } from '../../../../lib/expr';

const key = Buffer.alloc(32, 1);
const other = Buffer.alloc(32, 2);
const id = correlationId('a:b', key, Buffer.alloc(12, 3), 0);
const verify = (replyid: string, args = '"ask", "default", "request-reply-keys", 0, 1') =>
  compileCesql(`KN_VERIFY_CORRELATION_ID(replyid, ${args})`)({ replyid }).value;

test('a correlation id is known by its key, also for an id with colons', () => {
  expect(id).toMatch(/^a:b:[A-Za-z0-9_=-]+:0$/);
  expect([isCorrelationId(id, key), isCorrelationId(id, other)]).toEqual([true, false]);
  for (const forged of [id.replace('a:b', 'a:c'), 'a:b:AAAA:0', 'a', '', `${id}x`])
    expect(isCorrelationId(forged, key)).toBe(false);
});

test('KN_VERIFY_CORRELATION_ID goes by the keys that are held for a RequestReply', () => {
  expect(verify(id)).toBe(false);
  const release = holdCorrelationKey('default', 'ask', key);
  expect(verify(id)).toBe(true);
  expect(verify(id, '"other", "default", "request-reply-keys", 0, 1')).toBe(false);
  expect(verify(id, '"ask", "default", "request-reply-keys", 1, 2')).toBe(false);
  release();
  expect(verify(id)).toBe(false);
});
