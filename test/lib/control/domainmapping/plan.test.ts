import type { DomainMapping, Ingress, KubeObject, ObjectMeta, ServingConfig, Stored } from '../../../../lib/api';
import { createDomainMappingReconciler, domainMappingReconciler } from '../../../../lib/control/domainmapping';
import { LOCAL_CONFIG } from '../support/control-world';
import { condition, NOW, NOW_TEXT, ready, route, service, stored, summary } from '../support/objects';
import { type Facts, observe } from '../support/observe';

const DOMAIN = 'shop.example.com';
const FINALIZERS = { finalizers: ['domainmappings.serving.knative.dev'] };
const URL = `http://${DOMAIN}`;
const REF = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello' };

function mapping(
  spec: Partial<DomainMapping['spec']> = {},
  metadata: ObjectMeta = {},
  status?: DomainMapping['status'],
): Stored<DomainMapping> {
  const object: DomainMapping = {
    apiVersion: 'serving.knative.dev/v1beta1',
    kind: 'DomainMapping',
    metadata: { name: DOMAIN },
    spec: { ref: REF, ...spec },
    ...(status ? { status } : {}),
  };
  return stored(object, { ...FINALIZERS, ...metadata });
}

const claim = (namespace = 'default', metadata: ObjectMeta = {}): KubeObject =>
  stored(
    {
      apiVersion: 'networking.internal.knative.dev/v1alpha1',
      kind: 'ClusterDomainClaim',
      metadata: { name: DOMAIN },
      spec: { namespace },
    } as KubeObject,
    { namespace: undefined, ...metadata },
  );

const at = (url: string) => ({ ...ready(), address: { url } });
const hello = service('hello', { status: at('http://hello.default.svc.cluster.local') });
const network = (change: Partial<ServingConfig['network']>): ServingConfig => ({
  ...LOCAL_CONFIG,
  network: { ...LOCAL_CONFIG.network, ...change },
});
const CLAIMING = network({ autocreateClusterDomainClaims: true });

const plan = (parent: Stored<DomainMapping>, objects: readonly KubeObject[], config = LOCAL_CONFIG, facts: Facts = {}) =>
  domainMappingReconciler.plan(parent, observe({ ...facts, objects }), config, NOW);
type Planned = ReturnType<typeof plan>;
const kinds = (result: Planned) => (result.apply ?? []).map(({ object }) => `${object.kind} ${object.metadata.name}`);
const ingressOf = (result: Planned) => result.apply!.find(({ type }) => type.kind === 'Ingress')!.object as Ingress;
const messages = (result: Planned) => (result.events ?? []).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
const takenIn = (result: Planned, status: Ingress['status'] = ready()): KubeObject => stored({ ...ingressOf(result), status });

const NOT_CONFIGURED = 'Unknown/IngressNotConfigured: Ingress has not yet been reconciled.';
const NO_TLS = 'True/TLSNotEnabled: external-domain-tls is not enabled';

describe('the plan of a DomainMapping', () => {
  it('is held by its finalizer before anything else is done', () => {
    const result = plan(mapping({}, { finalizers: ['other'] }), [claim(), hello], CLAIMING);
    expect(result).toEqual({
      patch: [
        expect.objectContaining({
          name: DOMAIN,
          patch: { merge: { metadata: { finalizers: ['other', 'domainmappings.serving.knative.dev'] } } },
        }),
      ],
    });
  });

  it('makes an Ingress that leads the domain to the Service, under the name that it has in the cluster', () => {
    const parent = mapping(
      {},
      { labels: { team: 'a' }, annotations: { note: 'x', 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
    );
    const result = plan(parent, [claim(), hello]);
    expect(kinds(result)).toEqual([`Ingress ${DOMAIN}`]);
    expect(ingressOf(result)).toEqual({
      apiVersion: 'networking.internal.knative.dev/v1alpha1',
      kind: 'Ingress',
      metadata: {
        name: DOMAIN,
        namespace: 'default',
        labels: {
          team: 'a',
          'serving.knative.dev/domainMappingUID': `uid-domainmapping-${DOMAIN}`,
          'serving.knative.dev/domainMappingNamespace': 'default',
        },
        annotations: { note: 'x', 'networking.knative.dev/ingress.class': 'knc.ingress.networking.knative.dev' },
        ownerReferences: [expect.objectContaining({ kind: 'DomainMapping', name: DOMAIN, controller: true })],
      },
      spec: {
        httpOption: 'Enabled',
        rules: [
          {
            hosts: [DOMAIN],
            visibility: 'ExternalIP',
            http: {
              paths: [
                {
                  rewriteHost: 'hello.default.svc.cluster.local',
                  splits: [
                    {
                      serviceNamespace: 'default',
                      serviceName: 'hello',
                      servicePort: 80,
                      percent: 100,
                      appendHeaders: { 'K-Original-Host': DOMAIN },
                    },
                  ],
                },
              ],
            },
          },
        ],
      },
    });
    expect(messages(result)).toEqual([`Normal Created: Created Ingress "${DOMAIN}"`]);
    expect(summary(result.status)).toEqual({
      CertificateProvisioned: NO_TLS,
      DomainClaimed: 'True',
      IngressReady: NOT_CONFIGURED,
      Ready: NOT_CONFIGURED,
      ReferenceResolved: 'True',
    });
    expect(result.status).toMatchObject({ url: URL, address: { url: URL }, observedGeneration: 1 });
  });

  it('is ready with its Ingress, and not before', () => {
    const first = plan(mapping(), [claim(), hello]);
    const next = (status: Ingress['status']) => plan(mapping(), [claim(), hello, takenIn(first, status)]);
    expect(summary(next(ready()).status).Ready).toBe('True');
    expect(messages(next(ready()))).toEqual([]);
    expect(summary(next({ ...ready(), observedGeneration: 0 }).status).Ready).toBe(NOT_CONFIGURED);
    expect(summary(next({ observedGeneration: 1 }).status).Ready).toBe(NOT_CONFIGURED);
    const conflict = { observedGeneration: 1, conditions: [condition('Ready', 'False', 'HostConflict', 'taken')] };
    expect(summary(next(conflict).status)).toMatchObject({
      IngressReady: 'False/HostConflict: taken',
      Ready: 'False/HostConflict: taken',
    });
  });

  it('goes by the Ingress that is wanted, not by one of an earlier target', () => {
    const first = plan(mapping(), [claim(), hello]);
    const other = service('other', { status: at('http://other.default.svc.cluster.local') });
    const result = plan(mapping({ ref: { ...REF, name: 'other' } }), [claim(), hello, other, takenIn(first)]);
    expect(summary(result.status).IngressReady).toBe(NOT_CONFIGURED);
    expect(ingressOf(result).spec.rules![0]!.http!.paths[0]!.rewriteHost).toBe('other.default.svc.cluster.local');
  });

  it('takes class and protocol from its annotations, else from the installation', () => {
    const annotated = { 'networking.knative.dev/ingress-class': 'istio', 'networking.knative.dev/http-protocol': 'Redirected' };
    const own = ingressOf(plan(mapping({}, { annotations: annotated }), [claim(), hello]));
    expect(own.metadata.annotations).toMatchObject({ 'networking.knative.dev/ingress.class': 'istio' });
    expect(own.spec.httpOption).toBe('Redirected');
    const config = network({ httpProtocol: 'redirected', defaultExternalScheme: 'https' });
    const result = plan(mapping(), [claim(), hello], config);
    expect(ingressOf(result).spec.httpOption).toBe('Redirected');
    expect(result.status).toMatchObject({ url: `https://${DOMAIN}` });
    const wrong = plan(mapping({}, { annotations: { 'networking.knative.dev/http-protocol': 'maybe' } }), [claim(), hello]);
    expect(kinds(wrong)).toEqual([]);
    expect(messages(wrong)).toEqual(['Warning InternalError: incorrect http-protocol annotation: maybe']);
  });

  it('says when its Ingress is refused', () => {
    const result = plan(mapping(), [claim(), hello], LOCAL_CONFIG, { failures: { [`Ingress/${DOMAIN}`]: 'no' } });
    expect(messages(result)).toEqual(['Warning CreationFailed: Failed to create Ingress: no']);
  });
});

describe('the domain of a mapping', () => {
  it('is claimed for its namespace where the installation says so', () => {
    const result = plan(mapping(), [hello], CLAIMING);
    expect(kinds(result)).toEqual([`ClusterDomainClaim ${DOMAIN}`, `Ingress ${DOMAIN}`]);
    expect(result.apply![0]!.object).toEqual({
      apiVersion: 'networking.internal.knative.dev/v1alpha1',
      kind: 'ClusterDomainClaim',
      metadata: { name: DOMAIN },
      spec: { namespace: 'default' },
    });
    expect(summary(result.status).DomainClaimed).toBe('True');
  });

  it('stays unclaimed elsewhere, and the mapping says what is missing', () => {
    const result = plan(mapping(), [hello]);
    const message = `no ClusterDomainClaim found for domain "${DOMAIN}" (and autocreate-cluster-domain-claims property is not true)`;
    expect(kinds(result)).toEqual([]);
    expect(summary(result.status)).toMatchObject({
      DomainClaimed: `False/DomainClaimFailed: ${message}`,
      Ready: `False/DomainClaimFailed: ${message}`,
      ReferenceResolved: 'Unknown',
    });
    expect(messages(result)).toEqual([`Warning InternalError: ${message}`]);
    expect(messages(plan({ ...mapping(), status: result.status as DomainMapping['status'] }, [hello]))).toEqual([]);
  });

  it.each([['where claims are made'], ['where they are not']])('is not taken from another namespace, %s', (where) => {
    const result = plan(mapping(), [claim('other'), hello], where === 'where claims are made' ? CLAIMING : LOCAL_CONFIG);
    expect(kinds(result)).toEqual([]);
    expect(summary(result.status).Ready).toBe(
      'False/DomainAlreadyClaimed: The domain name is already in use by another DomainMapping',
    );
    expect(messages(result)).toEqual([
      `Warning InternalError: namespace "default" does not own ClusterDomainClaim for "${DOMAIN}"`,
    ]);
  });

  it('whose claim is refused keeps the mapping from being ready', () => {
    const facts = { failures: { [`ClusterDomainClaim/${DOMAIN}`]: 'quota' } };
    expect(summary(plan(mapping(), [hello], CLAIMING, facts).status).Ready).toBe(
      'False/DomainClaimFailed: failed to create ClusterDomainClaim: quota',
    );
  });

  const going = mapping({}, { deletionTimestamp: NOW_TEXT });
  const released = { patch: [expect.objectContaining({ patch: { merge: { metadata: { finalizers: [] } } } })] };

  it('is given back before the mapping goes', () => {
    expect(plan(going, [claim()], CLAIMING)).toEqual({
      remove: [expect.objectContaining({ name: DOMAIN, namespace: undefined })],
    });
    expect(plan(going, [claim('default', { deletionTimestamp: NOW_TEXT })], CLAIMING)).toEqual(released);
    expect(plan(going, [], CLAIMING)).toEqual(released);
  });

  it("stays claimed where an administrator makes claims, and where it is another namespace's", () => {
    expect(plan(going, [claim()])).toEqual(released);
    expect(plan(going, [claim('other')], CLAIMING)).toEqual(released);
  });
});

describe('the certificate of a mapping', () => {
  it('is wanted in the Ingress where the mapping names it', () => {
    const result = plan(mapping({ tls: { secretName: 'shop-tls' } }), [claim(), hello]);
    expect(ingressOf(result).spec.tls).toEqual([{ hosts: [DOMAIN], secretName: 'shop-tls', secretNamespace: 'default' }]);
    expect(summary(result.status).CertificateProvisioned).toBe(
      'True/CertificateExternallyProvided: TLS certificate was provided externally',
    );
    expect(result.status).toMatchObject({ url: `https://${DOMAIN}`, address: { url: `https://${DOMAIN}` } });
  });

  it('is not provisioned where the installation asks for it, unless the mapping does without', () => {
    const config = network({ externalDomainTls: true });
    expect(summary(plan(mapping(), [claim(), hello], config).status).Ready).toBe(
      'False/CertificateProvisionFailed: external-domain-tls is enabled, but certificates are not provisioned here: set it to Disabled.',
    );
    const without = mapping({}, { annotations: { 'networking.knative.dev/disable-external-domain-tls': 'true' } });
    expect(summary(plan(without, [claim(), hello], config).status).CertificateProvisioned).toBe(NO_TLS);
  });
});

describe('the target of a mapping', () => {
  const text = (ref: object) =>
    Object.entries({
      Kind: 'Service',
      Namespace: 'default',
      Name: 'hello',
      APIVersion: REF.apiVersion,
      Group: '',
      Address: '',
      ...ref,
    })
      .map(([key, value]) => `${key} = ${value}`)
      .join(', ');
  const FORM = 'must be of the form {name}.{namespace}.svc.cluster.local';
  const withStatus = (status: object) => service('hello', { status });

  it.each<readonly [string, DomainMapping['spec']['ref'], KubeObject]>([
    ['a Knative Service', REF, hello],
    ['a Route', { ...REF, kind: 'Route' }, route([], { status: at('http://hello.default.svc.cluster.local') })],
    [
      'a Service of Kubernetes',
      { ...REF, apiVersion: 'v1' },
      stored({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'hello' } }),
    ],
    ['an address with a slash and TLS', REF, withStatus(at('https://hello.default.svc.cluster.local/'))],
    [
      'an address by its name',
      { ...REF, address: 'b' },
      withStatus({
        addresses: [
          { name: 'a', url: 'http://a.b' },
          { name: 'b', url: 'http://hello.default.svc.cluster.local' },
        ],
      }),
    ],
  ])('is %s', (_, ref, target) => {
    const result = plan(mapping({ ref }), [claim(), target]);
    expect(summary(result.status).ReferenceResolved).toBe('True');
    expect(ingressOf(result).spec.rules![0]!.http!.paths[0]).toMatchObject({
      rewriteHost: 'hello.default.svc.cluster.local',
      splits: [{ serviceName: 'hello' }],
    });
  });

  it.each<readonly [string, DomainMapping['spec']['ref'], readonly KubeObject[], string]>([
    ['is not there', REF, [], 'failed to get object default/hello: services.serving.knative.dev "hello" not found'],
    [
      'is no Service of Kubernetes that is there',
      { ...REF, apiVersion: 'v1' },
      [hello],
      'failed to get object default/hello: services "hello" not found',
    ],
    ['has no address yet', REF, [service()], `address not set for ${text({})}`],
    [
      'is of a kind without addresses',
      { ...REF, kind: 'Configuration' },
      [],
      `address not set for ${text({ Kind: 'Configuration' })}`,
    ],
    ['has no such address', { ...REF, address: 'b' }, [hello], `address with name "b" not found for ${text({ Address: 'b' })}`],
    ['has an address without a URL', REF, [withStatus({ address: {} })], `URL missing in address of ${text({})}`],
    ['has a URL without a host', REF, [withStatus(at('hello'))], `hostname missing in address of ${text({})}`],
    [
      'has a path',
      REF,
      [withStatus(at('http://hello.default.svc.cluster.local/a'))],
      'resolved URI "http://hello.default.svc.cluster.local/a" contains a path',
    ],
    [
      'is outside the cluster',
      REF,
      [withStatus(at('http://hello.example.com'))],
      `resolved URI "http://hello.example.com" ${FORM}`,
    ],
    [
      'has a port',
      REF,
      [withStatus(at('http://hello.default.svc.cluster.local:81'))],
      `resolved URI "http://hello.default.svc.cluster.local:81" ${FORM}`,
    ],
    [
      'has a longer name',
      REF,
      [withStatus(at('http://a.hello.default.svc.cluster.local'))],
      `resolved URI "http://a.hello.default.svc.cluster.local" ${FORM}`,
    ],
    [
      'is in another namespace',
      REF,
      [withStatus(at('http://hello.other.svc.cluster.local'))],
      'resolved URI "http://hello.other.svc.cluster.local" must be in same namespace as DomainMapping',
    ],
  ])('that %s is not resolved', (_, ref, objects, message) => {
    const result = plan(mapping({ ref }), [claim(), ...objects]);
    expect(kinds(result)).toEqual([]);
    expect(summary(result.status)).toMatchObject({
      ReferenceResolved: `False/ResolveFailed: ${message}`,
      Ready: `False/ResolveFailed: ${message}`,
      DomainClaimed: 'True',
    });
    expect(messages(result)).toEqual([`Warning InternalError: resolving reference: ${message}`]);
  });

  it('leads to nothing of Eventing where there is none, and looks at no kind of it', () => {
    const alone = createDomainMappingReconciler({ eventing: false });
    const groups = (watches: typeof alone.watches) => new Set(watches.map(({ group }) => group));
    expect(groups(domainMappingReconciler.watches)).toContain('eventing.knative.dev');
    expect([...groups(alone.watches)].sort()).toEqual(['', 'networking.internal.knative.dev', 'serving.knative.dev']);
    const parent = mapping({ ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders' } });
    expect(alone.reads(parent, LOCAL_CONFIG)).toHaveLength(2);
    const { status } = alone.plan(parent, observe({ objects: [claim()] }), LOCAL_CONFIG, NOW);
    expect(summary(status)['ReferenceResolved']).toContain('False/ResolveFailed: address not set for');
  });

  it('is looked at again whenever it changes, as are claim and Ingress', () => {
    const reads = domainMappingReconciler.reads(mapping(), LOCAL_CONFIG);
    expect(reads.map((read) => [read.type.kind, read.type.group, 'namespace' in read && read.namespace])).toEqual([
      ['ClusterDomainClaim', 'networking.internal.knative.dev', undefined],
      ['Ingress', 'networking.internal.knative.dev', 'default'],
      ['Service', 'serving.knative.dev', 'default'],
    ]);
  });
});
