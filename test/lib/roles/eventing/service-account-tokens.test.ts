import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import { TokenSender } from '../../../../lib/eventing';
import { ClusterError } from '../../../../lib/kube';
import { ServiceAccountTokens } from '../../../../lib/roles/eventing/service-account-tokens';

const TO = { url: 'http://x', audience: 'orders', identity: 'default/shop' };
const NOTHING = Buffer.alloc(0);

function world() {
  const clock = new VirtualClock(new CountingExecutor(() => {}));
  const state = { issued: 0, sent: [] as string[], broken: false, status: (_token: string) => 202 };
  const tokens = new ServiceAccountTokens({
    clock,
    accounts: {
      issue: async () => {
        state.issued++;
        if (state.broken) throw new ClusterError('NotFound', 'serviceaccounts "shop" not found');
        return { token: `t${state.issued}`, expires: clock.now() + 3600_000 };
      },
    },
  });
  const inner = {
    send: async (_to: unknown, { headers }: { readonly headers: Readonly<Record<string, string>> }) => {
      const token = headers['authorization']!.slice('Bearer '.length);
      state.sent.push(token);
      return { status: state.status(token), headers: {}, body: NOTHING };
    },
  };
  const sender = new TokenSender(inner, tokens);
  const send = () => sender.send(TO, { headers: {}, body: NOTHING }, {});
  return { clock, state, send };
}

describe('tokens of service accounts, for those who send events', () => {
  test('are given out again and again, until shortly before they end', async () => {
    const { clock, state, send } = world();
    for (let i = 0; i < 100; i++) await send();
    expect(state.issued).toBe(1);
    await clock.advance(56 * 60_000);
    await send();
    expect(state.issued).toBe(2);
  });

  test('are replaced when an old one is refused, and the event goes once more', async () => {
    const { clock, state, send } = world();
    await send();
    await clock.advance(10_000);
    state.status = (token) => (token === 't1' ? 401 : 202);
    expect(await send()).toMatchObject({ status: 202 });
    expect(state.sent).toEqual(['t1', 't1', 't2']);
  });

  test('that are refused whatever they are cost one more of them, and one more attempt, in ten seconds', async () => {
    const { clock, state, send } = world();
    state.status = () => 401;
    // Ten events a second for a minute.
    for (let i = 0; i < 600; i++) {
      expect(await send()).toMatchObject({ status: 401 });
      await clock.advance(100);
    }
    expect([state.issued, state.sent.length]).toEqual([6, 605]);
  });

  test('that are not to be had are not asked for by every event', async () => {
    const { clock, state, send } = world();
    state.broken = true;
    for (let i = 0; i < 100; i++) await expect(send()).rejects.toThrow('no token of service account default/shop for "orders"');
    expect(state.issued).toBe(1);
    state.broken = false;
    await clock.advance(3000);
    expect(await send()).toMatchObject({ status: 202 });
    expect([state.issued, state.sent.length]).toEqual([2, 1]);
  });
});
