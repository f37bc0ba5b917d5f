import { formatFieldErrors } from '../../../lib/base';
import { type PlatformOptions, platformErrors, platformManifest } from '../../../lib/platform';

const pods = (options: PlatformOptions): Record<string, string> =>
  Object.fromEntries(
    platformManifest(options, '1.0.0')
      .objects.filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment')
      .map((object) => [object.metadata.name, JSON.stringify(object)]),
  );

describe('an ingress in front of a platform', () => {
  it('is none by default: nobody may name revisions by headers', () => {
    for (const profile of ['small', 'ha'] as const)
      expect(Object.values(pods({ profile })).join()).not.toContain('KNC_OUTER_INGRESS');
  });

  it.each([
    ['small', ['knc-runtime']],
    ['ha', ['knc-gateway']],
  ] as const)('is named to those that take requests, and nobody else: %s', (profile, gateways) => {
    const made = pods({ profile, outerIngress: ['kourier-system', 'projectcontour/app=envoy'] });
    const told = Object.keys(made).filter((name) =>
      made[name]!.includes('{"name":"KNC_OUTER_INGRESS","value":"kourier-system,projectcontour/app=envoy"}'),
    );
    expect(told).toEqual(gateways);
  });

  it.each([['Kourier'], ['kourier-system/'], ['kourier-system/app'], ['kourier-system/app=a=b'], ['/app=envoy'], [7 as never]])(
    'is checked: %s',
    (text) => {
      expect(formatFieldErrors(platformErrors({ outerIngress: ['kourier-system', text] }))).toContain('outerIngress[1]');
      expect(platformErrors({ outerIngress: ['kourier-system', 'projectcontour/app.kubernetes.io/name=envoy'] })).toEqual([]);
    },
  );
});
