import { define, notEmpty, str } from '../schema/builders.schema';
import { KReference } from '../schema/k-reference.schema';
import { Addressable, kind, status } from '../schema/meta.schema';

const SecretTLS = define(
  'SecretTLS',
  'A certificate that exists already.',
  { secretName: str('Secret of the same namespace with the certificate and its key.', { maxLength: 253, rules: notEmpty }) },
  { required: ['secretName'] },
);

const DomainMappingSpec = define(
  'DomainMappingSpec',
  'What the domain leads to.',
  {
    ref: KReference,
    tls: SecretTLS,
  },
  { required: ['ref'] },
);

/** The name is the domain: at least two labels, each a DNS-1123 one. The object's own name is all that CEL sees of it. */
const LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';

export const DomainMapping = kind(
  'serving.knative.dev/v1beta1',
  'DomainMapping',
  'A domain of your own that leads to a service; the name of the object is the domain.',
  DomainMappingSpec,
  status('DomainMappingStatus', 'What is known of a mapping.', {
    url: str('Where the domain can be reached.'),
    address: Addressable,
  }),
  {
    rules: [
      {
        rule: `self.metadata.name.matches('^${LABEL}(\\\\.${LABEL})+$')`,
        messageExpression: `'invalid name "' + self.metadata.name + '": should be a domain with at least two segments separated by dots'`,
        message: 'invalid name: should be a domain with at least two segments separated by dots',
      },
      {
        rule: `!has(self.metadata.generateName) || self.metadata.generateName == ''`,
        message: 'must not set the field(s): metadata.generateName',
      },
    ],
  },
);
