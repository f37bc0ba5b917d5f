import { ingressHash } from '../../../lib/gateway/ingress-hash';

// What ComputeHash of knative.dev/networking says of the same objects.
describe('the hash of an Ingress', () => {
  it('is that of upstream, whatever the order of fields, and without those that are empty', () => {
    const hash = ingressHash(
      {
        rules: [
          {
            hosts: ['b.example.com', 'a.example.com'],
            visibility: 'ExternalIP',
            http: {
              paths: [
                {
                  splits: [
                    {
                      appendHeaders: { b: '<&>\u2028é', a: '1' },
                      ...{ percent: 100, servicePort: 80, serviceName: 's', serviceNamespace: 'default' },
                    },
                  ],
                  ...{ appendHeaders: {}, headers: { 'K-Network-Hash': { exact: 'x' } }, rewriteHost: '', path: '/p' },
                },
              ],
            },
          },
          {
            hosts: [],
            http: { paths: [{ splits: [{ percent: 0, servicePort: 'http', serviceName: 's', serviceNamespace: 'default' }] }] },
          },
        ],
        httpOption: 'Enabled',
        tls: [{ secretNamespace: 'default', secretName: 'c', hosts: ['a.example.com'] }],
      },
      'default',
      'hello',
    );
    expect(hash).toBe('0e4dad2afec9d0b8e3801bac2300edb2deedd72e831ce2d362af53a8927c1775');
  });

  it('knows an Ingress by its name, too', () => {
    expect(ingressHash({}, 'n', 'a')).toBe('fc0d50d2256bc904e5e56ebf7d80788af86c54a73f751f1021aa51db13aa55d2');
    expect(ingressHash({}, 'n', 'b')).not.toBe(ingressHash({}, 'n', 'a'));
  });
});
