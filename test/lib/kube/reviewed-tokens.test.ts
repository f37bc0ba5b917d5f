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

  describe('of strangers', () => {
    /** A review takes 30 ms; tokens are genuine where they are said to be. */
    const busy = () => {
      const given = world();
      const { clock, token } = given;
      const genuine = new Set<string>();
      const reviewed: string[] = [];
      const tokens = new ReviewedTokens({
        clock,
        review: async (one) => {
          reviewed.push(one);
          await clock.sleep(30);
          return genuine.has(one) ? SHOP : { problem: 'forged' };
        },
      });
      let number = 0;
      const forged = () => token({ sub: 'system:serviceaccount:default:shop', jti: number++ });
      const honest = (sub = SHOP.subject) => {
        const one = token({ sub, jti: number++ });
        genuine.add(one);
        return one;
      };
      /** 4,000 a second, for so long. */
      const flood = async (seconds: number, from: string | undefined) => {
        for (let i = 0; i < seconds * 100; i++) {
          for (let j = 0; j < 40; j++) Promise.resolve(tokens.verify(forged(), 'orders', from)).catch(() => {});
          await clock.advance(10);
        }
      };
      const settled = (verdict: unknown) => {
        const seen: unknown[] = [];
        Promise.resolve(verdict).then(
          (known) => seen.push(known),
          ({ message }: Error) => seen.push(message),
        );
        return seen;
      };
      return { ...given, tokens, forged, honest, flood, reviewed, settled };
    };

    test('wait for a turn, not for longer than two seconds', async () => {
      const { clock, asked, tokens, token } = world(() => new Promise(() => {}));
      for (let i = 0; i < 16; i++) void tokens.verify(token({ jti: i }), 'orders');
      let late: unknown;
      Promise.resolve(tokens.verify(token({ jti: 'one more' }), 'orders')).catch((error: unknown) => {
        late = error;
      });
      await clock.advance(1999);
      expect(late).toBeUndefined();
      await clock.advance(1);
      expect(late).toMatchObject({ reason: 'TooManyRequests', message: expect.stringContaining('too many tokens wait') });
      expect(asked).toHaveLength(16);
    });

    test('that are more than may wait are refused at once', async () => {
      const { tokens, token } = world(() => new Promise(() => {}));
      for (let i = 0; i < 80; i++) Promise.resolve(tokens.verify(token({ jti: i }), 'orders', '10.0.0.9')).catch(() => {});
      await expect(tokens.verify(token({ jti: 80 }), 'orders', '10.0.0.9')).rejects.toThrow('too many tokens wait');
    });

    test('that come from one address cost few reviews, and keep no other address waiting', async () => {
      const { clock, tokens, honest, flood, reviewed, settled } = busy();
      await flood(3, '10.0.0.9');
      // Four at once, after sixteen, and those that waited by then.
      expect(reviewed.length).toBeLessThan(3 * 150 + 80);
      const seen = Array.from({ length: 16 }, (_, i) => settled(tokens.verify(honest(), 'orders', `10.0.1.${i}`)));
      await clock.advance(30);
      expect(seen).toEqual(Array.from({ length: 16 }, () => [SHOP]));
    });

    test('do not come before those who were genuine before, not even from the same address', async () => {
      const { clock, tokens, forged, honest, flood, settled } = busy();
      const subject = 'system:serviceaccount:default:till';
      void tokens.verify(honest(subject), 'orders');
      await clock.advance(30);
      await flood(1, undefined);
      for (let i = 0; i < 64; i++) Promise.resolve(tokens.verify(forged(), 'orders')).catch(() => {});
      const seen = settled(tokens.verify(honest(subject), 'orders'));
      await clock.advance(30);
      expect(seen).toEqual([SHOP]);
    });

    test('get turns by address: many addresses that send many do not crowd out one that sends one', async () => {
      const { clock, tokens, forged, honest, settled } = busy();
      for (let address = 0; address < 30; address++) {
        for (let i = 0; i < 80; i++) {
          Promise.resolve(tokens.verify(forged(), 'orders', `10.0.0.${address}`)).catch(() => {});
        }
      }
      const seen = settled(tokens.verify(honest(), 'orders', '10.0.1.1'));
      await clock.advance(150);
      expect(seen).toEqual([SHOP]);
    });

    test('that were genuine once are strangers again after a lie', async () => {
      const { clock, tokens, forged, honest, flood, reviewed } = busy();
      void tokens.verify(honest(), 'orders', '10.0.0.9');
      await clock.advance(30);
      void tokens.verify(forged(), 'orders', '10.0.0.9');
      await clock.advance(30);
      reviewed.length = 0;
      await flood(1, '10.0.0.9');
      expect(reviewed.length).toBeLessThanOrEqual(4 * 34);
    });
  });
});
