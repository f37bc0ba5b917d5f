import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { connect } from 'node:tls';
import { type Ingress, IngressType, type Secret, SecretType } from '../../../lib/api';
import { selfSignedCertificate } from '../../../lib/local';
import { HOST, SocketWorld } from './sockets';

const own = selfSignedCertificate(Date.now());
const base64 = (text: string) => Buffer.from(text).toString('base64');
const secret = (certificate = own): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'kubernetes.io/tls',
  metadata: { name: 'cert', namespace: 'default' },
  data: { 'tls.crt': base64(certificate.certificate), 'tls.key': base64(certificate.key) },
});

async function setup(): Promise<SocketWorld> {
  const at = new SocketWorld({ https: true });
  await at.start({}, { certificates: (name) => at.world.gateway.secureContext(name) });
  const tls = [{ hosts: [HOST], secretNamespace: 'default', secretName: 'cert' }];
  await at.world.cluster.patch(IngressType, 'default', 'r', 'merge', { spec: { tls } } as Partial<Ingress>);
  await at.settle();
  return at;
}

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

function get(port: number, servername = HOST): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { port, servername, headers: { host: HOST }, rejectUnauthorized: false, agent: false };
    request(options, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode, body }));
    })
      .on('error', reject)
      .end();
  });
}

const shown = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, servername: HOST, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.toString() ?? '');
      socket.end();
    }).on('error', reject);
  });

describe('HTTPS at the gateway', () => {
  let at: SocketWorld;
  afterEach(() => at.stop());

  test('is served with the certificate that the Ingress names, and pods hear of it', async () => {
    at = await setup();
    await at.world.cluster.create(SecretType, secret());
    await at.pod((req, res) => res.end(`${req.headers['x-forwarded-proto']} ${req.headers.host}`));
    expect(at.world.gateway.programmed('default', 'r')?.tls).toEqual({});
    expect(await get(at.port)).toEqual({ status: 200, body: `https ${HOST}` });
    expect(await shown(at.port)).toBe(own.certificate);
  });

  test('is spoken as HTTP/2 with clients that offer it', async () => {
    at = await setup();
    await at.world.cluster.create(SecretType, secret());
    await at.pod((req, res) => res.end(`${req.headers['x-forwarded-proto']}`));
    const session = connectHttp2(`https://${HOST}:${at.port}`, {
      createConnection: () => connect({ port: at.port, servername: HOST, rejectUnauthorized: false, ALPNProtocols: ['h2'] }),
    });
    const stream = session.request({ ':path': '/' });
    let body = '';
    for await (const chunk of stream) body += String(chunk);
    session.close();
    expect(body).toBe('https');
  });

  test('shows a certificate from when it is there, and its successor from when that is', async () => {
    at = await setup();
    await at.pod((_req, res) => res.end('ok'));
    const problem = () => at.world.gateway.programmed('default', 'r')?.tls?.problem;
    expect(problem()).toBe('There is no Secret "default/cert".');
    await expect(get(at.port)).rejects.toThrow();
    await at.world.cluster.create(SecretType, { ...secret(), data: { 'tls.crt': base64('?'), 'tls.key': base64('?') } });
    await at.settle();
    expect(problem()).toMatch(/^Secret "default\/cert" has no usable certificate: /);
    await at.world.cluster.update(SecretType, secret());
    await at.settle();
    expect(problem()).toBeUndefined();
    const next = selfSignedCertificate(Date.now());
    await at.world.cluster.update(SecretType, secret(next));
    await at.settle();
    expect(await shown(at.port)).toBe(next.certificate);
  });

  test('refuses names for which there is no certificate', async () => {
    at = await setup();
    await at.world.cluster.create(SecretType, secret());
    await at.settle();
    await expect(get(at.port, 'other.example.com')).rejects.toThrow();
  });

  test('ends with the Ingress that asked for it', async () => {
    at = await setup();
    await at.world.cluster.create(SecretType, secret());
    await at.pod((_req, res) => res.end('ok'));
    expect((await get(at.port)).status).toBe(200);
    await at.world.cluster.delete(IngressType, 'default', 'r');
    await at.settle();
    expect(at.world.gateway.secureContext(HOST)).toBeUndefined();
    await expect(get(at.port)).rejects.toThrow();
  });
});
