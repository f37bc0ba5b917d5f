import { ClusterError } from '../../../../lib/kube';
import { allowed, readReview, refused } from '../../../../lib/roles/webhook/admission-review';

const review = (request: unknown, more = {}) =>
  JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request, ...more });
const request = { uid: 'u', operation: 'CREATE', object: { apiVersion: 'v1', kind: 'Pod', metadata: {} } } as const;

describe('an AdmissionReview', () => {
  test('is read, with an object that is made, changed or deleted', () => {
    expect(readReview(review({ ...request, oldObject: null }))).toMatchObject(request);
    expect(readReview(review({ uid: 'u', operation: 'DELETE', object: null }))).toMatchObject({ operation: 'DELETE' });
  });

  test.each<[string, string]>([
    ['no JSON', '{'],
    ['nothing', 'null'],
    ['another kind', JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'Pod', request })],
    ['another version', review(request, { apiVersion: 'admission.k8s.io/v1beta1' })],
    ['one without a request', review(undefined)],
    ['one without a uid', review({ ...request, uid: undefined })],
    ['one with something else than an object', review({ ...request, object: 'pod' })],
    ['an object without metadata', review({ ...request, object: { kind: 'Pod' } })],
    ['a stored object that is none', review({ ...request, oldObject: [] })],
  ])('is refused where it is %s', (_, text) => {
    expect(() => readReview(text)).toThrow(ClusterError);
  });

  test('is answered by its uid: allowed, allowed with changes, or refused with code and message', () => {
    expect(allowed(request)).toEqual({
      ...{ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' },
      response: { uid: 'u', allowed: true },
    });
    const patch = [{ op: 'add', path: '/a', value: 'ü' }] as const;
    const { response } = allowed(request, patch);
    expect(response).toMatchObject({ uid: 'u', allowed: true, patchType: 'JSONPatch' });
    expect(JSON.parse(Buffer.from(response.patch!, 'base64').toString())).toEqual(patch);
    expect(refused(request, new ClusterError('Forbidden', 'one\ntwo')).response).toEqual({
      ...{ uid: 'u', allowed: false },
      status: { code: 403, reason: 'Forbidden', message: 'one\ntwo' },
    });
  });
});
