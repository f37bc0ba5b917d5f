import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import { ClusterError } from '../../../../lib/kube';
import { AccountConnection, type Connection } from '../../../../lib/kube/kubeconfig';

const HOUR = 3600_000;
const BASE: Connection = {
  server: 'https://10.96.0.1:443',
  tls: { ca: 'CA', cert: 'CERT', key: 'KEY', serverName: 'kubernetes' },
  headers: { authorization: 'Bearer of-the-process', 'impersonate-user': 'root' },
};

function world() {
  const clock = new VirtualClock(new CountingExecutor(() => {}));
  const state = { issued: 0, broken: false };
  const invalidated: string[] = [];
  const connection = new AccountConnection({
    base: { namespace: 'x', get: async () => BASE, invalidate: (_connection, reason) => invalidated.push(reason) },
    account: 'shop/watcher',
    clock,
    issue: async () => {
      if (state.broken) throw new ClusterError('NotFound', 'serviceaccounts "watcher" not found');
      return { token: `t${++state.issued}`, expires: clock.now() + HOUR };
    },
  });
  const token = async () => (await connection.get()).headers['authorization'];
  return { clock, connection, state, token, invalidated };
}

describe('a connection as a service account', () => {
  test('goes to the same server with a token of the account, and with nothing of what the process has', async () => {
    const { connection } = world();
    expect(await connection.get()).toEqual({
      server: 'https://10.96.0.1:443',
      tls: { ca: 'CA', serverName: 'kubernetes' },
      headers: { authorization: 'Bearer t1' },
    });
    expect(connection.namespace).toBe('shop');
  });

  test('is the same as long as its token is, for all who ask at once, too', async () => {
    const { connection, state } = world();
    const [one, other] = await Promise.all([connection.get(), connection.get()]);
    expect(one).toEqual(other);
    expect(await connection.get()).toBe(await connection.get());
    expect(state.issued).toBe(1);
  });

  test('has another token well before the first one ends', async () => {
    const { clock, token } = world();
    expect(await token()).toBe('Bearer t1');
    await clock.advance(0.79 * HOUR);
    expect(await token()).toBe('Bearer t1');
    await clock.advance(0.02 * HOUR);
    expect(await token()).toBe('Bearer t2');
  });

  test('has another token when the API server refuses it', async () => {
    const { connection, token, invalidated } = world();
    const first = await connection.get();
    connection.invalidate(first, 'credentials');
    expect(await token()).toBe('Bearer t2');
    connection.invalidate(first, 'credentials');
    expect(await token()).toBe('Bearer t2');
    connection.invalidate(await connection.get(), 'server');
    expect(invalidated).toEqual(['server']);
  });

  test('uses its token to the end while no other is to be had, and then says why', async () => {
    const { clock, token, state } = world();
    await token();
    state.broken = true;
    await clock.advance(0.9 * HOUR);
    expect(await token()).toBe('Bearer t1');
    await clock.advance(0.2 * HOUR);
    await expect(token()).rejects.toThrow('serviceaccounts "watcher" not found');
    state.broken = false;
    expect(await token()).toBe('Bearer t2');
  });
});
