import { createPrivateKey, X509Certificate } from 'node:crypto';
import { selfSignedCertificate } from '../../../../lib/local/api-server';

test('a certificate is for this machine, for a year, and signed with its own key', () => {
  const now = Date.UTC(2026, 5, 1, 12);
  const { certificate, key } = selfSignedCertificate(now);
  const parsed = new X509Certificate(certificate);
  expect([parsed.subject, parsed.issuer]).toEqual(['CN=knc', 'CN=knc']);
  expect(parsed.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
  expect([parsed.validFrom, parsed.validTo]).toEqual(['May 31 12:00:00 2026 GMT', 'Jun  1 12:00:00 2027 GMT']);
  expect([parsed.ca, parsed.keyUsage]).toEqual([true, ['1.3.6.1.5.5.7.3.1']]);
  expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(parsed.verify(parsed.publicKey)).toBe(true);
  expect(parsed.checkIssued(parsed)).toBe(true);
});

test('no two certificates have a key or a number in common', () => {
  const [one, other] = [selfSignedCertificate(0), selfSignedCertificate(0)].map((made) => new X509Certificate(made.certificate));
  expect(one!.serialNumber).not.toBe(other!.serialNumber);
  expect(one!.checkPrivateKey(createPrivateKey(selfSignedCertificate(0).key))).toBe(false);
});
