import type { KubeObject } from '../../../lib/api';
import { formatFieldErrors } from '../../../lib/base';
import { grantsOf, type PlatformOptions, platformErrors, platformManifest } from '../../../lib/platform';

const made = (options: PlatformOptions): readonly KubeObject[] =>
  platformManifest(options, '1').objects.filter(({ kind }) => kind.startsWith('MutatingAdmission'));

describe('policies that write into objects', () => {
  test('are there where they are chosen, in the version that the cluster serves, each with its binding', () => {
    expect(made({})).toEqual([]);
    for (const version of ['v1', 'v1beta1'] as const) {
      const objects = made({ mutatingPolicies: version });
      expect(new Set(objects.map(({ apiVersion }) => apiVersion))).toEqual(new Set([`admissionregistration.k8s.io/${version}`]));
      const names = (kind: string) => objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
      expect(names('MutatingAdmissionPolicy')).toEqual(names('MutatingAdmissionPolicyBinding'));
      expect(names('MutatingAdmissionPolicy')).toContain('knc-sink-binding-jobs');
    }
  });

  test('say nothing of events where there are none', () => {
    const names = made({ mutatingPolicies: 'v1', parts: ['serving'] }).map(({ metadata }) => metadata.name);
    expect(new Set(names)).toEqual(new Set(['knc-signatures-serving']));
  });

  test('stop nothing when they go wrong', () => {
    const policies = made({ mutatingPolicies: 'v1' }).filter(({ kind }) => kind === 'MutatingAdmissionPolicy');
    expect(policies.length).toBeGreaterThan(6);
    for (const { spec } of policies) expect(spec).toMatchObject({ failurePolicy: 'Ignore' });
  });

  test('are looked for by name, and by nobody where they were not chosen', () => {
    const rights = (mutatingPolicies: boolean) =>
      grantsOf('controller', { eventing: true, oidc: false, pullSecrets: true, mutatingPolicies }).filter(
        ({ group }) => group === 'admissionregistration.k8s.io',
      );
    expect(rights(false)).toEqual([]);
    expect(rights(true)).toMatchObject([{ verbs: ['get'], names: expect.arrayContaining(['knc-sink-binding-subjects']) }]);
  });

  test('are of a version that there is', () => {
    expect(formatFieldErrors(platformErrors({ mutatingPolicies: 'v2' as 'v1' }))).toContain('mutatingPolicies');
  });
});
