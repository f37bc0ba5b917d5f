import {
  ADMISSION_GROUP,
  eventingConfigMaps,
  INSTALLATION,
  type KubeObject,
  knativeTypes,
  type ResourceType,
  WEBHOOK_PATH,
  WEBHOOKS,
} from '../../api';
import type { ResolvedPlatform } from '../options';
import { accountsOf, isEventing } from './access';
import { kubeObject, metadataOf } from './labels';

const { servingNamespace, eventingNamespace } = INSTALLATION;

/** Nobody is asked about what the cluster and the platform themselves are made of. */
const APART = {
  key: 'kubernetes.io/metadata.name',
  operator: 'NotIn',
  values: ['kube-system', 'kube-node-lease', servingNamespace, eventingNamespace],
} as const;
/** Upstream's label for what is not to be bound. */
const UNBOUND = { key: 'bindings.knative.dev/exclude', operator: 'NotIn', values: ['true'] } as const;
/** Pods of Jobs have it. */
const OF_JOB = { key: 'batch.kubernetes.io/job-name', operator: 'Exists' } as const;

/** How long an API server waits for an answer about Knative's own objects, and about others, in seconds. */
const [OWN_SECONDS, OTHERS_SECONDS] = [5, 2];

const selector = (...matchExpressions: readonly object[]) => ({ matchExpressions });

/** Those that a Deployment makes have what it has. */
const MADE_BY_DEPLOYMENT =
  'object.kind == "ReplicaSet" && object.metadata.?ownerReferences.orValue([]).exists(o, o.?controller.orValue(false) && o.kind == "Deployment")';
const UNTOLD = '!object.spec.containers.all(c, c.?env.orValue([]).exists(e, e.name == "K_SINK"))';

const rule = (apiGroup: string, resources: readonly string[], operations: readonly string[], version = 'v1') => ({
  ...{ apiGroups: [apiGroup], apiVersions: [version], operations, resources, scope: '*' },
});

const BOTH = ['CREATE', 'UPDATE'];

/** Kinds of some groups; their status is nobody's business but the platform's. */
function rulesFor(isOurs: (type: ResourceType) => boolean): object[] {
  const types = knativeTypes.filter(isOurs);
  const groups = [...new Set(types.map(({ group, version }) => `${group} ${version}`))];
  return groups.map((key) => {
    const [group = '', version] = key.split(' ');
    const plurals = types.filter((type) => type.group === group && type.version === version).map(({ plural }) => plural);
    return rule(group, plurals.sort(), BOTH, version);
  });
}

function webhooks(platform: ResolvedPlatform): object[] {
  const users = accountsOf(platform).map(({ name, namespace }) => `system:serviceaccount:${namespace}:${name}`);
  const byOthers = { name: 'not-by-the-platform', expression: `!(request.userInfo.username in ${JSON.stringify(users)})` };
  const stays = { name: 'not-on-its-way-out', expression: '!has(object.metadata.deletionTimestamp)' };
  const hook = (name: string, seconds: number, rules: readonly object[], more: object) => ({
    name,
    admissionReviewVersions: ['v1'],
    clientConfig: { service: { name: INSTALLATION.webhook, namespace: servingNamespace, path: WEBHOOK_PATH, port: 443 } },
    ...{ failurePolicy: 'Ignore', matchPolicy: 'Equivalent', sideEffects: 'None', timeoutSeconds: seconds },
    ...{ reinvocationPolicy: 'Never', rules, ...more },
  });
  const own = { namespaceSelector: selector(APART), matchConditions: [byOthers, stays] };
  const serving = hook(
    WEBHOOKS.serving,
    OWN_SECONDS,
    rulesFor(({ group }) => !isEventing(group)),
    own,
  );
  if (!platform.eventing) return [serving];
  const bound = { reinvocationPolicy: 'IfNeeded', namespaceSelector: selector(APART, UNBOUND) };
  return [
    serving,
    hook(
      WEBHOOKS.eventing,
      OWN_SECONDS,
      rulesFor(({ group }) => isEventing(group)),
      own,
    ),
    hook(WEBHOOKS.settings, OWN_SECONDS, [rule('', ['configmaps'], BOTH)], {
      namespaceSelector: selector({ ...APART, operator: 'In', values: [eventingNamespace] }),
      matchConditions: [{ name: 'of-these-names', expression: `object.metadata.name in ${JSON.stringify(eventingConfigMaps)}` }],
    }),
    hook(
      WEBHOOKS.subjects,
      OTHERS_SECONDS,
      [rule('apps', ['deployments', 'replicasets'], ['CREATE']), rule('batch', ['jobs'], ['CREATE'])],
      {
        ...{ ...bound, objectSelector: selector(UNBOUND) },
        matchConditions: [{ name: 'no-deployment-makes-it', expression: `!(${MADE_BY_DEPLOYMENT})` }],
      },
    ),
    hook(WEBHOOKS.pods, OTHERS_SECONDS, [rule('', ['pods'], ['CREATE'])], {
      ...{ ...bound, objectSelector: selector(OF_JOB, UNBOUND) },
      matchConditions: [{ name: 'was-not-told', expression: UNTOLD }],
    }),
  ];
}

/**
 * What API servers ask, where it has been chosen. Whoever cannot be asked stops nothing: rules of the definitions and policies stand
 * behind it. The runtime writes whom to trust into it.
 */
export function webhookConfigurations(platform: ResolvedPlatform): readonly KubeObject[] {
  if (!platform.webhook) return [];
  return [
    kubeObject({
      apiVersion: `${ADMISSION_GROUP}/v1`,
      kind: 'MutatingWebhookConfiguration',
      metadata: metadataOf(platform, INSTALLATION.webhook, 'webhook'),
      webhooks: webhooks(platform),
    }),
  ];
}
