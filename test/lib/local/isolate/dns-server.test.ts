import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import net, { type AddressInfo } from 'node:net';
import { decode, encode } from 'dns-packet';
import { noLog, RealClock } from '../../../../lib/base';
import { DnsServer } from '../../../../lib/local/isolate/dns-server';
import { onMessages, sendMessage } from '../../../../lib/local/isolate/dns-stream';

const clock = new RealClock();
const MANY = Array.from({ length: 100 }, (_, i) => `10.201.0.${i + 2}`);

/** Stands for a DNS server of the machine: knows one name. */
const elsewhere = createSocket('udp4');
elsewhere.on('message', (message, { port }) => {
  const { id, questions = [] } = decode(message);
  const answers = [{ name: questions[0]!.name, type: 'A' as const, ttl: 1, data: '192.0.2.9' }];
  elsewhere.send(encode({ type: 'response', id: id!, questions, answers }), port, '127.0.0.1');
});

/** Connecting to it fails at once. */
const UNREACHABLE = '255.255.255.255';

let server: DnsServer;
let resolver: Resolver;
beforeAll(async () => {
  await new Promise<void>((resolve) => elsewhere.bind(0, '127.0.0.1', resolve));
  server = await DnsServer.listen({
    address: '127.0.0.1',
    port: 0,
    resolvers: [UNREACHABLE, '127.0.0.1'],
    resolverPort: (elsewhere.address() as AddressInfo).port,
    lookup: async (name) => {
      if (name === 'broken.default.svc.cluster.local') throw new Error('broken');
      return name === 'many.default.svc.cluster.local' ? { addresses: MANY } : undefined;
    },
    ...{ clock, log: noLog },
  });
  resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${server.port}`]);
});
afterAll(async () => {
  await server.close();
  elsewhere.close();
});

test('an answer that is too long for UDP comes by TCP', async () => {
  expect((await resolver.resolve4('many.default.svc.cluster.local')).sort()).toEqual([...MANY].sort());
});

test('a name that does not exist is known not to', async () => {
  await expect(resolver.resolve4('nobody.default.svc.cluster.local')).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

test('other names are asked of the servers of the machine, until one answers', async () => {
  expect(await resolver.resolve4('example.com')).toEqual(['192.0.2.9']);
});

test('a failure of ours is told as one', async () => {
  await expect(resolver.resolve4('broken.default.svc.cluster.local')).rejects.toMatchObject({ code: 'ESERVFAIL' });
});

test('two questions on one connection, in pieces, and what is no question, are taken as they come', async () => {
  const socket = net.connect(server.port, '127.0.0.1');
  const ids: number[] = [];
  const both = new Promise<void>((resolve) => onMessages(socket, (message) => ids.push(decode(message).id!) === 2 && resolve()));
  const question = (id: number) =>
    encode({ type: 'query', id, questions: [{ type: 'A', name: 'many.default.svc.cluster.local' }] });
  sendMessage(socket, Buffer.from('no DNS'));
  const framed = Buffer.concat([1, 2].flatMap((id) => [Buffer.from([0, question(id).length]), question(id)]));
  for (const byte of framed) socket.write(Buffer.from([byte]));
  await both;
  socket.destroy();
  expect(ids.sort()).toEqual([1, 2]);
});

test('a port that is taken is named', async () => {
  const options = { address: '127.0.0.1', port: server.port, resolvers: [], lookup: async () => undefined, clock, log: noLog };
  await expect(DnsServer.listen(options)).rejects.toMatchObject({
    code: 'KNC4005',
    message: expect.stringMatching(/^DNS for pods cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/),
  });
});
