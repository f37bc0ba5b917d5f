import { ConfigMapType, DeploymentType, ServiceType } from '../../../../lib/api';
import { kindSchema, pruned, schemaErrors, unknownFields } from '../../../../lib/local/schemas';

const schema = kindSchema(DeploymentType);
const deployment = (spec: object) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec });
const template = (container: object) => ({ template: { spec: { containers: [container] } } });

describe('fields that a kind does not have', () => {
  test.each([
    [deployment({ replics: 1 }), ['spec.replics']],
    [
      deployment(template({ name: 'a', imag: 'x', env: [{ name: 'a', valu: 1 }] })),
      ['spec.template.spec.containers[0].imag', 'spec.template.spec.containers[0].env[0].valu'],
    ],
    [{ ...deployment({}), metadata: { name: 'x', labelz: {}, labels: { anything: 'goes' } } }, ['metadata.labelz']],
    [deployment({ gone: null, '$setElementOrder/x': [], template: { $patch: 'replace' } }), []],
  ])('are found by their paths: %#', (value, paths) => {
    expect(unknownFields(value, schema)).toEqual(paths);
  });

  test('are found in custom resources too, but not where they keep unknown fields', () => {
    const service = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', spec: { template: { spec: { contaners: [] } } } };
    expect(unknownFields(service, kindSchema(ServiceType))).toEqual(['spec.template.spec.contaners']);
  });

  test('are dropped, and an object that has none stays the same', () => {
    const good = deployment({ replicas: 1, ...template({ name: 'a', ports: [{ containerPort: 80 }] }) });
    expect(pruned(good, schema)).toBe(good);
    expect(pruned({ ...good, extra: 1, spec: { ...good.spec, replics: 2 } }, schema)).toEqual(good);
    const map = { apiVersion: 'v1', kind: 'ConfigMap', data: { any: 'key' } };
    expect(pruned(map, kindSchema(ConfigMapType))).toBe(map);
  });

  test('and keys that are missing or twice there are errors of an applied configuration', () => {
    expect(schemaErrors(deployment({ replics: 1 }), schema)).toEqual(['.spec.replics: field not declared in schema']);
    const ports = [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }, { name: 'x' }];
    expect(schemaErrors(deployment(template({ name: 'a', ports })), schema)).toEqual([
      '.spec.template.spec.containers[0].ports: element 2: associative list with keys has an element that omits key field "containerPort" (and doesn\'t have default value)',
      '.spec.template.spec.containers[0].ports: duplicate entries for key [containerPort=80,protocol="TCP"]',
    ]);
    const twice = { ...deployment({}), metadata: { name: 'x', finalizers: ['a/b', 'a/b'] } };
    expect(schemaErrors(twice, schema)).toEqual(['.metadata.finalizers: duplicate entries for key [="a/b"]']);
  });
});
