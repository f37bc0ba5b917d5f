import { defaultServingConfig, type Ingress, type KubeObject, type Stored } from '../../../../lib/api';
import { INGRESS_CLASS, ingressReconciler } from '../../../../lib/control/ingress';
import { BEFORE_TEXT, ingress, NOW, summary } from '../support/objects';
import { observe } from '../support/observe';

const ours = { annotations: { 'networking.knative.dev/ingress.class': INGRESS_CLASS } };
const hosting = (name: string, host: string, metadata: KubeObject['metadata'] = {}) =>
  ingress(
    name,
    { rules: [{ hosts: [host], visibility: 'ExternalIP', http: { paths: [] } }] },
    { ...ours, generation: 3, ...metadata },
  );
const plan = (parent: Stored<Ingress>, answer?: object, ...others: KubeObject[]) =>
  ingressReconciler({ external: 'gateway.external', internal: 'gateway.internal' }).plan(
    parent,
    observe({ objects: [parent, ...others], answers: answer ? { 'gateway/default/a': answer } : {} }),
    defaultServingConfig,
    NOW,
  );

describe('the plan of an Ingress', () => {
  const a = hosting('a', 'a.example.com');

  it('asks the gateways, and waits for them', () => {
    const { asks, status } = plan(a);
    expect(asks).toEqual([
      { topic: 'gateway', key: 'default/a', input: { namespace: 'default', name: 'a', uid: 'uid-ingress-a' } },
    ]);
    expect(summary(status)).toEqual({
      LoadBalancerReady: 'Unknown/Uninitialized: Waiting for load balancer to be ready',
      NetworkConfigured: 'Unknown',
      Ready: 'Unknown/Uninitialized: Waiting for load balancer to be ready',
    });
  });

  it('is ready once they serve its generation, and says where they are', () => {
    const { status } = plan(a, { generation: 3 });
    expect(summary(status)).toEqual({ LoadBalancerReady: 'True', NetworkConfigured: 'True', Ready: 'True' });
    expect(status).toMatchObject({
      observedGeneration: 3,
      publicLoadBalancer: { ingress: [{ domainInternal: 'gateway.external' }] },
      privateLoadBalancer: { ingress: [{ domainInternal: 'gateway.internal' }] },
    });
  });

  it('is not ready while they serve an earlier one', () => {
    expect(summary(plan(a, { generation: 2 }).status).Ready).toMatch(/^Unknown/);
  });

  it('says which older Ingress has its host', () => {
    const older = hosting('b', 'a.example.com', { namespace: 'other', creationTimestamp: '2025-01-01T00:00:00Z' });
    expect(summary(plan(a, { generation: 3 }, older).status).Ready).toBe(
      'False/HostConflict: Host "a.example.com" is claimed by the older Ingress "other/b".',
    );
    for (const rival of [
      hosting('b', 'a.example.com', { namespace: 'other', creationTimestamp: '2026-06-01T00:00:00Z' }),
      hosting('b', 'a.example.com', { creationTimestamp: BEFORE_TEXT }),
      hosting('b', 'b.example.com', { creationTimestamp: '2025-01-01T00:00:00Z' }),
      { ...older, metadata: { ...older.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
      { ...older, metadata: { ...older.metadata, annotations: {} } },
    ]) {
      expect(summary(plan(a, { generation: 3 }, rival).status).Ready).toBe('True');
    }
  });

  it('says that it is not served by HTTPS, where that is asked for', () => {
    const tls = [{ hosts: ['a.example.com'], secretName: 'a-tls', secretNamespace: 'default' }];
    const { status } = plan({ ...a, spec: { ...a.spec, tls } }, { generation: 3 });
    expect(summary(status).Ready).toBe(
      'False/TLSNotSupported: TLS is not terminated here: Secret "default/a-tls" is not used, and a.example.com is served by plain HTTP alone.',
    );
  });

  it('is ready with HTTPS where the gateways serve that, and says what keeps them from it', () => {
    const tls = [{ hosts: ['a.example.com'], secretName: 'a-tls', secretNamespace: 'default' }];
    const secured = { ...a, spec: { ...a.spec, tls } };
    expect(summary(plan(secured, { generation: 3, tls: {} }).status).Ready).toBe('True');
    expect(summary(plan(secured, { generation: 3, tls: { problem: 'There is no Secret "default/a-tls".' } }).status).Ready).toBe(
      'False/CertificateNotReady: There is no Secret "default/a-tls".',
    );
    expect(summary(plan(secured, { generation: 2, tls: {} }).status).Ready).toMatch(/^Unknown/);
  });

  it('leaves other classes alone', () => {
    const other = hosting('a', 'a.example.com', { annotations: { 'networking.knative.dev/ingress.class': 'istio' } });
    expect(plan(other, { generation: 3 })).toEqual({});
    expect(ingressReconciler({ external: 'x', internal: 'y' }).reads(other, defaultServingConfig)).toEqual([]);
  });
});
