import net from 'node:net';
import type { Pod, Stored } from '../../../../lib/api';
import { HostNetwork } from '../../../../lib/local/pods';
import { FreePorts } from '../../../../lib/local/pods/process/free-ports';
import { makePod } from './support';

const app = { name: 'app', ports: [{ containerPort: 8080 }, { containerPort: 9090 }] };
const pod = makePod([
  app,
  { name: 'side', ports: [{ containerPort: 9090 }, { containerPort: 7000 }] },
  { name: 'none' },
]) as Stored<Pod>;

test('every declared port of a pod gets a free one of its own', async () => {
  const network = new HostNetwork();
  const addresses = await Promise.all([network.open(pod), network.open(pod), network.open(pod)]);
  for (const { ip, ports } of addresses) {
    expect(ip).toBe('127.0.0.1');
    expect(Object.keys(ports)).toEqual(['7000', '8080', '9090']);
  }
  const all = addresses.flatMap(({ ports }) => Object.values(ports));
  expect(new Set(all).size).toBe(9);
});

test('a port that somebody else took is replaced before the next start, the others stay', async () => {
  const network = new HostNetwork();
  const address = await network.open(pod);
  expect(await network.renew(address, app)).toEqual(address);
  const thief = net.createServer();
  await new Promise<void>((resolve) => thief.listen(address.ports['8080'], '127.0.0.1', resolve));
  const renewed = await network.renew(address, app);
  expect(renewed.ports['8080']).not.toBe(address.ports['8080']);
  expect(renewed.ports['9090']).toBe(address.ports['9090']);
  await new Promise((resolve) => thief.close(resolve));
});

test('ports are given out again only after they were released', async () => {
  const free = new FreePorts();
  const ports = await Promise.all(Array.from({ length: 200 }, () => free.take()));
  expect(new Set(ports).size).toBe(200);
});
