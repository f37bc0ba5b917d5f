import type { KubeObject } from '../../../lib/api';
import { formatFieldErrors } from '../../../lib/base';
import { type PlatformOptions, platformErrors, platformManifest } from '../../../lib/platform';

const made = (options: PlatformOptions) => platformManifest(options, '1.0.0').objects;
const named = (objects: readonly KubeObject[], kind: string, name: string): KubeObject =>
  objects.find((object) => object.kind === kind && object.metadata.name === name) ?? { apiVersion: '', kind: '', metadata: {} };
const text = (value: unknown) => JSON.stringify(value);

describe('HTTPS of a platform', () => {
  it('is not served unless it is asked for, and then no certificate can be read', () => {
    const objects = made({});
    expect(text(named(objects, 'Service', 'knc-ingress'))).not.toContain('"https"');
    expect(text(named(objects, 'StatefulSet', 'knc-runtime'))).not.toContain('KNC_HTTPS_PORT');
  });

  it.each([
    ['small', 'StatefulSet', 'knc-runtime'],
    ['ha', 'Deployment', 'knc-gateway'],
  ] as const)('has its port in Service, pods and policies: %s', (profile, kind, pods) => {
    const objects = made({ profile, tls: {} });
    expect(named(objects, 'Service', 'knc-ingress')['spec']).toMatchObject({
      ports: [{ port: 80 }, { name: 'https', port: 443, targetPort: 8443 }],
    });
    expect(text(named(objects, kind, pods))).toContain('{"name":"KNC_HTTPS_PORT","value":"8443"}');
    expect(text(named(objects, 'NetworkPolicy', pods))).toContain('8443');
  });

  it('lets the gateway read Secrets where certificates are, and nowhere else', () => {
    const rights = (tls: PlatformOptions['tls']) =>
      made({ profile: 'ha', ...(tls ? { tls } : {}) })
        .filter(({ kind, metadata }) => /Role$/.test(kind) && metadata.name === 'knative-constructs-gateway')
        .filter((role) => text(role).includes('"secrets"'))
        .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}`);
    expect(rights(undefined)).toEqual([]);
    expect(rights({})).toEqual(['ClusterRole ']);
    expect(rights({ secretNamespaces: ['certs', 'shop'] }).sort()).toEqual(['Role certs', 'Role shop']);
  });

  it('is checked', () => {
    expect(formatFieldErrors(platformErrors({ tls: { secretNamespaces: ['A'] } }))).toContain('tls.secretNamespaces[0]');
    expect(formatFieldErrors(platformErrors({ tls: { secret: 'x' } as object }))).toContain('tls.secret');
    expect(formatFieldErrors(platformErrors({ tls: 'yes' as 'none' }))).toContain('tls');
  });
});
