import { podIdentity } from '../../../../lib/roles/process';

const env = { POD_NAME: 'runtime-0', POD_NAMESPACE: 'knative-serving', POD_IP: '10.0.0.7' };

test('the pod is what the downward API says', () => {
  expect(podIdentity(env)).toEqual({ name: 'runtime-0', namespace: 'knative-serving', ip: '10.0.0.7' });
});

test.each(['POD_NAME', 'POD_NAMESPACE', 'POD_IP'] as const)(
  'without %s the error names it, and the field that it comes from',
  (name) => {
    const fields = { POD_NAME: 'metadata.name', POD_NAMESPACE: 'metadata.namespace', POD_IP: 'status.podIP' };
    expect(() => podIdentity({ ...env, [name]: '' })).toThrow(
      expect.objectContaining({
        code: 'KNC4020',
        message: expect.stringContaining(name),
        remedy: expect.stringContaining(`- { name: ${name}, valueFrom: { fieldRef: { fieldPath: ${fields[name]} } } }`),
      }),
    );
  },
);
