import fc from 'fast-check';
import { apiVersionOf, type KubeObject, knativeTypes, setDefaults, validate, validateUpdate } from '../../../lib/api';
import { schemaOf } from '../../../lib/api/schema/definitions';
import { anyOf } from './arbitrary';

const kinds = knativeTypes.map((type) => [type.kind, apiVersionOf(type)] as const);

test('validation never throws, whatever it is given', () => {
  fc.assert(fc.property(fc.anything(), (thing) => void validate(thing)));
});

describe.each(kinds)('%s', (kind, apiVersion) => {
  const object = anyOf(schemaOf(apiVersion, kind)!).map((fields) => ({ ...(fields as object), apiVersion, kind }) as KubeObject);
  const junk = fc.record({ metadata: fc.anything(), spec: fc.anything(), status: fc.anything() }, { requiredKeys: [] });

  test('is checked without a throw even if it is junk', () => {
    fc.assert(fc.property(junk, junk, (a, b) => void validateUpdate({ ...a, apiVersion, kind }, { ...b, apiVersion, kind })));
  });

  test('of the right shape is checked without a throw, and nothing is said of its structure', () => {
    fc.assert(
      fc.property(object, (o) => {
        const structural = validate(o).filter(
          (e) => e.message.startsWith('unknown field') || e.details?.startsWith('must be of type'),
        );
        expect(structural).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('with defaults has them already', () => {
    fc.assert(
      fc.property(object, (o) => {
        const once = setDefaults(o);
        expect(setDefaults(once)).toEqual(once);
      }),
      { numRuns: 60 },
    );
  });

  test('with defaults is refused for the same reasons as without', () => {
    fc.assert(
      fc.property(object, (o) => {
        const messages = (x: KubeObject) => validate(x).filter((e) => e.level !== 'warning');
        expect(messages(setDefaults(o))).toEqual(messages(o));
      }),
      { numRuns: 60 },
    );
  });
});
