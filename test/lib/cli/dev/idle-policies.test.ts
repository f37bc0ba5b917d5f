import { ConfigMapType, EventPolicyType, findType, type KubeObject } from '../../../../lib/api';
import { CountingExecutor, seededRandom, VirtualClock } from '../../../../lib/base';
import { withoutIdlePolicies } from '../../../../lib/cli/dev/idle-policies';
import type { CheckedObject } from '../../../../lib/cli/input/check-objects';
import { MemoryCluster } from '../../../../lib/local';

const checked = (object: KubeObject): CheckedObject => ({
  ...{ object, source: 'app.yaml', type: findType(object.apiVersion, object.kind)! },
  ...{ file: undefined, synthesized: false },
});
const policy = checked({
  apiVersion: 'eventing.knative.dev/v1alpha1',
  kind: 'EventPolicy',
  metadata: { name: 'shops', namespace: 'default' },
});
const service = checked({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', namespace: 'default' } });
const features = (value: string, namespace = 'knative-eventing'): KubeObject =>
  ({
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config-features', namespace } },
    data: { 'authentication-oidc': value },
  }) as KubeObject;

const cluster = () => {
  const clock = new VirtualClock(new CountingExecutor(() => {}));
  return new MemoryCluster({ clock, random: seededRandom(1), types: [ConfigMapType, EventPolicyType] });
};

test.each<[string, readonly KubeObject[], readonly KubeObject[], boolean]>([
  ['nobody switches the feature on', [], [], true],
  ['the app switches it on', [features('enabled')], [], false],
  ['the app switches it off', [features('disabled')], [features('enabled')], true],
  ['the cluster has it on', [], [features('enabled')], false],
  ['it is on for Knative Serving, which has no such feature', [features('enabled', 'knative-serving')], [], true],
])('policies are left out or not where %s', async (_what, app, there, left) => {
  const present = cluster();
  for (const map of there) await present.create(ConfigMapType, map);
  const all = [policy, service, ...app.map(checked)];
  const { objects, idle } = await withoutIdlePolicies(present, all);
  expect(idle).toEqual(left ? [policy] : []);
  expect(objects).toEqual(left ? all.filter((one) => one !== policy) : all);
});
