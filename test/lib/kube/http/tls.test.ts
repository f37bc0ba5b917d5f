import { createServer as createProxy, type Server as ProxyServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { ConfigMapType } from '../../../../lib/api';
import { RealClock, seededRandom } from '../../../../lib/base';
import { HttpCluster } from '../../../../lib/kube/http';
import type { Connection } from '../../../../lib/kube/kubeconfig';
import { selfSignedCertificate } from '../../../../lib/local';
import { refused } from '../../../contract/contract-context';
import { fixedSource } from './scripted-server';

describe('HttpCluster over TLS', () => {
  const own = selfSignedCertificate(Date.now());
  const stranger = selfSignedCertificate(Date.now());
  let server: Server;
  const seen: { cert: boolean; servername: unknown }[] = [];
  beforeAll(async () => {
    const options = { cert: own.certificate, key: own.key, requestCert: true, rejectUnauthorized: false };
    server = createServer(options, (request, response) => {
      const socket = request.socket as unknown as { getPeerCertificate(): object; servername: unknown };
      seen.push({ cert: Object.keys(socket.getPeerCertificate()).length > 0, servername: socket.servername });
      response.end(JSON.stringify({ metadata: { name: 'a' } }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(() => void seen.splice(0));

  const get = async (more: Partial<Connection>) => {
    const source = fixedSource(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, more);
    const cluster = new HttpCluster({ source, clock: new RealClock(), random: seededRandom(1) });
    return cluster.get(ConfigMapType, 'default', 'a').finally(() => cluster.close());
  };

  test('trusts the authority of the kubeconfig, and no other', async () => {
    expect(await get({ tls: { ca: own.certificate } })).toMatchObject({ metadata: { name: 'a' } });
    await refused(
      'Unavailable',
      get({ tls: { ca: stranger.certificate } }),
      /^cannot reach https:\/\/127\.0\.0\.1:\d+: .*certificate/,
    );
    await refused('Unavailable', get({}), /certificate/);
  });

  test('trusts anybody if it is told to', async () => {
    expect(await get({ tls: { insecure: true } })).toMatchObject({ metadata: { name: 'a' } });
  });

  test('shows its own certificate, and asks for the name that it was given', async () => {
    await get({ tls: { ca: own.certificate, cert: stranger.certificate, key: stranger.key, serverName: 'localhost' } });
    expect(seen).toEqual([{ cert: true, servername: 'localhost' }]);
    await refused('Unavailable', get({ tls: { ca: own.certificate, serverName: 'elsewhere.example' } }), /elsewhere\.example/);
  });

  test('goes through a proxy', async () => {
    const through: string[] = [];
    const proxy: ProxyServer = createProxy();
    proxy.on('connect', (request, client, head) => {
      through.push(request.url!);
      const upstream = net.connect(Number(new URL(`http://${request.url}`).port), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        upstream.write(head);
        upstream.pipe(client).pipe(upstream);
      });
      upstream.on('error', () => client.destroy());
      client.on('error', () => upstream.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    expect(await get({ tls: { ca: own.certificate }, proxyUrl })).toMatchObject({ metadata: { name: 'a' } });
    expect(through).toEqual([`127.0.0.1:${(server.address() as AddressInfo).port}`]);
    await new Promise((resolve) => proxy.close(resolve));
  });
});
