import { decodeProtobuf, encodeProtobuf } from '../../../../../lib/local/api-server/protobuf';

const roundTrip = (object: object) => decodeProtobuf(encodeProtobuf(object)!);

describe('Kubernetes’ protobuf', () => {
  test('of a Secret as a Go client sends it is read', () => {
    const bytes =
      '6b3873000a0c0a0276311206536563726574122b0a190a02733112001a0764656661756c742200' +
      '2a0032003800420012060a01611201621a064f70617175651a002200';
    expect(decodeProtobuf(Buffer.from(bytes, 'hex'))).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's1', namespace: 'default' },
      data: { a: 'Yg==' },
      type: 'Opaque',
    });
  });

  test.each([
    [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'x', labels: { ä: 'ö', ['__proto__']: 'kept' } },
        data: { a: '' },
        binaryData: { b: 'AAE=' },
        immutable: false,
      },
    ],
    [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x', creationTimestamp: '2030-01-02T03:04:05Z', generation: 7 } }],
    [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'x' },
        spec: {
          ports: [
            { name: 'a', port: 80, targetPort: 'http' },
            { port: 81, targetPort: 8081 },
          ],
          selector: { a: 'b' },
          clusterIP: '10.0.0.1',
        },
      },
    ],
    [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'x', managedFields: [{ manager: 'a', operation: 'Apply', fieldsV1: { 'f:spec': {} } }] },
        spec: {
          replicas: 0,
          selector: { matchLabels: { a: 'b' } },
          template: {
            spec: {
              containers: [
                {
                  name: 'a',
                  resources: { limits: { cpu: '500m' } },
                  readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 },
                  env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } }],
                },
              ],
              volumes: [{ name: 'v', emptyDir: {} }],
              terminationGracePeriodSeconds: 0,
            },
          },
        },
      },
    ],
    [
      {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'x' },
        spec: { renewTime: '2030-01-02T03:04:05.000006Z' },
      },
    ],
    [
      {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        gracePeriodSeconds: 0,
        preconditions: { uid: 'u' },
        propagationPolicy: 'Foreground',
      },
    ],
    [
      {
        apiVersion: 'v1',
        kind: 'SecretList',
        metadata: { resourceVersion: '7' },
        items: [{ metadata: { name: 'x' }, data: { a: 'Yg==' } }],
      },
    ],
    [
      {
        apiVersion: 'v1',
        kind: 'Status',
        status: 'Failure',
        message: 'no',
        reason: 'NotFound',
        code: 404,
        details: { name: 'x' },
      },
    ],
  ])('goes there and back: %#', (object) => {
    expect(roundTrip(object)).toEqual(object);
  });

  test('leaves out what JSON has and the kind has not', () => {
    expect(roundTrip({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, other: 1 })).not.toHaveProperty('other');
  });

  test('options of a deletion go by the group of what is deleted', () => {
    const options = { apiVersion: 'apps/v1', kind: 'DeleteOptions', dryRun: ['All'] };
    expect(roundTrip(options)).toEqual(options);
  });

  test('is not to be had of custom resources, and is not read of them', () => {
    const service = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'x' } };
    expect(encodeProtobuf(service)).toBeUndefined();
    const bytes = Buffer.from(encodeProtobuf({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' } })!);
    const meta = Buffer.from([0x0a, 0x02, 0x78, 0x31]);
    const foreign = Buffer.concat([bytes.subarray(0, 6), meta, bytes.subarray(10)]);
    expect(() => decodeProtobuf(foreign)).toThrow(expect.objectContaining({ reason: 'UnsupportedMediaType' }));
  });

  test.each([
    ['', 'nothing'],
    ['6b387300ff', 'half a field'],
    ['00010203', 'something else'],
    ['6b3873000a7f', 'a length beyond the end'],
  ])('%p is refused: %s', (hex) => {
    expect(() => decodeProtobuf(Buffer.from(hex, 'hex'))).toThrow(
      expect.objectContaining({ name: 'ClusterError', reason: expect.stringMatching(/BadRequest|UnsupportedMediaType/) }),
    );
  });
});
