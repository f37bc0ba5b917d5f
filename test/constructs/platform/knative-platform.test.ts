import { ApiObject, App, Chart, JsonPatch, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { KnativePlatform, type KnativePlatformProps } from '../../../constructs/platform';
import type { KubeObject } from '../../../lib/api';
import { packageVersion } from '../../../lib/cli/package-folder';
import { platformManifest } from '../../../lib/platform';
import { type AnyObject, anyObjects } from '../../lib/platform/any-object';
import { synthErrors } from '../serving/synth';

const platform = (props: KnativePlatformProps = {}) => new KnativePlatform(Testing.app(), 'platform', props);
const plain = (objects: readonly unknown[]) => JSON.parse(JSON.stringify(objects)) as KubeObject[];

describe('KnativePlatform', () => {
  test.each<[string, KnativePlatformProps]>([
    ['small', {}],
    ['ha', { profile: 'ha', domain: 'example.com', exposure: { gateway: { name: 'a', namespace: 'b' } } }],
  ])('synthesizes what knc platform prints: %s', (_, props) => {
    const { crds, chart } = platform(props);
    const manifest = platformManifest(props, packageVersion());
    expect(plain(Testing.synth(crds))).toEqual(plain(manifest.crds));
    expect(plain(Testing.synth(chart))).toEqual(plain(manifest.objects));
  });

  test('has the definitions in a chart of their own, which is applied first', () => {
    const app = new App();
    const made = new KnativePlatform(app, 'platform');
    expect(Testing.synth(made.crds).every(({ kind }: KubeObject) => kind === 'CustomResourceDefinition')).toBe(true);
    expect(Testing.synth(made.chart).some(({ kind }: KubeObject) => kind === 'CustomResourceDefinition')).toBe(false);
    expect(made.chart.node.dependencies).toContain(made.crds);
  });

  test('gives every object, to be patched, also with what newer versions of Kubernetes know', () => {
    const made = platform({ profile: 'ha' });
    made.workloads.gateway!.addJsonPatch(JsonPatch.add('/spec/template/spec/containers/0/resizePolicy', []));
    made.services['knc-gateway']!.addJsonPatch(JsonPatch.add('/spec/trafficDistribution', 'PreferClose'));
    made.apiObject('NetworkPolicy', 'knc-gateway', 'knative-serving').addJsonPatch(JsonPatch.replace('/spec/ingress', []));
    ApiObject.of(made.serviceAccounts.gateway!).metadata.addAnnotation('cloud/role', 'gateway');
    const objects = Testing.synth(made.chart) as AnyObject[];
    const find = (kind: string) => objects.find((one) => one.kind === kind && one.metadata.name === 'knc-gateway')!;
    expect(find('Deployment').spec.template.spec.containers[0].resizePolicy).toEqual([]);
    expect(find('Service').spec.trafficDistribution).toBe('PreferClose');
    expect(find('NetworkPolicy').spec.ingress).toEqual([]);
    expect(find('ServiceAccount').metadata.annotations).toEqual({ 'cloud/role': 'gateway' });
  });

  test('finds every object that it has synthesized by kind and name', () => {
    const made = platform();
    const all = [...Testing.synth(made.chart), ...Testing.synth(made.crds)] as KubeObject[];
    for (const { kind, metadata } of all) {
      expect(made.apiObject(kind, metadata.name!, metadata.namespace).name).toBe(metadata.name);
    }
    expect(() => made.apiObject('StatefulSet', 'knc-runtme', 'knative-serving')).toThrow(
      'platform has no StatefulSet/knative-serving/knc-runtme: there are StatefulSet/knative-serving/knc-runtime',
    );
  });

  test('has accounts and namespaces that constructs of cdk8s-plus take, and settings to patch', () => {
    const made = platform({ domain: 'example.com' });
    const chart = new Chart(Testing.app(), 'own');
    const role = new kplus.Role(chart, 'role', { metadata: { namespace: 'team' } });
    new kplus.RoleBinding(chart, 'binding', { role, metadata: { namespace: 'team' } }).addSubjects(made.serviceAccounts.runtime!);
    expect(Testing.synth(chart)[1].subjects).toMatchObject([{ name: 'knc-runtime', namespace: 'knative-serving' }]);
    made.servingConfigMaps['config-domain']!.addJsonPatch(JsonPatch.add('/data/other.org', '{"selector":{"app":"x"}}'));
    const domain = anyObjects(Testing.synth(made.chart)).find(({ metadata }) => metadata.name === 'config-domain');
    expect(domain?.['data']).toEqual({ 'example.com': '', 'other.org': '{"selector":{"app":"x"}}' });
    expect(made.namespaces.serving.name).toBe('knative-serving');
  });

  test('refuses at synthesis what cannot be, by name and with what to do', () => {
    const made = platform({ profile: 'small', replicas: { gateway: 2 }, settings: { gc: { minNonActiveRevisions: -1 } } });
    expect(synthErrors(made.chart)).toEqual([
      '[platform] KNC1001 replicas: profile "small" has one pod — Set profile to "ha", or leave replicas out.',
    ]);
  });
});
