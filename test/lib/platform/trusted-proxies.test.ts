import { formatFieldErrors } from '../../../lib/base';
import { type PlatformOptions, platformErrors, platformManifest } from '../../../lib/platform';

const told = (options: PlatformOptions): readonly (string | undefined)[] =>
  platformManifest(options, '1.0.0')
    .objects.filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment')
    .filter((object) => JSON.stringify(object).includes('{"name":"KNC_TRUSTED_PROXIES","value":"10.0.0.0/8,2001:db8::/32"}'))
    .map(({ metadata }) => metadata.name);
const errors = (options: object) => formatFieldErrors(platformErrors(options as PlatformOptions));

describe('proxies in front of a platform', () => {
  it.each([
    ['small', ['knc-runtime']],
    ['ha', ['knc-gateway']],
  ] as const)('are named to those that take requests from outside, and nobody else: %s', (profile, gateways) => {
    expect(told({ profile, trustedProxies: ['10.0.0.0/8', '2001:db8::/32'] })).toEqual(gateways);
    expect(JSON.stringify(platformManifest({ profile }, '1').objects)).not.toContain('KNC_TRUSTED_PROXIES');
  });

  it.each([['10.0.0.0/33'], ['infra'], ['10.0.0.0/8,10.1.0.0/16'], [7]])('are checked: %s', (range) => {
    expect(errors({ trustedProxies: ['10.0.0.0/8', range] })).toContain(`invalid value: ${range}: trustedProxies[1]`);
  });

  it('are needed where plain HTTP is sent to an https that ends elsewhere: it would come back without end', () => {
    const exposure = { gateway: { name: 'public', namespace: 'infra' } };
    const settings = { network: { httpProtocol: 'redirected' } };
    const loop = 'whoever is redirected to https comes back by http, without end: settings.network.httpProtocol';
    expect(errors({ exposure, settings })).toContain(loop);
    expect(errors({ settings: { raw: { serving: { 'config-network': { 'http-protocol': 'Redirected' } } } } })).toContain(loop);
    expect(errors({ exposure, settings, trustedProxies: ['10.244.0.0/16'] })).toBe('');
    expect(errors({ settings, tls: {} })).toBe('');
    // Who else serves the Ingresses redirects, too.
    expect(
      errors({ settings: { network: { ...settings.network, ingressClass: 'kourier.ingress.networking.knative.dev' } } }),
    ).toBe('');
  });
});
