import { define, forbidden, notEmpty, str } from './builders.schema';

/** A reference to an object that has an address (knative.dev/pkg/apis/duck/v1 KReference). */
export const KReference = define(
  'KReference',
  'An object by kind and name.',
  {
    apiVersion: str('API version of the object.', { maxLength: 317, rules: notEmpty }),
    kind: str('Kind of the object.', { maxLength: 63, rules: notEmpty }),
    name: str('Name of the object.', { maxLength: 253, rules: notEmpty }),
    namespace: str('Namespace of the object. Default: the one of the object that refers to it.', { maxLength: 63 }),
    address: str("Which of the object's addresses, by name. Default: the first."),
  },
  {
    required: ['kind', 'name'],
    rules: [{ rule: 'has(self.apiVersion)', message: 'missing field(s): apiVersion' }],
    forbidden: { group: forbidden.string },
  },
);
