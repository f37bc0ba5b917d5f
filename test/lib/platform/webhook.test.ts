import type { KubeObject } from '../../../lib/api';
import { formatFieldErrors } from '../../../lib/base';
import {
  grantsOf,
  needsOf,
  type PlatformOptions,
  platformErrors,
  platformManifest,
  resolvePlatform,
  rulesOf,
} from '../../../lib/platform';

interface Hook {
  readonly name: string;
  readonly failurePolicy: string;
  readonly sideEffects: string;
  readonly timeoutSeconds: number;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly operations: readonly string[];
  }[];
  readonly namespaceSelector: {
    readonly matchExpressions: readonly { readonly key: string; readonly operator: string; readonly values: readonly string[] }[];
  };
  readonly objectSelector?: { readonly matchExpressions: readonly object[] };
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
}

const made = (options: PlatformOptions) => platformManifest(options, '1').objects;
const find = (objects: readonly KubeObject[], kind: string, name = 'knc-webhook') =>
  objects.find((object) => object.kind === kind && object.metadata.name === name);
const hooksOf = (options: PlatformOptions): readonly Hook[] => {
  const found = find(made({ webhook: true, ...options }), 'MutatingWebhookConfiguration');
  return (found as unknown as { webhooks: readonly Hook[] }).webhooks;
};
const errors = (options: PlatformOptions) => formatFieldErrors(platformErrors(options));

describe('the webhook of a platform', () => {
  test('is not there unless it is chosen', () => {
    for (const profile of ['small', 'ha'] as const) {
      const objects = made({ profile });
      expect(
        objects.filter(({ metadata }) => metadata.name?.includes('webhook') && metadata.name !== 'default-ch-webhook'),
      ).toEqual([]);
      expect(JSON.stringify(objects)).not.toContain('4443');
    }
  });

  test('is in the one pod with small, and in pods of its own with ha', () => {
    const small = made({ webhook: true });
    expect(find(small, 'Service')?.spec).toMatchObject({
      selector: { 'app.kubernetes.io/name': 'knc-runtime' },
      ports: [{ port: 443, targetPort: 4443 }],
    });
    expect(JSON.stringify(find(small, 'StatefulSet', 'knc-runtime'))).toContain('{"name":"KNC_WEBHOOK_PORT","value":"4443"}');
    expect(find(small, 'Deployment')).toBeUndefined();
    const ha = made({ webhook: true, profile: 'ha', replicas: { webhook: 3 } });
    expect(find(ha, 'Deployment')?.spec).toMatchObject({ replicas: 3 });
    expect(find(ha, 'PodDisruptionBudget')?.spec).toMatchObject({ maxUnavailable: 1 });
    expect(find(ha, 'NetworkPolicy')?.spec).toMatchObject({ ingress: [{ ports: [{ protocol: 'TCP', port: 4443 }] }] });
    for (const objects of [small, ha])
      expect(find(objects, 'Secret', 'knc-webhook-certificates')).toMatchObject({ type: 'Opaque' });
  });

  test('stops nothing while it is away, keeps nobody waiting, and changes nothing by being asked', () => {
    const hooks = hooksOf({});
    expect(hooks.map(({ name }) => name)).toEqual([
      'validation.webhook.serving.knative.dev',
      'validation.webhook.eventing.knative.dev',
      'config.webhook.eventing.knative.dev',
      'sinkbindings.webhook.sources.knative.dev',
      'pods.sinkbindings.webhook.sources.knative.dev',
    ]);
    for (const { failurePolicy, sideEffects, timeoutSeconds } of hooks) {
      expect({ failurePolicy, sideEffects }).toEqual({ failurePolicy: 'Ignore', sideEffects: 'None' });
      expect(timeoutSeconds).toBeLessThanOrEqual(5);
    }
  });

  test('is asked of no more than it has to do with', () => {
    const hooks = hooksOf({});
    const groups = new Set(hooks.flatMap(({ rules }) => rules.flatMap(({ apiGroups }) => apiGroups)));
    const foreign = [...groups].filter((group) => !group.endsWith('.knative.dev'));
    expect(foreign.sort()).toEqual(['', 'apps', 'batch']);
    const resources = hooks.flatMap(({ rules }) => rules.flatMap((rule) => rule.resources));
    expect(resources.filter((resource) => /[*/]/.test(resource))).toEqual([]);
    expect(hooks.flatMap(({ rules }) => rules.flatMap(({ operations }) => operations))).not.toContain('DELETE');
    const [serving, eventing, settings, subjects, pods] = hooks;
    for (const hook of [serving, eventing, subjects, pods]) {
      expect(hook?.namespaceSelector.matchExpressions[0]).toMatchObject({
        ...{ key: 'kubernetes.io/metadata.name', operator: 'NotIn' },
        values: expect.arrayContaining(['kube-system', 'knative-serving', 'knative-eventing']),
      });
    }
    expect(settings?.namespaceSelector.matchExpressions).toMatchObject([{ operator: 'In', values: ['knative-eventing'] }]);
    for (const hook of [subjects, pods]) {
      expect(hook?.rules.flatMap(({ operations }) => operations)).not.toContain('UPDATE');
      const excluded = { key: 'bindings.knative.dev/exclude', operator: 'NotIn', values: ['true'] };
      expect(hook?.namespaceSelector.matchExpressions).toContainEqual(excluded);
      expect(hook?.objectSelector?.matchExpressions).toContainEqual(excluded);
    }
    expect(pods?.objectSelector?.matchExpressions).toContainEqual({ key: 'batch.kubernetes.io/job-name', operator: 'Exists' });
  });

  test('is not asked of what the platform itself writes', () => {
    for (const [profile, user] of [
      ['small', 'system:serviceaccount:knative-serving:knc-runtime'],
      ['ha', 'system:serviceaccount:knative-eventing:knc-eventing'],
    ] as const) {
      for (const { matchConditions = [] } of hooksOf({ profile }).slice(0, 2)) {
        expect(matchConditions.find(({ name }) => name === 'not-by-the-platform')?.expression).toContain(user);
      }
    }
  });

  test('is asked nothing of events where there are none', () => {
    expect(hooksOf({ parts: ['serving'] }).map(({ name }) => name)).toEqual(['validation.webhook.serving.knative.dev']);
  });

  test('may write its own Secret and configuration, by name, and nothing else', () => {
    const rules = rulesOf(grantsOf('webhook', needsOf(resolvePlatform({ webhook: true }, '1'))));
    const writes = rules.filter(({ verbs }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)));
    expect(writes).toEqual([
      {
        ...{ apiGroups: [''], resources: ['secrets'], resourceNames: ['knc-webhook-certificates'] },
        verbs: ['get', 'list', 'watch', 'update'],
      },
      {
        ...{
          apiGroups: ['admissionregistration.k8s.io'],
          resources: ['mutatingwebhookconfigurations'],
          resourceNames: ['knc-webhook'],
        },
        verbs: ['get', 'list', 'watch', 'update'],
      },
    ]);
    const reads = rules.filter((rule) => !writes.includes(rule)).flatMap(({ resources }) => resources);
    expect(new Set(reads)).toEqual(new Set(['sinkbindings', 'jobs', 'namespaces', 'configmaps']));
    const unnamed = rules.filter(({ resourceNames }) => resourceNames === undefined).flatMap(({ resources }) => resources);
    expect(unnamed).not.toContain('secrets');
  });

  test('is looked for by the controller, by name, where it was chosen', () => {
    const rights = (webhook: boolean) =>
      grantsOf('controller', needsOf(resolvePlatform({ webhook }, '1'))).filter(
        ({ group }) => group === 'admissionregistration.k8s.io',
      );
    expect(rights(false)).toEqual([]);
    expect(rights(true)).toMatchObject([
      { resources: ['mutatingwebhookconfigurations'], verbs: ['get'], names: ['knc-webhook'] },
    ]);
  });

  test('is chosen by yes or no, and not together with policies that do the same', () => {
    expect(errors({ webhook: true })).toBe('');
    expect(errors({ webhook: 'yes' as never })).toContain('invalid value: yes: webhook');
    expect(errors({ webhook: true, mutatingPolicies: 'v1' })).toBe('expected exactly one, got both: mutatingPolicies, webhook');
    expect(errors({ webhook: true, mutatingPolicies: 'none' })).toBe('');
    expect(errors({ profile: 'ha', replicas: { webhook: 2 } })).toContain('there is no webhook');
    expect(errors({ profile: 'ha', webhook: true, replicas: { webhook: 0 } })).toContain('replicas.webhook');
    expect(errors({ profile: 'ha', webhook: true, resources: { webhook: { limits: { memory: '1Gi' } } } })).toBe('');
  });
});
