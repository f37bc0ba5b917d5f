import net from 'node:net';
import { allTypes, type Endpoints, EndpointsType, type K8sService, K8sServiceType } from '../../../../lib/api';
import { CountingExecutor, noLog, noMetrics, RealClock, seededRandom } from '../../../../lib/base';
import { Gateway, networkTransport } from '../../../../lib/gateway';
import { MemoryCluster } from '../../../../lib/local/cluster';
import { ClusterDns } from '../../../../lib/roles/isolation/cluster-dns';

const GATEWAY = 'gate.system.svc.cluster.local';
const BRIDGE = '127.0.0.1';
/** A Service's own address: on this machine, there already. */
const OWN = '127.0.0.1';
const clock = new RealClock();

let faults: unknown[];
let cluster: MemoryCluster;
let dns: ClusterDns;
let stop: () => Promise<void>;
/** Addresses that were given to the machine. */
let addresses: Set<string>;

beforeEach(async () => {
  faults = [];
  addresses = new Set();
  const executor = new CountingExecutor((error) => faults.push(error));
  const random = seededRandom(1);
  cluster = new MemoryCluster({ clock, random, types: allTypes });
  const shared = { cluster, clock, executor, log: noLog };
  const gateway = new Gateway({ ...shared, random, metrics: noMetrics, transport: networkTransport(clock) });
  const isolation = {
    address: BRIDGE,
    addAddress: async (address: string) => void addresses.add(address),
    removeAddress: async (address: string) => void addresses.delete(address),
    serveNames: async () => {},
  };
  await gateway.start();
  dns = new ClusterDns({ ...shared, isolation, gateway, gatewayHost: GATEWAY, port: 0 });
  await dns.start();
  stop = async () => {
    await dns.close();
    await gateway.stop();
  };
});
afterEach(async () => {
  await stop();
  expect(faults).toEqual([]);
});

const metadata = (name: string) => ({ name, namespace: 'default' });
/** Creates it and lets the watches tell. */
async function service(name: string, spec: K8sService['spec']): Promise<void> {
  await cluster.create(K8sServiceType, { apiVersion: 'v1', kind: 'Service', metadata: metadata(name), spec });
  await new Promise(setImmediate);
}
async function endpoints(name: string, subsets: NonNullable<Endpoints['subsets']>): Promise<void> {
  await cluster.create(EndpointsType, { apiVersion: 'v1', kind: 'Endpoints', metadata: metadata(name), subsets });
  await new Promise(setImmediate);
}
const lookup = (name: string) => dns.lookup(`${name}.default.svc.cluster.local`);

/** What somebody at an address says first, or why it cannot be asked. */
function hear(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    socket.once('data', (data) => {
      resolve(String(data));
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });
}

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const { port, close } = await speaker('');
  close();
  return port;
}

async function speaker(word: string): Promise<{ readonly port: number; close(): void }> {
  const server = net.createServer((socket) => socket.end(word));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as net.AddressInfo).port, close: () => server.close() };
}

describe('the name of a Service', () => {
  test('that is a route leads to the gateway', async () => {
    await service('hello', { type: 'ExternalName', externalName: GATEWAY });
    expect(await lookup('hello')).toEqual({ alias: GATEWAY });
    expect(await dns.lookup(GATEWAY)).toEqual({ addresses: [BRIDGE] });
  });

  test('that is headless leads to its ready pods, each of which has a name too', async () => {
    await service('db', { clusterIP: 'None', ports: [{ port: 5432 }] });
    const addressesOf = [{ ip: '10.201.0.2', hostname: 'db-0' }, { ip: '10.201.0.3' }];
    await endpoints('db', [{ addresses: addressesOf, notReadyAddresses: [{ ip: '10.201.0.4' }], ports: [{ port: 5432 }] }]);
    expect(await lookup('db')).toEqual({ addresses: ['10.201.0.2', '10.201.0.3'] });
    expect(await lookup('db-0.db')).toEqual({ addresses: ['10.201.0.2'] });
    expect(await lookup('10-201-0-3.db')).toEqual({ addresses: ['10.201.0.3'] });
    expect(await lookup('10-201-0-4.db')).toBeUndefined();
  });

  test('leads to its own address, where each of its endpoints is reached in turn', async () => {
    const [one, two] = await Promise.all([speaker('one'), speaker('two')]);
    const own = await freePort();
    await service('echo', { clusterIP: OWN, ports: [{ name: 'a', port: own, targetPort: 1 }] });
    await endpoints('echo', [
      { addresses: [{ ip: '127.0.0.1' }], ports: [{ name: 'a', port: one.port }] },
      { addresses: [{ ip: '127.0.0.1' }], ports: [{ name: 'a', port: two.port }] },
    ]);
    expect(addresses.size).toBe(0);
    expect(await lookup('echo')).toEqual({ addresses: [OWN] });
    expect(addresses).toEqual(new Set([OWN]));
    expect([await hear(OWN, own), await hear(OWN, own)].sort()).toEqual(['one', 'two']);
    one.close();
    two.close();
  });

  test('without an endpoint refuses connections, and gives its address back when it is deleted', async () => {
    const own = await freePort();
    await service('empty', { clusterIP: OWN, ports: [{ port: own }] });
    await lookup('empty');
    expect(await hear(OWN, own)).toBe('ECONNRESET');
    await cluster.delete(K8sServiceType, 'default', 'empty');
    while (addresses.size > 0) await clock.sleep(5);
    expect(await hear(OWN, own)).toBe('ECONNREFUSED');
    expect(await lookup('empty')).toBeUndefined();
  });

  test('that changes its ports is reached at the new ones', async () => {
    const { port, close } = await speaker('word');
    const [before, after] = [await freePort(), await freePort()];
    await service('moved', { clusterIP: OWN, ports: [{ port: before }] });
    await endpoints('moved', [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port }] }]);
    await lookup('moved');
    await cluster.patch(K8sServiceType, 'default', 'moved', 'merge', { spec: { ports: [{ port: after }] } });
    while ((await hear(OWN, after)) !== 'word') await clock.sleep(5);
    expect(await hear(OWN, before)).toBe('ECONNREFUSED');
    close();
  });

  test('exists if there are names below it', async () => {
    await service('a', { clusterIP: 'None', ports: [{ port: 1 }] });
    expect(await dns.lookup('default.svc.cluster.local')).toEqual({});
    expect(await dns.lookup('svc.cluster.local')).toEqual({});
    expect(await dns.lookup('other.svc.cluster.local')).toBeUndefined();
    expect(await lookup('nobody')).toBeUndefined();
  });
});
