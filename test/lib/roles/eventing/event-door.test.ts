import { PassThrough } from 'node:stream';
import type { EventHub, IngressGate } from '../../../../lib/eventing';
import type { Inbound } from '../../../../lib/gateway';
import { EventDoor } from '../../../../lib/roles/eventing/event-door';

const HOST = 'broker-ingress.knative-eventing.svc.cluster.local';
const PEER = { address: '10.0.0.9', trusted: false };
const CE = ['Ce-Specversion', '1.0', 'Ce-Id', '1', 'Ce-Source', '/s', 'Ce-Type', 't'];

class World {
  readonly published: unknown[] = [];
  asked = 0;
  readonly body = new PassThrough();
  readonly #hub = {
    publish: async (event: unknown) => void this.published.push(event),
    refuse: () => {},
  } as unknown as EventHub;
  readonly door: EventDoor;

  constructor(gate?: IngressGate) {
    this.door = new EventDoor({ get: (name) => (name === 'broker/default/orders' ? this.#hub : undefined) }, gate);
  }

  post(headers: readonly string[], target = '/default/orders') {
    const answer = this.door.inner(HOST, target)!;
    const sendContinue = () => {
      this.asked++;
      this.body.end('hi');
    };
    const { body } = this;
    return answer({ method: 'POST', target, host: HOST, headers, peer: PEER, body, sendContinue } as unknown as Inbound);
  }
}

describe('the door to brokers and channels', () => {
  test('asks a client that waits for leave to send its body', async () => {
    const world = new World();
    expect(await world.post(CE)).toMatchObject({ status: 202 });
    expect(world.asked).toBe(1);
    expect(world.published).toMatchObject([{ data: Buffer.from('hi') }]);
  });

  test.each([
    ['the length', [...CE, 'Content-Length', '100000000'], '/default/orders', 413],
    ['the address', CE, '/default/nobody', 404],
    ['the head', ['Content-Type', 'text/plain'], '/default/orders', 400],
  ] as const)('does not ask for what is refused by %s', async (_name, headers, target, status) => {
    const world = new World();
    expect(await world.post(headers, target)).toMatchObject({ status });
    expect(world.asked).toBe(0);
    expect(world.body.destroyed).toBe(true);
  });

  test('refuses an attribute that stands there twice, and takes other fields that do', async () => {
    const world = new World();
    const { status, body } = await world.post([...CE, 'ce-id', '2']);
    expect([status, String(body)]).toEqual([400, 'ce-id: stands there 2 times\n']);
    expect(await new World().post([...CE, 'X-A', '1', 'x-a', '2'])).toMatchObject({ status: 202 });
  });

  test('says from which address an event comes to whoever decides if it is let in', async () => {
    const from: (string | undefined)[] = [];
    const world = new World((_hub, authorization, _event, address) => {
      from.push(`${authorization} ${address}`);
      return Promise.resolve({ status: 401, reason: 'nobody knows you' } as const);
    });
    expect(await world.post([...CE, 'Authorization', 'Bearer x'])).toMatchObject({ status: 401 });
    expect(from).toEqual(['Bearer x 10.0.0.9']);
  });

  test.each([
    ['a broker', HOST, '/default/orders'],
    ['a channel', 'orders-kn-channel.default.svc.cluster.local', '/'],
  ])('tells senders to come again while %s may still be opened', async (_name, host, target) => {
    let settled = false;
    const door = new EventDoor({ get: () => undefined }, undefined, () => settled);
    const inbound = { method: 'POST', target, host, headers: CE, peer: PEER, body: null } as unknown as Inbound;
    const { status, headers, body } = await door.inner(host, target)!(inbound);
    expect([status, String(body)]).toEqual([503, 'brokers and channels are being opened: try again\n']);
    expect(headers).toEqual(expect.arrayContaining(['retry-after', '1']));
    settled = true;
    expect((await door.inner(host, target)?.(inbound))?.status ?? 404).toBe(404);
  });
});
