import { X509Certificate } from 'node:crypto';
import { makeCertificate } from '../../../../lib/roles/webhook/certificate-maker';
import {
  type Certificates,
  certificateStep,
  type IssuedCertificate,
  madeOf,
  OVERLAP_MS,
  RENEW_MS,
  readCertificates,
  renewedWith,
  secretData,
  splitBundle,
  usedOf,
  VALID_MS,
} from '../../../../lib/roles/webhook/certificates';

const HOST = 'knc-webhook.knative-serving.svc';
const NOW = Date.parse('2026-01-01T00:00:00Z');
const order = (now = NOW, names: readonly string[] = [HOST, `${HOST}.cluster.local`]) => ({
  names,
  from: now,
  until: now + VALID_MS,
});

let first: IssuedCertificate;
let second: IssuedCertificate;
beforeAll(async () => {
  [first, second] = await Promise.all([makeCertificate(order()), makeCertificate(order())]);
});

const read = (certificates: Certificates, now = NOW) => readCertificates(secretData(certificates), HOST, now);

describe('a certificate', () => {
  test('is of an authority of its own, for the names and the time that were asked for', () => {
    const [leaf, authority] = [new X509Certificate(first.certificate), new X509Certificate(first.authority)];
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect([leaf.ca, authority.ca]).toEqual([false, true]);
    expect(leaf.checkHost(HOST)).toBe(HOST);
    expect(leaf.checkHost(`${HOST}.cluster.local`)).toBeDefined();
    expect(leaf.checkHost('knc-gateway.knative-serving.svc')).toBeUndefined();
    expect([Date.parse(leaf.validFrom), Date.parse(leaf.validTo)]).toEqual([NOW, NOW + VALID_MS]);
    expect(leaf.verify(new X509Certificate(second.authority).publicKey)).toBe(false);
  });
});

describe('the data of the Secret', () => {
  test('says again what was put in', () => {
    const made = madeOf(first);
    expect(read(made)).toEqual(made);
    const both = renewedWith(made, second, NOW);
    expect(read(both)).toEqual(both);
  });

  test('is nothing that can be used where it is empty, something else, of another host, without its key, or expired', async () => {
    const made = madeOf(first);
    expect(readCertificates(undefined, HOST, NOW)).toBeUndefined();
    expect(readCertificates({ 'tls.crt': 'bm8=' }, HOST, NOW)).toBeUndefined();
    expect(readCertificates(secretData(made), 'other.svc', NOW)).toBeUndefined();
    expect(read({ ...made, current: { ...made.current, key: second.key } })).toBeUndefined();
    expect(read({ ...made, bundle: second.authority })).toBeUndefined();
    expect(read(made, NOW + VALID_MS)).toBeUndefined();
  });

  test('has no next certificate that nobody trusts', () => {
    const both = renewedWith(madeOf(first), second, NOW);
    expect(read({ ...both, bundle: first.authority })?.next).toBeUndefined();
  });
});

describe('what is to be done', () => {
  test('is to make one where there is none, and to wait until a month before the end', () => {
    expect(certificateStep(undefined, NOW)).toEqual({ kind: 'make' });
    const due = NOW + VALID_MS - RENEW_MS;
    expect(certificateStep(madeOf(first), NOW)).toEqual({ kind: 'keep', until: due });
    expect(certificateStep(madeOf(first), due)).toEqual({ kind: 'renew' });
  });

  test('is to trust both before the next is used, then to keep the next alone', () => {
    const both = renewedWith(madeOf(first), second, NOW);
    const from = NOW + OVERLAP_MS;
    expect(splitBundle(both.bundle)).toEqual([first.authority, second.authority]);
    expect(certificateStep(both, NOW)).toEqual({ kind: 'keep', until: from });
    expect(usedOf(both, from - 1).certificate).toBe(first.certificate);
    expect(usedOf(both, from).certificate).toBe(second.certificate);
    const step = certificateStep(both, from);
    expect(step).toMatchObject({ kind: 'take', certificates: { current: { certificate: second.certificate } } });
  });

  test('is not to trust forever: whoever is renewed twice leaves the first authority behind', async () => {
    const third = await makeCertificate(order());
    const twice = renewedWith({ bundle: first.authority + second.authority, current: second }, third, NOW);
    expect(splitBundle(twice.bundle)).toEqual([second.authority, third.authority]);
  });
});
