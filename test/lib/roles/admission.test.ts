import { defaultServingConfig, type KubeObject } from '../../../lib/api';
import { admission } from '../../../lib/roles/admission';

const admit = admission(defaultServingConfig);

const service = (image: string, annotations?: Record<string, string>): KubeObject => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name: 'hello', namespace: 'default', ...(annotations ? { annotations } : {}) },
  spec: { template: { spec: { containers: [{ image: `example.com/app-${image}` }] } } },
});

const CREATOR = 'serving.knative.dev/creator';
const MODIFIER = 'serving.knative.dev/lastModifier';

test('who creates a service is noted, and who changes its spec, whatever the client says of itself', () => {
  const created = admit(service('a', { [CREATOR]: 'mallory' }), undefined, 'create', 'ann');
  expect(created.metadata.annotations).toEqual({ [CREATOR]: 'ann', [MODIFIER]: 'ann' });
  const changed = admit(service('b', { [CREATOR]: 'ann', [MODIFIER]: 'ann' }), created, 'update', 'bob');
  expect(changed.metadata.annotations).toEqual({ [CREATOR]: 'ann', [MODIFIER]: 'bob' });
  const same = admit(service('b', { [CREATOR]: 'ann', [MODIFIER]: 'bob' }), changed, 'update', 'carol');
  expect(same.metadata.annotations).toEqual({ [CREATOR]: 'ann', [MODIFIER]: 'bob' });
});

test('the creator cannot be taken away', () => {
  const created = admit(service('a'), undefined, 'create', 'ann');
  expect(() => admit(service('b'), created, 'update', 'bob')).toThrow(
    'validation failed: annotation value is immutable: metadata.annotations.serving.knative.dev/creator',
  );
});

test('nothing is noted of what controllers write, of what a service owns, and of other kinds', () => {
  expect(admit(service('a'), undefined, 'create', undefined).metadata.annotations).toBeUndefined();
  const owner = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello', uid: '1', controller: true };
  const { metadata, spec } = service('a');
  const owned = { ...service('a'), kind: 'Configuration', metadata: { ...metadata, ownerReferences: [owner] }, spec };
  expect(admit(owned, undefined, 'create', 'ann').metadata.annotations).toBeUndefined();
  const other: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'default' } };
  expect(admit(other, undefined, 'create', 'ann').metadata.annotations).toBeUndefined();
});
