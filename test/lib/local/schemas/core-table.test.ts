import { allTypes, ConfigMapType, DeploymentType, PodType, ServiceType } from '../../../../lib/api';
import { coreKind, coreSchema, coreTypes, isBuiltIn, kindSchema, resolved } from '../../../../lib/local/schemas';

describe('the table of Kubernetes’ fields', () => {
  test('refers to nothing that it does not have', () => {
    const scalars = new Set([
      'string',
      'bool',
      'int32',
      'int64',
      'bytes',
      'Time',
      'MicroTime',
      'Quantity',
      'IntOrString',
      'FieldsV1',
      'RawExtension',
    ]);
    for (const { id, fields } of coreTypes().values()) {
      for (const { name, type } of fields)
        expect([id, name, scalars.has(type) || coreTypes().has(type)]).toEqual([id, name, true]);
      expect(new Set(fields.map(({ number }) => number)).size).toBe(fields.length);
      expect(coreSchema(id).type).toBe('object');
    }
  });

  test('has every kind of Kubernetes that this package knows, and their own schema for the others', () => {
    for (const type of allTypes) expect([type.kind, kindSchema(type)?.type]).toEqual([type.kind, 'object']);
    expect(isBuiltIn(PodType)).toBe(true);
    expect(isBuiltIn(ServiceType)).toBe(false);
    expect(coreKind('v1', 'Service')?.id).toBe('io.k8s.api.core.v1.Service');
    expect(coreKind('serving.knative.dev/v1', 'Service')).toBeUndefined();
  });

  test('says how lists are merged: ports of a container by two keys and by one', () => {
    expect(resolved({ $ref: 'io.k8s.api.core.v1.Container' }).properties?.ports).toMatchObject({
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'containerPort',
    });
    expect(resolved({ $ref: 'io.k8s.api.core.v1.PodSpec' }).properties?.volumes).toMatchObject({
      'x-kubernetes-patch-strategy': 'merge,retainKeys',
    });
  });

  test('has the fields of inlined types where JSON has them', () => {
    const volume = Object.keys(coreSchema('io.k8s.api.core.v1.Volume').properties!);
    expect(volume).toEqual(expect.arrayContaining(['name', 'emptyDir', 'secret']));
    expect(volume).not.toContain('VolumeSource');
  });

  test('a kind is not changed by asking twice', () => {
    for (const type of [ConfigMapType, DeploymentType, ServiceType]) expect(kindSchema(type)).toBe(kindSchema(type));
  });
});
