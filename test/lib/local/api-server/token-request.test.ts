import { allTypes, ServiceAccountType } from '../../../../lib/api';
import { RealClock, seededRandom } from '../../../../lib/base';
import { MemoryCluster, servedResource, TokenIssuer } from '../../../../lib/local';
import { reviews } from '../../../../lib/local/api-server/reviews';
import { reviewResource } from '../../../../lib/local/api-server/served-resource';
import { TestServer } from './support';

let server: TestServer;
const clock = new RealClock({ unref: true });
const issuer = new TokenIssuer(clock);
const path = (name: string, namespace = 'default') => `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
const ask = (name: string, spec: unknown = {}, namespace?: string) =>
  server.send(path(name, namespace), {
    method: 'POST',
    body: { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: {}, spec },
  });

beforeAll(async () => {
  const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: allTypes });
  const questions = reviews.map((review) => reviewResource(review, cluster));
  const resources = [...allTypes.map((type) => servedResource(type, cluster)), ...questions];
  server = await TestServer.start({ tokens: issuer, resources }, { cluster });
  const metadata = { name: 'shop', namespace: 'default' };
  await server.cluster.create(ServiceAccountType, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
});
afterAll(() => server.close());

test('a service account gets a token for an audience, for as long as it asks', async () => {
  const { code, json } = await ask('shop', { audiences: ['orders'], expirationSeconds: 900 });
  expect(code).toBe(201);
  expect(json).toMatchObject({
    kind: 'TokenRequest',
    metadata: { name: 'shop', namespace: 'default' },
    spec: { audiences: ['orders'], expirationSeconds: 900 },
    status: { expirationTimestamp: expect.stringMatching(/Z$/) },
  });
  const { token } = json['status'] as { readonly token: string };
  expect(issuer.verify(token, 'orders')).toMatchObject({ subject: 'system:serviceaccount:default:shop' });
});

test.each<[string, unknown, string]>([
  [
    'too short',
    { expirationSeconds: 60 },
    'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
  ],
  [
    'too long',
    { expirationSeconds: 2 ** 33 },
    'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 8589934592: may not specify a duration larger than 2^32 seconds',
  ],
  [
    'bound to a pod',
    { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'a' } },
    'TokenRequest.authentication.k8s.io "" is invalid: spec.boundObjectRef: Forbidden: tokens are bound to service accounts alone here',
  ],
])('a token that is to be %s is refused', async (_what, spec, message) => {
  expect(await ask('shop', spec)).toMatchObject({ code: 422, json: { message } });
});

test('there is no token of an account that is not there, but of the one that every namespace has', async () => {
  expect(await ask('nobody')).toMatchObject({ code: 404, json: { message: 'serviceaccounts "nobody" not found' } });
  expect(await ask('default', {}, 'nowhere')).toMatchObject({ code: 404 });
  expect((await ask('default')).code).toBe(201);
  expect(await server.cluster.get(ServiceAccountType, 'default', 'default')).toBeDefined();
  expect((await server.send(path('shop'))).code).toBe(405);
});

test('a token of a service account is no key to the API server, which tells whose it is', async () => {
  const { json } = await ask('shop', { audiences: ['orders'] });
  const { token } = json['status'] as { readonly token: string };
  expect((await server.send('/api/v1/namespaces', { token })).code).toBe(401);
  const review = (spec: object) =>
    server.send('/apis/authentication.k8s.io/v1/tokenreviews', {
      method: 'POST',
      body: { kind: 'TokenReview', apiVersion: 'authentication.k8s.io/v1', metadata: {}, spec },
    });
  expect((await review({ token, audiences: ['orders', 'x'] })).json['status']).toMatchObject({
    authenticated: true,
    audiences: ['orders'],
    user: {
      username: 'system:serviceaccount:default:shop',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    },
  });
  expect((await review({ token })).json['status']).toEqual({ user: {}, error: 'invalid bearer token' });
});

test('OpenID documents say who issues tokens, and by which keys they are known', async () => {
  const { json } = await server.send('/.well-known/openid-configuration');
  expect(json['jwks_uri']).toBe(`${server.url}/openid/v1/jwks`);
  expect((await server.send('/openid/v1/jwks')).json).toEqual(JSON.parse(JSON.stringify(issuer.keys)));
});
