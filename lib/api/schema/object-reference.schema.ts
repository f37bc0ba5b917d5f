import { define, forbidden, str } from './builders.schema';
import type { CelRule } from './schema';

const matches = (expression: string): CelRule[] => [
  { rule: "self != ''", message: 'missing field(s)' },
  {
    rule: `self == '' || self.matches('^${expression}$')`,
    messageExpression: "'invalid value: ' + self",
    message: 'invalid value',
  },
];

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/** A reference to an object of the same namespace: all three parts, and nothing else. */
export const objectReference = (name: string, description: string) =>
  define(
    name,
    description,
    {
      apiVersion: str('API version of the object.', {
        maxLength: 253,
        rules: matches(`(${LABEL}(\\\\.${LABEL})*/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]`),
      }),
      kind: str('Kind of the object.', { maxLength: 63, rules: matches('[A-Za-z_][A-Za-z0-9_]*') }),
      name: str('Name of the object.', { maxLength: 63, rules: matches(LABEL) }),
    },
    {
      atomic: true,
      rules: [
        { rule: 'has(self.apiVersion) && has(self.kind) && has(self.name)', message: 'missing field(s): apiVersion, kind, name' },
      ],
      forbidden: {
        namespace: forbidden.string,
        uid: forbidden.string,
        resourceVersion: forbidden.string,
        fieldPath: forbidden.string,
      },
    },
  );
