import { createPublicKey, verify } from 'node:crypto';
import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import { TOKEN_ISSUER, TokenIssuer } from '../../../../lib/local';

const START = Date.UTC(2026, 0, 1);
const account = { namespace: 'default', name: 'shop', uid: 'u-1' };

function world() {
  const clock = new VirtualClock(new CountingExecutor(() => {}), START);
  return { clock, issuer: new TokenIssuer(clock) };
}
const partsOf = (token: string) =>
  token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString())) as Record<string, unknown>[];
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a token says what tokens of Kubernetes say', () => {
  const { issuer } = world();
  const { token, expires } = issuer.issue({ ...account, audiences: ['orders'], seconds: 600 });
  expect(expires).toBe(START + 600_000);
  const seconds = START / 1000;
  expect(partsOf(token)[1]).toEqual({
    aud: ['orders'],
    exp: seconds + 600,
    iat: seconds,
    iss: TOKEN_ISSUER,
    jti: expect.any(String),
    nbf: seconds,
    'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'shop', uid: 'u-1' } },
    sub: 'system:serviceaccount:default:shop',
  });
  expect(issuer.verify(token, 'orders')).toMatchObject({ subject: 'system:serviceaccount:default:shop' });
});

test('a token is for its audiences alone, by default for the API server', () => {
  const { issuer } = world();
  const { token } = issuer.issue({ ...account, audiences: ['a', 'b'] });
  expect(issuer.verify(token, 'b')).toHaveProperty('subject');
  expect(issuer.verify(token, 'c')).toEqual({ problem: 'it is for the audience "a", "b", and not for "c"' });
  expect(issuer.verify(issuer.issue(account).token, TOKEN_ISSUER)).toHaveProperty('subject');
});

test('a token ends when it says', async () => {
  const { clock, issuer } = world();
  const { token } = issuer.issue({ ...account, audiences: ['a'], seconds: 600 });
  await clock.advance(599_999);
  expect(issuer.verify(token, 'a')).toHaveProperty('subject');
  await clock.advance(1);
  expect(issuer.verify(token, 'a')).toEqual({ problem: 'it expired at 2026-01-01T00:10:00Z' });
});

test('others verify it with the published key', () => {
  const { issuer } = world();
  const [header = '', body = '', signature = ''] = issuer.issue(account).token.split('.');
  const { jwks_uri: uri, issuer: name } = issuer.discovery('https://127.0.0.1:6443');
  expect([uri, name]).toEqual(['https://127.0.0.1:6443/openid/v1/jwks', TOKEN_ISSUER]);
  const [jwk] = issuer.keys.keys;
  expect(jwk).toMatchObject({ alg: 'ES256', kid: partsOf(`${header}.${body}.`)[0]!['kid'], use: 'sig' });
  expect(jwk).not.toHaveProperty('d');
  const key = createPublicKey({ key: jwk as never, format: 'jwk' });
  const content = Buffer.from(`${header}.${body}`);
  expect(verify('sha256', content, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))).toBe(true);
});

describe('a token is not taken', () => {
  const { issuer } = world();
  const { token } = issuer.issue({ ...account, audiences: ['orders'] });
  const [header = '', body = '', signature = ''] = token.split('.');
  const [head = {}, claims = {}] = partsOf(token);
  const UNSIGNED = 'this API server has not signed it since it was started';

  test.each<[string, string]>([
    ['of another issuer', world().issuer.issue({ ...account, audiences: ['orders'] }).token],
    ['with other claims', `${header}.${encoded({ ...claims, sub: 'system:serviceaccount:default:admin' })}.${signature}`],
    ['without a signature', `${header}.${body}.`],
    ['that says it needs none', `${encoded({ ...head, alg: 'none' })}.${body}.`],
    ['that names another algorithm', `${encoded({ ...head, alg: 'HS256' })}.${body}.${signature}`],
    ['with a part too many', `${token}.x`],
    ['that is none', 'x'],
    ['that is empty', ''],
    ['that is very long', `${token}${'A'.repeat(20_000)}`],
  ])('%s', (_what, text) => {
    expect(issuer.verify(text, 'orders')).toEqual({ problem: UNSIGNED });
  });
});
