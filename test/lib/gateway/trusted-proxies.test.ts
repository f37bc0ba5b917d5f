import { request as plainRequest } from 'node:http';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Ingress, IngressType } from '../../../lib/api';
import { inAddressRanges } from '../../../lib/base';
import { selfSignedCertificate } from '../../../lib/local';
import { HOST, SocketWorld } from './sockets';

const certificate = selfSignedCertificate(Date.now());

/** A load balancer or Gateway in front: it ends TLS, and says so to the port behind it. Returns it and its port. */
async function proxyTo(port: number): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer({ key: certificate.key, cert: certificate.certificate }, (incoming, outgoing) => {
    const { method = 'GET', url = '/' } = incoming;
    const headers = {
      ...incoming.headers,
      'x-forwarded-proto': 'https',
      'x-forwarded-host': incoming.headers.host,
      'x-forwarded-for': '192.0.2.7',
    };
    const onward = plainRequest({ port, host: '127.0.0.1', method, path: url, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

function ask(port: number, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', headers: { host: HOST, ...headers }, rejectUnauthorized: false, agent: false };
    request(options, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, location: response.headers.location, body }));
    })
      .on('error', reject)
      .end();
  });
}

/** Goes where it is sent, as a browser does: every https URL of the host is the proxy. How often, and the last answer. */
async function follow(port: number): Promise<{ readonly redirects: number; readonly answer: Answer }> {
  let answer = await ask(port);
  let redirects = 0;
  while (answer.location === `https://${HOST}/` && redirects < 5) {
    redirects++;
    answer = await ask(port);
  }
  return { redirects, answer };
}

/** A gateway behind the proxy, with a service of which plain HTTP is sent to https. */
async function setup(ranges: readonly string[] | undefined): Promise<{ readonly at: SocketWorld; readonly front: number }> {
  const at = new SocketWorld();
  await at.start({}, ranges ? { trusted: inAddressRanges(ranges) } : {});
  await at.world.cluster.patch(IngressType, 'default', 'r', 'merge', {
    spec: { httpOption: 'Redirected' },
  } as Partial<Ingress>);
  await at.pod((req, res) => {
    const { 'x-forwarded-proto': proto, 'x-forwarded-for': client, 'k-original-host': original } = req.headers;
    res.end(`${proto} ${client} ${original} ${req.headers['knative-serving-revision']}`);
  });
  const { server, port } = await proxyTo(at.port);
  at.closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { at, front: port };
}

describe('a gateway behind a proxy that ends TLS', () => {
  let at: SocketWorld;
  afterEach(() => at.stop());

  test('that it trusts serves by https without a redirect, and pods hear of scheme and client', async () => {
    const world = await setup(['10.0.0.0/8', '127.0.0.0/8']);
    at = world.at;
    const { redirects, answer } = await follow(world.front);
    expect([redirects, answer.status]).toEqual([0, 200]);
    expect(answer.body).toBe('https 192.0.2.7, 127.0.0.1 undefined undefined');
    // Who comes by plain HTTP is still sent to https.
    expect(await at.send({ headers: { 'x-forwarded-proto': 'http' } })).toMatchObject({ status: 301 });
    expect(await at.send()).toMatchObject({ status: 301 });
    // What its client says of the scheme comes first, what it says itself last.
    expect(await at.send({ headers: { 'x-forwarded-proto': ['https', 'http'] } })).toMatchObject({ status: 301 });
    expect(await at.send({ headers: { 'x-forwarded-proto': ['http', 'https'] } })).toMatchObject({ status: 200 });
    expect(await at.send({ headers: { 'x-forwarded-proto': 'http, https' } })).toMatchObject({ status: 200 });
  });

  test('that it does not trust sends everybody to https without end: who stands in front has to be named', async () => {
    const world = await setup(undefined);
    at = world.at;
    expect((await follow(world.front)).redirects).toBe(5);
    await at.stop();
    const others = await setup(['10.0.0.0/8', '2001:db8::/32']);
    at = others.at;
    expect((await follow(others.front)).redirects).toBe(5);
  });

  test('passes on nothing that only the platform may say: a proxy says what its clients say', async () => {
    const world = await setup(['127.0.0.1']);
    at = world.at;
    const forged = { 'k-original-host': 'admin.example.com', 'knative-serving-revision': 'other' };
    expect((await ask(world.front, forged)).body).toBe('https 192.0.2.7, 127.0.0.1 undefined undefined');
  });
});
