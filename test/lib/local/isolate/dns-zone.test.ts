import { type DecodedPacket, decode, encode, type RecordType } from 'dns-packet';
import { type DnsName, DnsZone } from '../../../../lib/local/isolate/dns-zone';

const NAMES: Record<string, DnsName> = {
  'hello.default.svc.cluster.local': { alias: 'gate.svc.cluster.local' },
  'gate.svc.cluster.local': { addresses: ['10.201.0.1'] },
  'pods.default.svc.cluster.local': { addresses: ['10.201.0.2', '10.201.0.3'] },
  'out.default.svc.cluster.local': { alias: 'example.com' },
  'self.default.svc.cluster.local': { alias: 'self.default.svc.cluster.local' },
  'ping.svc.cluster.local': { alias: 'pong.svc.cluster.local' },
  'pong.svc.cluster.local': { alias: 'ping.svc.cluster.local' },
  'default.svc.cluster.local': {},
};
const zone = new DnsZone(
  async (name) => NAMES[name],
  async (name) => [{ name, type: 'A', ttl: 60, data: '192.0.2.7' }],
);

/** What a client makes of the answer, having sent the question as bytes. */
async function ask(name: string, type: RecordType = 'A') {
  const query = decode(encode({ type: 'query', id: 7, flags: 256, questions: [{ name, type }] }));
  const answer = await zone.answer(query);
  if (!answer) return undefined;
  const { id, rcode, flag_aa, flag_rd, answers, authorities } = decode(encode(answer)) as DecodedPacket & { rcode: string };
  expect([id, flag_aa, flag_rd]).toEqual([7, true, true]);
  const records = (answers ?? []).map((record) => `${record.name} ${record.type} ${(record as { data: unknown }).data}`);
  return { rcode, records, authority: authorities?.[0]?.type };
}

describe('a question about a name of the cluster', () => {
  test('is answered with every address', async () => {
    expect(await ask('pods.default.svc.cluster.local')).toEqual({
      rcode: 'NOERROR',
      records: ['pods.default.svc.cluster.local A 10.201.0.2', 'pods.default.svc.cluster.local A 10.201.0.3'],
      authority: undefined,
    });
  });

  test('follows other names, within the cluster and beyond', async () => {
    expect((await ask('hello.default.svc.cluster.local'))?.records).toEqual([
      'hello.default.svc.cluster.local CNAME gate.svc.cluster.local',
      'gate.svc.cluster.local A 10.201.0.1',
    ]);
    expect((await ask('out.default.svc.cluster.local'))?.records).toEqual([
      'out.default.svc.cluster.local CNAME example.com',
      'example.com A 192.0.2.7',
    ]);
  });

  test('ends where names lead in a circle', async () => {
    expect((await ask('self.default.svc.cluster.local'))?.records).toEqual([]);
    expect((await ask('ping.svc.cluster.local'))?.records).toHaveLength(8);
  });

  test('tells a name that does not exist from one without an address of the kind', async () => {
    expect(await ask('nobody.default.svc.cluster.local')).toEqual({ rcode: 'NXDOMAIN', records: [], authority: 'SOA' });
    expect(await ask('default.svc.cluster.local')).toEqual({ rcode: 'NOERROR', records: [], authority: 'SOA' });
    expect(await ask('pods.default.svc.cluster.local', 'AAAA')).toEqual({ rcode: 'NOERROR', records: [], authority: 'SOA' });
  });

  test('may be written in any case', async () => {
    expect((await ask('PODS.Default.svc.cluster.LOCAL'))?.records[0]).toBe('PODS.Default.svc.cluster.LOCAL A 10.201.0.2');
  });
});

test('a question about any other name is left to others', async () => {
  expect(await ask('example.com')).toBeUndefined();
  expect(await ask('notcluster.local')).toBeUndefined();
});
