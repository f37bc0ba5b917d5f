import fc from 'fast-check';
import { DeploymentType, ServiceType } from '../../../../../lib/api';
import { fieldValidationOf, validatedObject, validatedPatch } from '../../../../../lib/local/api-server/validation';
import { duplicateFields } from '../../../../../lib/local/api-server/validation/duplicate-fields';

const wrong = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec: { replics: 1, replicas: 2 } };
const refusal = (message: string, reason: string) => expect.objectContaining({ name: 'ClusterError', reason, message });

describe('field validation', () => {
  test('is strict, warns, or is not done, and warns if nothing is said', () => {
    expect(() => validatedObject(DeploymentType, 'Strict', wrong)).toThrow(
      refusal(
        'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replics"',
        'BadRequest',
      ),
    );
    const { value, warnings } = validatedObject(DeploymentType, 'Warn', wrong);
    expect(warnings).toEqual(['unknown field "spec.replics"']);
    expect(value.spec).toEqual({ replicas: 2 });
    expect(validatedObject(DeploymentType, 'Ignore', wrong)).toEqual({ value, warnings: [] });
    expect(fieldValidationOf('CreateOptions', new URLSearchParams())).toBe('Warn');
    expect(fieldValidationOf('CreateOptions', new URLSearchParams('fieldValidation=Strict'))).toBe('Strict');
    expect(() => fieldValidationOf('PatchOptions', new URLSearchParams('fieldValidation=Never'))).toThrow(
      refusal(
        'PatchOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Never": supported values: "", "Ignore", "Strict", "Warn"',
        'Invalid',
      ),
    );
  });

  test('leaves unknown fields of custom resources to their rules', () => {
    const service = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'x' }, spec: { wrong: 1 } };
    expect(validatedObject(ServiceType, 'Ignore', service).value).toBe(service);
    expect(() => validatedObject(ServiceType, 'Strict', service)).toThrow(/strict decoding error: unknown field "spec.wrong"$/);
  });

  test('finds what the text of a body has twice', () => {
    const text = '{"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":1,"replicas":2}}';
    expect(() => validatedObject(DeploymentType, 'Strict', JSON.parse(text), text)).toThrow(
      /strict decoding error: duplicate field "spec.replicas"$/,
    );
  });

  test.each([
    ['{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}', []],
    ['{"a":1,"a":2,"a":3}', ['a']],
    ['{"a":[{"b":1},{"b":1,"b":2}]}', ['a[1].b']],
    ['{"a":"\\"a\\":1,\\"a\\":","b":["a","a"]}', []],
    ['{"a":{"b":[[1],[{"c":1,"c":1}]]}}', ['a.b[1][0].c']],
  ])('in %s these are twice: %j', (text, expected) => {
    expect(duplicateFields(text)).toEqual(expected);
  });

  test('no JSON that was written from a value has anything twice', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(duplicateFields(JSON.stringify(value))).toEqual([])));
  });

  test.each([
    [{ spec: { replics: 1 } }, 'spec.replics'],
    [[{ op: 'add', path: '/spec/template/spec/containers/0/imag', value: 'x' }], 'spec.template.spec.containers[0].imag'],
    [[{ op: 'replace', path: '/spec', value: { replics: 1 } }], 'spec.replics'],
  ])('of the patch %j finds %s', (patch, path) => {
    expect(() => validatedPatch(DeploymentType, 'Strict', patch)).toThrow(
      expect.objectContaining({
        reason: 'Invalid',
        message: expect.stringMatching(/^ "" is invalid: patch: Invalid value: .*strict decoding error: /),
      }),
    );
    expect(validatedPatch(DeploymentType, 'Warn', patch)).toEqual([`unknown field "${path}"`]);
    expect(validatedPatch(DeploymentType, 'Ignore', patch)).toEqual([]);
  });

  test('takes a patch that removes an unknown field, or sets none', () => {
    const patches = [
      { spec: { replics: null } },
      [{ op: 'remove', path: '/spec/replics' }],
      { metadata: { labels: { any: 'x' } } },
    ];
    for (const patch of patches) expect(validatedPatch(DeploymentType, 'Strict', patch)).toEqual([]);
  });
});
