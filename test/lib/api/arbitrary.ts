import fc from 'fast-check';
import { resolve } from '../../../lib/api/schema/definitions';
import type { Schema } from '../../../lib/api/schema/schema';

const text = fc.oneof(fc.constantFrom('', 'hello', 'a', 'default', 'x-1', 'h2c', 'http://x'), fc.string({ maxLength: 8 }));
const whole = fc.oneof(fc.constantFrom(0, 1, 100, 8080, 8012), fc.integer({ min: -5, max: 2000 }));

/** Values that fit a schema: every field of the right type, none that the schema has not, required ones always there. */
export function anyOf(ref: Schema, depth = 0): fc.Arbitrary<unknown> {
  const schema = resolve(ref);
  if (schema['x-kubernetes-int-or-string']) return schema.pattern ? fc.constantFrom('100m', '1Gi', 2) : fc.oneof(text, whole);
  switch (schema.type) {
    case 'string':
      return schema['x-knc-values'] ? fc.constantFrom('', ...schema['x-knc-values']) : text;
    case 'integer':
      return whole;
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(anyOf(schema.items!, depth + 1), { maxLength: depth > 6 ? 1 : 3 });
    case 'object': {
      if (schema.additionalProperties)
        return fc.dictionary(
          fc.constantFrom('a', 'autoscaling.knative.dev/min-scale', '__proto__'),
          anyOf(schema.additionalProperties, depth + 1),
          { maxKeys: 2 },
        );
      if (!schema.properties) return fc.constantFrom({}, { a: 1 });
      const fields = Object.entries(schema.properties).filter(([, field]) => field['x-knc-forbidden'] === undefined);
      return fc.record(Object.fromEntries(fields.map(([key, field]) => [key, anyOf(field, depth + 1)])), {
        requiredKeys: [...(schema.required ?? [])],
      });
    }
    default:
      return fc.constant('x');
  }
}
