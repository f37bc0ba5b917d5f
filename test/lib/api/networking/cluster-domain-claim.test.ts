import { refusals } from '../support';

const claim = (spec: unknown) => ({
  apiVersion: 'networking.internal.knative.dev/v1alpha1',
  kind: 'ClusterDomainClaim',
  metadata: { name: 'shop.example.com' },
  spec,
});

test('a claim names a namespace and nothing else', () => {
  expect(refusals(claim({ namespace: 'shop' }))).toEqual([]);
  expect(refusals(claim({}))).toEqual(['missing field(s): spec.namespace']);
  expect(refusals(claim({ namespace: 'shop', owner: 'me' }))).toEqual(['unknown field "spec.owner"']);
});
