import {
  type AccessRefusal,
  type CloudEvent,
  Gatekeeper,
  type Receiver,
  type ReceiverPolicy,
  type Refusal,
} from '../../../../lib/eventing';

const event = (type = 'order.created'): CloudEvent => ({
  attributes: { specversion: '1.0', id: '1', source: '/shop', type },
  data: undefined,
});
const account = (name: string, namespace = 'default') => `system:serviceaccount:${namespace}:${name}`;
/** Tokens are `SUBJECT@AUDIENCE`. */
const gatekeeper = () =>
  new Gatekeeper({
    verify(token, audience) {
      const [subject = '', made] = token.split('@');
      return made === audience ? { subject } : { problem: `it is for ${made}` };
    },
  });
/** Whoever knows at once says so at once. */
function at(refusal: Refusal): AccessRefusal | undefined {
  if (refusal instanceof Promise) throw new Error('it is waited for');
  return refusal;
}
const receiver = (policies: readonly ReceiverPolicy[] = [], mode: Receiver['mode'] = 'allow-same-namespace'): Receiver => ({
  ...{ name: 'broker/default/orders', namespace: 'default', audience: 'orders', policies, mode },
});
const policy = (name: string, subjects: readonly string[], more: Partial<ReceiverPolicy> = {}): ReceiverPolicy => ({
  ...{ name, subjects, filters: [], ...more },
});
const refused = (to: Receiver, subject: string, sent = event()) =>
  at(gatekeeper().refusal(to, `Bearer ${subject}@orders`, sent))?.status;

describe('who may send', () => {
  test.each<[string, string | undefined, string]>([
    ['no header', undefined, 'no token found in the request: broker/default/orders wants one for the audience "orders"'],
    ['another scheme', 'Basic abc', 'no token found in the request: broker/default/orders wants one for the audience "orders"'],
    [
      'a bearer of nothing',
      'Bearer ',
      'no token found in the request: broker/default/orders wants one for the audience "orders"',
    ],
    ['a token for another', `Bearer ${account('shop')}@billing`, 'the token is refused: it is for billing'],
  ])('is not known with %s: 401', (_what, header, reason) => {
    for (const mode of ['allow-all', 'deny-all'] as const) {
      expect(gatekeeper().refusal(receiver([], mode), header, event())).toEqual({ status: 401, reason });
    }
  });

  test.each<[Receiver['mode'], string, number | undefined]>([
    ['allow-all', account('shop', 'elsewhere'), undefined],
    ['allow-same-namespace', account('shop'), undefined],
    ['allow-same-namespace', account('shop', 'elsewhere'), 403],
    ['allow-same-namespace', account('shop', 'default-2'), 403],
    ['deny-all', account('shop'), 403],
  ])('is decided by the mode %s where there is no policy: %s', (mode, subject, expected) => {
    expect(refused(receiver([], mode), subject)).toBe(expected);
  });

  test.each<[string, readonly ReceiverPolicy[], string, number | undefined]>([
    ['its subject', [policy('a', [account('shop')])], account('shop'), undefined],
    ['its subject in other letters', [policy('a', [account('Shop')])], account('shop'), undefined],
    ['another subject', [policy('a', [account('shop')])], account('shop2'), 403],
    ['a beginning with an asterisk', [policy('a', [`${account('')}*`])], account('shop'), undefined],
    ['the beginning of another namespace', [policy('a', [`${account('')}*`])], account('shop', 'elsewhere'), 403],
    ['an asterisk alone', [policy('a', ['*'])], account('shop', 'elsewhere'), undefined],
    ['nobody', [policy('a', [])], account('shop'), 403],
    ['one of two policies', [policy('a', [account('x')]), policy('b', [account('shop')])], account('shop'), undefined],
    ['a policy that is not ready', [policy('a', [account('shop')], { problem: 'waiting' })], account('shop'), 403],
    [
      'a policy beside one that is not ready',
      [policy('a', [], { problem: 'waiting' }), policy('b', [account('shop')])],
      account('shop'),
      undefined,
    ],
  ])('is decided by policies whatever the mode: %s', (_what, policies, subject, expected) => {
    for (const mode of ['allow-all', 'allow-same-namespace', 'deny-all'] as const) {
      expect(refused(receiver(policies, mode), subject)).toBe(expected);
    }
  });

  test.each<[string, ReceiverPolicy['filters'], number | undefined]>([
    ['one that matches', [{ exact: { type: 'order.created' } }], undefined],
    ['one that does not', [{ exact: { type: 'order.paid' } }], 403],
    ['two of which one does not', [{ prefix: { type: 'order.' } }, { exact: { source: '/x' } }], 403],
    ['an expression', [{ cesql: "type LIKE 'order.%' AND source = '/shop'" }], undefined],
    ['an expression that fails', [{ cesql: 'nosuch + 1 = 2' }], 403],
  ])('is decided by the filters of a policy: %s', (_what, filters, expected) => {
    expect(refused(receiver([policy('a', ['*'], { filters })]), account('shop'))).toBe(expected);
  });

  test('may send what any of the policies that name it lets through', () => {
    const paid = policy('paid', [account('shop')], { filters: [{ exact: { type: 'order.paid' } }] });
    const created = policy('created', [account('shop')], { filters: [{ exact: { type: 'order.created' } }] });
    const to = receiver([paid, created]);
    expect(refused(to, account('shop'))).toBeUndefined();
    expect(gatekeeper().refusal(to, `Bearer ${account('shop')}@orders`, event('order.lost'))).toEqual({
      status: 403,
      reason: `${account('shop')} may send to broker/default/orders, but not this event: it does not fit the filters of policies paid, created`,
    });
  });

  test('is told why not', () => {
    const header = `Bearer ${account('shop', 'b')}@orders`;
    const reasonOf = (to: Receiver) => at(gatekeeper().refusal(to, header, event()))?.reason;
    expect(reasonOf(receiver())).toBe(
      'system:serviceaccount:b:shop may not send to broker/default/orders: no policy is about it, and default-authorization-mode allow-same-namespace lets only service accounts of namespace default send',
    );
    expect(reasonOf(receiver([], 'deny-all'))).toMatch(/default-authorization-mode deny-all denies everybody$/);
    expect(reasonOf(receiver([policy('a', []), policy('b', ['*'], { problem: 'sender x is gone' })]))).toBe(
      'system:serviceaccount:b:shop may not send to broker/default/orders: policies a, b do not name it (b is not ready: sender x is gone)',
    );
  });

  test('is decided as soon as it is known, where somebody else has to be asked', async () => {
    const asking = (verdict: Promise<{ subject: string } | { problem: string }>) =>
      new Gatekeeper({ verify: () => verdict }).refusal(receiver([], 'allow-same-namespace'), 'Bearer x', event());
    expect(await asking(Promise.resolve({ subject: account('shop') }))).toBeUndefined();
    expect(await asking(Promise.resolve({ subject: account('shop', 'b') }))).toMatchObject({ status: 403 });
    expect(await asking(Promise.resolve({ problem: 'unknown' }))).toEqual({
      status: 401,
      reason: 'the token is refused: unknown',
    });
  });

  test('is nobody’s fault while it cannot be known: 503, so that senders try again', async () => {
    const keeper = new Gatekeeper({ verify: () => Promise.reject(new Error('cannot reach the API server')) });
    expect(await keeper.refusal(receiver(), 'Bearer x', event())).toEqual({
      status: 503,
      reason: 'the token cannot be reviewed now: cannot reach the API server',
    });
  });
});
