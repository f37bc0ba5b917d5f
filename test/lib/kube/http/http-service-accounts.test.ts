import { ConfigMapType } from '../../../../lib/api';
import { RealClock, systemRandom } from '../../../../lib/base';
import { HttpCluster, HttpServiceAccounts } from '../../../../lib/kube/http';
import { fixedSource, json, ScriptedServer, status } from './scripted-server';

const clock = new RealClock();
const given = (token: string) =>
  json(201, { kind: 'TokenRequest', status: { token, expirationTimestamp: new Date(clock.now() + 3600_000).toISOString() } });
const refused = (code: number, reason: string, message: string) => json(code, status(code, reason, message));
const nothing = json(200, { kind: 'ConfigMapList', metadata: { resourceVersion: '1' }, items: [] });

describe('service accounts over HTTP', () => {
  let server: ScriptedServer;
  let own: HttpCluster;
  afterEach(async () => {
    await own.close();
    await server.close();
  });

  const start = async (...answers: Parameters<typeof ScriptedServer.start>) => {
    server = await ScriptedServer.start(...answers);
    const source = fixedSource(server.url, { headers: { authorization: 'Bearer process' } });
    own = new HttpCluster({ source, clock, random: systemRandom });
    return new HttpServiceAccounts({ cluster: own, source, clock, random: systemRandom });
  };
  const asked = () => server.requests.map(({ method, url, headers }) => `${method} ${url.pathname} ${headers.authorization}`);

  test('a cluster is looked at with a token of the account, and the process asks for nothing but that', async () => {
    const accounts = await start(given('t1'), nothing);
    const { cluster, close } = accounts.as('shop/watcher');
    await cluster.list(ConfigMapType, { namespace: 'shop' });
    await cluster.list(ConfigMapType, { namespace: 'shop' });
    await close();
    expect(asked()).toEqual([
      'POST /api/v1/namespaces/shop/serviceaccounts/watcher/token Bearer process',
      'GET /api/v1/namespaces/shop/configmaps Bearer t1',
      'GET /api/v1/namespaces/shop/configmaps Bearer t1',
    ]);
    // Without audiences it is for the API server.
    expect(JSON.parse(server.requests[0]!.body)).toMatchObject({ kind: 'TokenRequest', spec: { expirationSeconds: 3600 } });
    expect(JSON.parse(server.requests[0]!.body).spec).not.toHaveProperty('audiences');
  });

  test('a token that is refused is asked for anew, once', async () => {
    const accounts = await start(given('t1'), refused(401, 'Unauthorized', 'Unauthorized'), given('t2'), nothing);
    const { cluster, close } = accounts.as('shop/watcher');
    await cluster.list(ConfigMapType, { namespace: 'shop' });
    await close();
    expect(asked().map((line) => line.split(' ').slice(-2).join(' '))).toEqual([
      'Bearer process',
      'Bearer t1',
      'Bearer process',
      'Bearer t2',
    ]);
  });

  test('what the account may not do is refused, whatever the process may', async () => {
    const message = 'configmaps is forbidden: User "system:serviceaccount:shop:watcher" cannot list resource "configmaps"';
    const accounts = await start(given('t1'), refused(403, 'Forbidden', message));
    const { cluster, close } = accounts.as('shop/watcher');
    await expect(cluster.list(ConfigMapType, { namespace: 'shop' })).rejects.toMatchObject({ reason: 'Forbidden', message });
    await close();
    expect(asked().filter((line) => line.includes('configmaps'))).toEqual(['GET /api/v1/namespaces/shop/configmaps Bearer t1']);
  });

  test('without the account nothing is asked, and it is said that it is missing', async () => {
    const accounts = await start(refused(404, 'NotFound', 'serviceaccounts "gone" not found'));
    const { cluster, close } = accounts.as('shop/gone');
    await expect(cluster.list(ConfigMapType, { namespace: 'shop' })).rejects.toThrow('serviceaccounts "gone" not found');
    await close();
    expect(asked()).toHaveLength(1);
  });

  test.each(['../kube-system/serviceaccounts/admin', '..', 'a/token?x=', 'A', ''])(
    'a name that is none, %j, leads to nobody else’s account',
    async (name) => {
      const accounts = await start(given('t1'));
      await expect(accounts.issue(`shop/${name}`)).rejects.toMatchObject({ reason: 'Invalid' });
      expect(asked()).toEqual([]);
    },
  );

  test('a token is reviewed for its audience', async () => {
    const body = Buffer.from(JSON.stringify({ aud: ['orders'] })).toString('base64url');
    const review = (said: unknown) => json(201, { kind: 'TokenReview', metadata: {}, status: said });
    const user = { username: 'system:serviceaccount:default:shop' };
    const accounts = await start(
      review({ authenticated: true, user, audiences: ['orders'] }),
      review({ authenticated: true, user }),
      review({ authenticated: false, error: 'invalid bearer token' }),
    );
    expect(await accounts.verify(`h.${body}.1`, 'orders')).toEqual({ subject: user.username });
    expect(JSON.parse(server.requests[0]!.body).spec).toEqual({ token: `h.${body}.1`, audiences: ['orders'] });
    expect(await accounts.verify(`h.${body}.2`, 'orders')).toHaveProperty('problem');
    expect(await accounts.verify(`h.${body}.3`, 'orders')).toEqual({ problem: 'invalid bearer token' });
  });
});
