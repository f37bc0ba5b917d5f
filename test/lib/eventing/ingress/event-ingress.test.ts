import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import {
  type CloudEvent,
  EventError,
  type EventHub,
  EventIngress,
  type HubDirectory,
  LogFullError,
  LogWriteError,
} from '../../../../lib/eventing';

const CE = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' };

class World {
  readonly published: { readonly event: CloudEvent; readonly headers: Readonly<Record<string, string>> }[] = [];
  read = 0;
  trouble: Error | undefined;
  readonly #hubs: HubDirectory = {
    find: (_host, path) => {
      if (path === '/default/orders') return this as unknown as EventHub;
      return /^\/[^/]+\/[^/]+$/.test(path) ? 'unknown' : 'none';
    },
  };
  readonly ingress = new EventIngress({ hubs: this.#hubs, maxBytes: 1000 });

  async publish(event: CloudEvent, headers: Readonly<Record<string, string>>): Promise<void> {
    if (this.trouble) throw this.trouble;
    this.published.push({ event, headers });
  }

  post(headers: IncomingHttpHeaders, chunks: readonly (string | Buffer)[] = [], target = '/default/orders', method = 'POST') {
    const body = async function* (this: World) {
      for (const chunk of chunks) {
        this.read++;
        yield Buffer.from(chunk);
      }
    }.call(this);
    return this.ingress.handle({ method, target, headers: { host: 'broker', ...headers }, body });
  }
}

describe('the ingress of brokers and channels', () => {
  test('answers 202 for an event that was taken, and hands on headers that belong to it', async () => {
    const world = new World();
    const response = await world.post({ ...CE, traceparent: '00-1-2-01', cookie: 'x' }, ['he', 'llo']);
    expect(response).toEqual({ status: 202, headers: { allow: 'POST, OPTIONS' }, body: '' });
    expect(world.published).toEqual([
      {
        event: { attributes: { specversion: '1.0', id: '1', source: '/s', type: 't' }, data: Buffer.from('hello') },
        headers: { traceparent: '00-1-2-01' },
      },
    ]);
  });

  test('takes a batch as a whole or not at all', async () => {
    const world = new World();
    const type = { 'content-type': 'application/cloudevents-batch+json' };
    const one = { specversion: '1.0', id: '1', source: '/s', type: 't' };
    expect((await world.post(type, [JSON.stringify([one, { ...one, id: '' }])])).status).toBe(400);
    expect(world.published).toHaveLength(0);
    expect((await world.post(type, [JSON.stringify([one, { ...one, id: '2' }])])).status).toBe(202);
    expect(world.published).toHaveLength(2);
  });

  test('answers OPTIONS as webhooks ask', async () => {
    expect(await new World().post({}, [], '/default/orders', 'OPTIONS')).toEqual({
      status: 200,
      headers: { allow: 'POST, OPTIONS', 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '*' },
      body: '',
    });
  });

  test.each<[string, IncomingHttpHeaders, string, string, number, string]>([
    ['another method', CE, '/default/orders', 'GET', 405, 'GET is not allowed, POST is'],
    ['no path', CE, '/', 'POST', 404, '/ names no broker or channel'],
    ['a wrong path', CE, '/orders', 'POST', 400, '/orders names no broker or channel: /NAMESPACE/NAME does'],
    ['an unknown broker', CE, '/default/nobody', 'POST', 404, 'there is no broker or channel at /default/nobody'],
    ['no event', { 'content-type': 'application/json' }, '/default/orders', 'POST', 400, 'no CloudEvent'],
    ['a bad event', { ...CE, 'ce-id': '' }, '/default/orders', 'POST', 400, 'id: MUST be a non-empty string'],
  ])('refuses %s', async (_name, headers, target, method, status, message) => {
    const response = await new World().post(headers, ['x'], target, method);
    expect(response.body).toContain(message);
    expect(response.status).toBe(status);
  });

  test('refuses what is too large as soon as that is known, and reads no more of it', async () => {
    const world = new World();
    expect((await world.post({ ...CE, 'content-length': '1001' }, ['x'])).status).toBe(413);
    expect(world.read).toBe(0);
    expect((await world.post(CE, Array<string>(100).fill('x'.repeat(100)))).status).toBe(413);
    expect(world.read).toBe(11);
    expect((await world.post(CE, Array<string>(10).fill('x'.repeat(100)))).status).toBe(202);
  });

  test('takes a batch in parts, so that others get their turn', async () => {
    const world = new World();
    const events = Array.from({ length: 2500 }, (_, i) => ({ specversion: '1.0', id: String(i), source: '/s', type: 't' }));
    const batch = JSON.stringify(events);
    const publish: World['publish'] = async (event, headers) => {
      await world.publish(event, headers);
      await new Promise(setImmediate);
    };
    const large = new EventIngress({ hubs: { find: () => ({ publish }) as unknown as EventHub } });
    const request = {
      method: 'POST',
      target: '/default/orders',
      headers: { 'content-type': 'application/cloudevents-batch+json' },
    };
    const answering = large.handle({ ...request, body: Readable.from([Buffer.from(batch)]) });
    while (world.published.length === 0) await new Promise(setImmediate);
    expect(world.published.length).toBeLessThan(2500);
    expect((await answering).status).toBe(202);
    expect(world.published.map(({ event }) => event.attributes['id'])).toEqual(events.map(({ id }) => id));
  });

  test('holds no more than 256 MiB of bodies at once', async () => {
    const world = new World();
    const ingress = new EventIngress({ hubs: { find: () => world as unknown as EventHub } });
    const piece = Buffer.alloc(9 * 2 ** 20);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = async function* () {
      yield piece;
      await released;
    };
    const post = (body: AsyncIterable<Uint8Array>) =>
      ingress.handle({ method: 'POST', target: '/default/orders', headers: { host: 'broker', ...CE }, body });
    const waiting = Array.from({ length: 28 }, () => post(slow()));
    expect(await post(slow())).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    release();
    for (const { status } of await Promise.all(waiting)) expect(status).toBe(202);
    expect((await post(slow())).status).toBe(202);
  });

  test('has nothing to say to a sender that goes away, and takes nothing of it', async () => {
    const world = new World();
    const body = async function* () {
      yield Buffer.from('x');
      throw new Error('aborted');
    };
    const target = '/default/orders';
    const response = await world.ingress.handle({ method: 'POST', target, headers: { host: 'broker', ...CE }, body: body() });
    expect(response).toMatchObject({ status: 400, body: 'the body ended early: aborted\n' });
    expect(world.published).toEqual([]);
  });

  test('says what the broker says: too many passes, no room', async () => {
    const world = new World();
    world.trouble = new EventError('used up');
    expect(await world.post(CE)).toMatchObject({ status: 400, body: 'used up\n' });
    world.trouble = new LogFullError(7);
    expect(await world.post(CE)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    world.trouble = new LogWriteError(new Error('ENOSPC: no space left on device'));
    const body = 'the event cannot be kept, so it is not taken: ENOSPC: no space left on device\n';
    expect(await world.post(CE)).toMatchObject({ status: 503, headers: { 'retry-after': '5' }, body });
    world.trouble = new Error('disk');
    await expect(world.post(CE)).rejects.toThrow('disk');
  });
});
