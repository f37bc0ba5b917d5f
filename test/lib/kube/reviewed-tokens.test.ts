import { CountingExecutor, VirtualClock } from '../../../lib/base';
import { ClusterError, type TokenVerdict } from '../../../lib/kube';
import { ReviewedTokens } from '../../../lib/kube/reviewed-tokens';

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const SHOP = { subject: 'system:serviceaccount:default:shop' };

function world(verdict: () => Promise<TokenVerdict> = async () => SHOP) {
  const clock = new VirtualClock(new CountingExecutor(() => {}));
  const asked: string[] = [];
  const tokens = new ReviewedTokens({
    clock,
    review: (_token, audience) => {
      asked.push(audience);
      return verdict();
    },
  });
  const token = (claims: Record<string, unknown> = {}) =>
    `${encoded({ alg: 'RS256' })}.${encoded({ aud: ['orders'], exp: clock.now() / 1000 + 3600, ...claims })}.c2ln`;
  return { clock, asked, tokens, token };
}

describe('tokens that an API server reviews', () => {
  test('are asked about once, and again after a minute', async () => {
    const { clock, asked, tokens, token } = world();
    const one = token();
    expect(await Promise.all([tokens.verify(one, 'orders'), tokens.verify(one, 'orders')])).toEqual([SHOP, SHOP]);
    expect(tokens.verify(one, 'orders')).toEqual(SHOP);
    expect(asked).toHaveLength(1);
    await clock.advance(61_000);
    await tokens.verify(one, 'orders');
    expect(asked).toEqual(['orders', 'orders']);
  });

  test('are not believed past their end, whatever was said of them', async () => {
    const { clock, tokens, token } = world();
    const one = token({ exp: clock.now() / 1000 + 30 });
    expect(await tokens.verify(one, 'orders')).toEqual(SHOP);
    await clock.advance(31_000);
    expect(await tokens.verify(one, 'orders')).toEqual({ problem: expect.stringContaining('it expired at ') });
  });

  test('are refused without being asked about where they show that they are for somebody else, or none', async () => {
    const { asked, tokens, token } = world();
    expect(await tokens.verify(token({ aud: ['billing'] }), 'orders')).toEqual({
      problem: 'it is for the audience "billing", and not for "orders"',
    });
    expect(await tokens.verify(token({ aud: undefined }), 'orders')).toHaveProperty('problem');
    for (const text of ['', 'x', 'a.b', 'a.b.c', 'a.b.c.d', `${'a'.repeat(20_000)}.b.c`]) {
      expect(await tokens.verify(text, 'orders')).toEqual({ problem: 'it is no token of a service account' });
    }
    expect(asked).toEqual([]);
  });

  test('that are refused are asked about again soon', async () => {
    const { clock, asked, tokens, token } = world(async () => ({ problem: 'invalid bearer token' }));
    const one = token();
    expect(await tokens.verify(one, 'orders')).toEqual({ problem: 'invalid bearer token' });
    expect(tokens.verify(one, 'orders')).toEqual({ problem: 'invalid bearer token' });
    await clock.advance(10_001);
    await tokens.verify(one, 'orders');
    expect(asked).toHaveLength(2);
  });

  test('are not decided over while the API server cannot be asked, and that is not remembered', async () => {
    let broken = true;
    const { tokens, token } = world(async () => {
      if (broken) throw new ClusterError('Unavailable', 'cannot reach it');
      return SHOP;
    });
    const one = token();
    await expect(tokens.verify(one, 'orders')).rejects.toThrow('cannot reach it');
    broken = false;
    expect(await tokens.verify(one, 'orders')).toEqual(SHOP);
  });

  test('of strangers keep it no busier than with a few reviews at once', async () => {
    const { asked, tokens, token } = world(() => new Promise(() => {}));
    for (let i = 0; i < 64; i++) void tokens.verify(token({ jti: String(i) }), 'orders');
    await expect(tokens.verify(token({ jti: 'one more' }), 'orders')).rejects.toThrow('64 tokens are being reviewed already');
    expect(asked).toHaveLength(64);
  });
});
