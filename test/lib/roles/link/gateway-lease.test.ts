import { allTypes, type Lease, LeaseType, NamespaceType } from '../../../../lib/api';
import { CountingExecutor, seededRandom, VirtualClock } from '../../../../lib/base';
import { LEASE_MS, Ownership } from '../../../../lib/gateway';
import type { Cluster } from '../../../../lib/kube';
import { MemoryCluster } from '../../../../lib/local/cluster';
import { GatewayLease } from '../../../../lib/roles/link';

const NAMESPACE = 'knative-serving';
const NAME = 'knative-constructs-controller';

async function setup({ gone = false } = {}) {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor);
  const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: [...allTypes, LeaseType] });
  await cluster.create(NamespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  await cluster.create<Lease>(LeaseType, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { namespace: NAMESPACE, name: NAME },
    spec: { holderIdentity: 'controller-1', renewTime: 'a' },
  });
  const ownership = new Ownership('g');
  const member = { id: 'g', name: 'g', address: '10.0.0.1', since: 1 };
  ownership.setView({ epoch: 1, members: [member], present: [member] });
  const unreachable = { get: () => Promise.reject(new Error('connect ECONNREFUSED')) } as unknown as Cluster;
  const lease = new GatewayLease({ cluster: gone ? unreachable : cluster, clock, executor, ownership });
  const renewBy = (holderIdentity: string) =>
    cluster.patch(LeaseType, NAMESPACE, NAME, 'merge', { spec: { holderIdentity, renewTime: String(clock.now()) } });
  return { clock, ownership, lease, renewBy };
}

describe('the lease of a gateway', () => {
  test('holds as long as the leader answers', async () => {
    const { clock, ownership, lease, renewBy } = await setup();
    for (let i = 0; i < 40; i++) {
      lease.renewed(lease.ask());
      await renewBy('controller-1');
      await clock.advance(3000);
    }
    expect(ownership.admits('pod')).toBe(true);
    lease.stop();
  });

  test('ends before others may take what it has, where somebody leads who does not hear of it', async () => {
    const { clock, ownership, lease, renewBy } = await setup();
    lease.renewed(lease.ask());
    for (let passed = 0; passed < LEASE_MS - 5000; passed += 5000) {
      await renewBy('controller-2');
      await clock.advance(5000);
    }
    expect(ownership.admits('pod')).toBe(false);
    expect(ownership.fenced).toBe(true);
    lease.stop();
  });

  test('does not end where nobody leads', async () => {
    const { clock, ownership, lease, renewBy } = await setup();
    lease.renewed(lease.ask());
    await renewBy('');
    await clock.advance(600_000);
    expect(ownership.admits('pod')).toBe(true);
    lease.stop();
  });

  test('does not end where the API server is gone: then nobody leads for long', async () => {
    const { clock, ownership, lease } = await setup({ gone: true });
    lease.renewed(lease.ask());
    await clock.advance(600_000);
    expect(ownership.admits('pod')).toBe(true);
    lease.stop();
  });

  test('is not made longer by an answer that comes too late', async () => {
    const { clock, ownership, lease, renewBy } = await setup();
    const seq = lease.ask();
    lease.renewed(lease.ask());
    await clock.advance(9000);
    lease.renewed(seq);
    for (let i = 0; i < 4; i++) {
      await renewBy('controller-2');
      await clock.advance(4000);
    }
    expect(ownership.fenced).toBe(true);
    lease.stop();
  });
});
