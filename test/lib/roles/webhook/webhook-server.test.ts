import https from 'node:https';
import { createConnection, type Socket } from 'node:net';
import { connect, TLSSocket } from 'node:tls';
import { noLog, RealClock } from '../../../../lib/base';
import { type AdmissionRequest, allowed } from '../../../../lib/roles/webhook/admission-review';
import { makeCertificate } from '../../../../lib/roles/webhook/certificate-maker';
import { type IssuedCertificate, VALID_MS } from '../../../../lib/roles/webhook/certificates';
import { WebhookServer } from '../../../../lib/roles/webhook/webhook-server';

const HOST = 'knc-webhook.knative-serving.svc';
const clock = new RealClock();
const order = () => ({ names: [HOST], from: clock.now() - 60_000, until: clock.now() + VALID_MS });
const review = (request: object) => JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
const REQUEST = { uid: 'u', operation: 'CREATE', object: { kind: 'Pod', metadata: {} } };

let first: IssuedCertificate;
let second: IssuedCertificate;
let server: WebhookServer;
let port: number;
let answer: (request: AdmissionRequest) => ReturnType<ConstructorParameters<typeof WebhookServer>[0]['answer']>;

beforeAll(async () => {
  [first, second] = await Promise.all([makeCertificate(order()), makeCertificate(order())]);
});
beforeEach(async () => {
  answer = async (request) => allowed(request);
  server = new WebhookServer({ port: 0, host: '127.0.0.1', clock, log: noLog, answer: (request) => answer(request) });
  port = await server.listen();
  server.use(first);
});
afterEach(() => server.close(0));

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** As an API server asks: by the address of the Service, and by its name in TLS. */
function ask(body: string, options: https.RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.request(
      {
        ...{ host: '127.0.0.1', port, servername: HOST, ca: first.authority, agent: false, method: 'POST' },
        ...{ path: '/admission?timeout=5s', headers: { 'content-type': 'application/json' }, ...options },
      },
      async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode!, text });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A connection on which nothing is said. */
function dial(localAddress: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket: Socket = createConnection({ host: '127.0.0.1', port, localAddress }, () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Resolves once the other side has ended it. */
const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) resolve();
    socket.on('error', () => {});
    socket.once('close', () => resolve());
    socket.resume();
  });

describe('the server of the webhook', () => {
  test('answers reviews to who trusts its authority', async () => {
    const { status, text } = await ask(review(REQUEST));
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ kind: 'AdmissionReview', response: { uid: 'u', allowed: true } });
    await expect(ask(review(REQUEST), { ca: second.authority })).rejects.toThrow(/certificate/);
    await expect(ask(review(REQUEST), { servername: 'other.svc' })).rejects.toThrow(/altnames/);
  });

  test('proves who it is with another certificate from one moment to the next; connections that there are stay', async () => {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set<TLSSocket>();
    const kept = async () => {
      const { status } = await ask(review(REQUEST), { agent });
      for (const list of Object.values(agent.freeSockets))
        for (const one of list ?? []) if (one instanceof TLSSocket) sockets.add(one);
      return status;
    };
    expect(await kept()).toBe(200);
    server.use(second);
    expect(await kept()).toBe(200);
    expect(sockets.size).toBeLessThan(2);
    await expect(ask(review(REQUEST))).rejects.toThrow(/certificate/);
    expect((await ask(review(REQUEST), { ca: first.authority + second.authority })).status).toBe(200);
    agent.destroy();
  });

  test.each<[string, number, string, https.RequestOptions]>([
    ['what is no review', 400, '{}', {}],
    ['another path', 400, review(REQUEST), { path: '/' }],
    ['another method', 400, '', { method: 'GET' }],
    ['another type of content', 400, review(REQUEST), { headers: { 'content-type': 'text/plain' } }],
    ['more than it takes', 413, `"${'x'.repeat(8 * 1024 * 1024)}"`, {}],
  ])('refuses %s with %i', async (_, status, body, options) => {
    expect((await ask(body, options)).status).toBe(status);
  });

  test('reads so much at a time of one address and no more, and so much of all; goes on when that is over', async () => {
    const releases: (() => void)[] = [];
    answer = async (request) => {
      await new Promise<void>((go) => releases.push(go));
      return allowed(request);
    };
    const large = review({ ...REQUEST, note: 'x'.repeat(7 * 1024 * 1024) });
    const from = (localAddress: string) => Array.from({ length: 4 }, () => ask(large, { localAddress }));
    const open = from('127.0.0.1');
    while (releases.length < 4) await turn();
    expect((await ask(large, { localAddress: '127.0.0.1' })).status).toBe(503);
    open.push(...from('127.0.0.2'), ask(large, { localAddress: '127.0.0.3' }));
    while (releases.length < 9) await turn();
    expect((await ask(large, { localAddress: '127.0.0.3' })).status).toBe(503);
    for (const release of releases) release();
    for (const { status } of await Promise.all(open)) expect(status).toBe(200);
    const last = ask(large, { localAddress: '127.0.0.1' });
    while (releases.length < 10) await turn();
    releases[9]!();
    expect((await last).status).toBe(200);
  });

  test('gives one address so many connections, and others what they need', async () => {
    const silent = await Promise.all(Array.from({ length: 64 }, () => dial('127.0.0.1')));
    const refused = await dial('127.0.0.1');
    await closed(refused);
    expect(silent.every((socket) => !socket.destroyed)).toBe(true);
    expect((await ask(review(REQUEST), { localAddress: '127.0.0.2' })).status).toBe(200);
    await expect(ask(review(REQUEST), { localAddress: '127.0.0.1' })).rejects.toThrow();
    silent[0]!.destroy();
    const again = (): Promise<Answer> => ask(review(REQUEST), { localAddress: '127.0.0.1' }).catch(again);
    expect((await again()).status).toBe(200);
    for (const socket of silent) socket.destroy();
  });

  test('waits for nobody who says nothing, or does not end what it says', async () => {
    const times = { handshakeMs: 50, requestMs: 50 };
    const hasty = new WebhookServer({
      port: 0,
      host: '127.0.0.1',
      clock,
      log: noLog,
      times,
      answer: (request) => answer(request),
    });
    port = await hasty.listen();
    hasty.use(first);
    await closed(await dial('127.0.0.1'));
    const agreed = connect({ host: '127.0.0.1', port, servername: HOST, ca: first.authority });
    await closed(agreed);
    const late = connect({ host: '127.0.0.1', port, servername: HOST, ca: first.authority });
    late.write('POST /admission HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{');
    const said: Buffer[] = [];
    late.on('data', (chunk: Buffer) => said.push(chunk));
    await closed(late);
    expect(Buffer.concat(said).toString()).toMatch(/^HTTP\/1\.1 408 /);
    expect((await ask(review(REQUEST))).status).toBe(200);
    await hasty.close(0);
  });

  test('says which port cannot be had', async () => {
    const second = new WebhookServer({ port, host: '127.0.0.1', clock, log: noLog, answer: (request) => answer(request) });
    await expect(second.listen()).rejects.toThrow(`port ${port}, for the webhook, cannot be had: EADDRINUSE`);
  });

  test('has no answer where something is wrong, so that an API server goes on without', async () => {
    answer = async () => {
      throw new Error('it broke');
    };
    expect(await ask(review(REQUEST))).toEqual({ status: 500, text: 'it broke\n' });
  });

  test('lets what is under way end, and takes no more', async () => {
    let release: () => void = () => {};
    const asked = new Promise<void>((resolve) => {
      answer = async (request) => {
        resolve();
        await new Promise<void>((go) => {
          release = go;
        });
        return allowed(request);
      };
    });
    const open = ask(review(REQUEST));
    await asked;
    const closed = server.close(60_000);
    release();
    expect((await open).status).toBe(200);
    await closed;
    await expect(ask(review(REQUEST))).rejects.toThrow('ECONNREFUSED');
  });
});
