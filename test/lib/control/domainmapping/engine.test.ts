import {
  ClusterDomainClaimType,
  type DomainMapping,
  DomainMappingType,
  IngressType,
  K8sServiceType,
  ServiceType,
} from '../../../../lib/api';
import { ControlWorld, LOCAL_CONFIG } from '../support/control-world';
import { service, stored, summary } from '../support/objects';

const DOMAIN = 'shop.example.com';
const config = { ...LOCAL_CONFIG, network: { ...LOCAL_CONFIG.network, autocreateClusterDomainClaims: true } };
const mapping = (namespace = 'default', ref: Partial<DomainMapping['spec']['ref']> = {}) =>
  stored({
    apiVersion: 'serving.knative.dev/v1beta1',
    kind: 'DomainMapping',
    metadata: { name: DOMAIN, namespace },
    spec: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello', ...ref } },
  });

async function conditions(world: ControlWorld, namespace = 'default'): Promise<Record<string, string>> {
  return summary((await world.get(DomainMappingType, DOMAIN, namespace)).status);
}

describe('a DomainMapping', () => {
  it('becomes ready with its service, whichever comes first', async () => {
    for (const serviceFirst of [true, false]) {
      const world = await new ControlWorld({ config }).start();
      if (serviceFirst) await world.create(ServiceType, service());
      await world.create(DomainMappingType, mapping());
      if (!serviceFirst) {
        expect((await conditions(world)).Ready).toMatch(/^False\/ResolveFailed: failed to get object default\/hello/);
        await world.create(ServiceType, service());
      }
      expect((await conditions(world)).Ready).toBe('True');
      expect((await world.events()).filter((event) => event.includes(DOMAIN))).toEqual([`Created: Created Ingress "${DOMAIN}"`]);
    }
  });

  it('writes nothing more once it is ready', async () => {
    const world = await new ControlWorld({ config }).start();
    await world.create(ServiceType, service());
    await world.create(DomainMappingType, mapping());
    const writes = world.writes.filter((write) => write.endsWith(DOMAIN));
    expect(writes.slice(0, 3)).toEqual([
      `patch DomainMapping ${DOMAIN}`,
      `create ClusterDomainClaim ${DOMAIN}`,
      `create Ingress ${DOMAIN}`,
    ]);
    const before = world.writes.length;
    await world.clock.advance(3_600_000);
    expect(world.writes).toHaveLength(before);
  });

  it('gives its domain back when it goes, and whoever waited for it has it at once', async () => {
    const world = await new ControlWorld({ config }).start();
    for (const namespace of ['default', 'other']) {
      await world.create(K8sServiceType, { ...plain, metadata: { name: 'plain', namespace } });
      await world.create(DomainMappingType, mapping(namespace, { apiVersion: 'v1', name: 'plain' }));
    }
    expect((await conditions(world)).Ready).toBe('True');
    expect((await conditions(world, 'other')).DomainClaimed).toMatch(/^False\/DomainAlreadyClaimed/);
    await world.memory.delete(DomainMappingType, 'default', DOMAIN);
    await world.settle();
    expect(await world.memory.get(DomainMappingType, 'default', DOMAIN)).toBeUndefined();
    expect((await conditions(world, 'other')).DomainClaimed).toBe('True');
    expect((await world.list(ClusterDomainClaimType)).map(({ spec }) => spec.namespace)).toEqual(['other']);
    expect(await world.memory.get(IngressType, 'other', DOMAIN)).toBeDefined();
  });

  it("leaves another namespace's claim alone when it goes", async () => {
    const world = await new ControlWorld({ config }).start();
    await world.create(ClusterDomainClaimType, {
      apiVersion: 'networking.internal.knative.dev/v1alpha1',
      kind: 'ClusterDomainClaim',
      metadata: { name: DOMAIN },
      spec: { namespace: 'elsewhere' },
    });
    await world.create(DomainMappingType, mapping());
    await world.memory.delete(DomainMappingType, 'default', DOMAIN);
    await world.settle();
    expect(await world.memory.get(DomainMappingType, 'default', DOMAIN)).toBeUndefined();
    expect((await world.list(ClusterDomainClaimType)).map(({ spec }) => spec.namespace)).toEqual(['elsewhere']);
  });
});

const plain = {
  apiVersion: 'v1' as const,
  kind: 'Service' as const,
  spec: { ports: [{ port: 80 }] },
};
