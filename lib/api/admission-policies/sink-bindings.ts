import type { KubeObject } from '../meta';
import {
  ADMISSION_GROUP,
  ALL_PARAMS,
  type MatchCondition,
  type MutatingPolicy,
  type MutatingPolicyVersion,
  mutatingPolicy,
} from './mutating-policy';

/** Names of the policies; each has a binding of its name. */
export const SINK_BINDING_POLICIES = {
  subjects: 'knc-sink-binding-subjects',
  jobs: 'knc-sink-binding-jobs',
  pods: 'knc-sink-binding-pods',
  waiting: 'knc-sink-binding-waiting-pods',
} as const;

/** On the pods of a Job that was made before its binding had an address: the name of the binding. */
export const WAITING_FOR_BINDING = 'bindings.knative.dev/waiting-for';

const EXCLUDE = 'bindings.knative.dev/exclude';
const EXCLUDED = { matchExpressions: [{ key: EXCLUDE, operator: 'NotIn', values: ['true'] }] };
const LABELS = 'object.metadata.?labels.orValue({})';

const controllerOf = (what: string) => `${what}.metadata.?ownerReferences.orValue([]).filter(o, o.?controller.orValue(false))`;

/** The binding stays, and so does what it names. */
const COUNTS: MatchCondition = { name: 'binding-counts', expression: '!has(params.metadata.deletionTimestamp)' };

const KNOWN: MatchCondition = { name: 'address-is-known', expression: 'params.?status.?sinkUri.orValue("") != ""' };
const UNKNOWN: MatchCondition = { name: 'address-is-not-known', expression: 'params.?status.?sinkUri.orValue("") == ""' };

/** The object is a subject of the binding, by name or by labels. */
const NAMED: MatchCondition = {
  name: 'binding-names-it',
  expression: `params.spec.subject.apiVersion == object.apiVersion && params.spec.subject.kind == object.kind && (
  params.spec.subject.?name.orValue("") != ""
    ? params.spec.subject.name == object.metadata.?name.orValue("")
    : params.spec.subject.?selector.?matchLabels.orValue({}).all(k,
        k in ${LABELS} && ${LABELS}[k] == params.spec.subject.selector.matchLabels[k])
      && params.spec.subject.?selector.?matchExpressions.orValue([]).all(e,
        e.operator == "In" ? e.key in ${LABELS} && ${LABELS}[e.key] in e.values
        : e.operator == "NotIn" ? !(e.key in ${LABELS} && ${LABELS}[e.key] in e.values)
        : e.operator == "Exists" ? e.key in ${LABELS} : !(e.key in ${LABELS})))`,
};

/** Nobody else keeps its template as he wants it: what is bound is what it is made from. */
const OWN: MatchCondition = {
  name: 'nobody-else-makes-it',
  expression: `object.kind == "Job" || ${controllerOf('object')}.all(o,
  ${controllerOf('params')}.exists(p, p.uid == o.uid))`,
};

/** A pod of a Job that waits for this binding, or that the binding names. */
const OF_JOB: MatchCondition = {
  name: 'job-is-bound',
  expression: `object.metadata.?annotations[?"${WAITING_FOR_BINDING}"].orValue("") == params.metadata.name || (
  params.spec.subject.apiVersion == "batch/v1" && params.spec.subject.kind == "Job"
  && params.spec.subject.?name.orValue("") != ""
  && ${controllerOf('object')}.exists(o, o.kind == "Job" && o.name == params.spec.subject.name))`,
};

const TOLD = `object.spec.containers.all(c, c.?env.orValue([]).exists(e, e.name == "K_SINK"))`;
const UNTOLD: MatchCondition = { name: 'pod-was-not-told', expression: `!(${TOLD})` };

/** JSON of the CloudEvents overrides, as SDKs read it; empty if there are none. */
const OVERRIDES = `!has(params.spec.ceOverrides) ? ""
  : !has(params.spec.ceOverrides.extensions) ? "{}"
  : '{"extensions":{' + params.spec.ceOverrides.extensions.map(k,
      '"' + k + '":"' + params.spec.ceOverrides.extensions[k].replace('\\\\', '\\\\\\\\').replace('"', '\\\\"').replace('\\n', '\\\\n').replace('\\r', '\\\\r').replace('\\t', '\\\\t') + '"'
    ).join(',') + '}}'`;

const VARIABLES = [
  { name: 'overrides', expression: OVERRIDES },
  { name: 'caCerts', expression: 'params.status.?sinkCACerts.orValue("")' },
  { name: 'tokenSecret', expression: 'params.status.?oidcTokenSecretName.orValue("")' },
];

/** The containers of a list, told: their names, variables and, where the sink wants to know who sends, the token. */
function told(spec: string, type: string, list: string): string {
  const env = (name: string, value: string) => `${type}.${list}.env{name: "${name}", value: ${value}}`;
  return `${list}: ${spec}.?${list}.orValue([]).map(c, ${type}.${list}{
    name: c.name,
    env: [${env('K_SINK', 'params.status.sinkUri')}, ${env('K_CE_OVERRIDES', 'variables.overrides')}]
      + (variables.caCerts == "" ? [] : [${env('K_CA_CERTS', 'variables.caCerts')}]),
    volumeMounts: variables.tokenSecret == "" ? []
      : [${type}.${list}.volumeMounts{name: "oidc-token", mountPath: "/oidc", readOnly: true}]
  })`;
}

function podSpec(spec: string, type: string): string {
  return `${type}{
  ${told(spec, type, 'containers')},
  ${told(spec, type, 'initContainers')},
  volumes: variables.tokenSecret == "" ? []
    : [${type}.volumes{name: "oidc-token", secret: ${type}.volumes.secret{secretName: variables.tokenSecret}}]
}`;
}

const TEMPLATE = 'Object.spec.template';
const TELL_TEMPLATE = `Object{spec: Object.spec{template: ${TEMPLATE}{spec: ${podSpec('object.spec.template.spec', `${TEMPLATE}.spec`)}}}}`;
const TELL_POD = `Object{spec: ${podSpec('object.spec', 'Object.spec')}}`;
const MARK_JOB = `Object{spec: Object.spec{template: ${TEMPLATE}{metadata: ${TEMPLATE}.metadata{
  annotations: {"${WAITING_FOR_BINDING}": params.metadata.name}}}}}`;

const rule = (apiGroup: string, ...resources: readonly string[]) => ({
  ...{ apiGroups: [apiGroup], apiVersions: ['v1'], operations: ['CREATE'], resources },
});
const WORKLOADS = [rule('apps', 'deployments', 'replicasets'), rule('batch', 'jobs')];
const JOBS = [rule('batch', 'jobs')];
const PODS = [rule('', 'pods')];

const PARAMS = { apiVersion: 'sources.knative.dev/v1', kind: 'SinkBinding' };
const SELECTORS = { namespaceSelector: EXCLUDED, objectSelector: EXCLUDED };

const common = { selectors: SELECTORS, params: PARAMS };
// What goes wrong in one of them stops no pod of the cluster: the binding says that its subject was not told.
const MUTATIONS: readonly MutatingPolicy[] = [
  {
    ...{ ...common, name: SINK_BINDING_POLICIES.subjects, rules: WORKLOADS, conditions: [COUNTS, NAMED, OWN, KNOWN] },
    ...{ variables: VARIABLES, expression: TELL_TEMPLATE },
  },
  {
    ...{ ...common, name: SINK_BINDING_POLICIES.jobs, rules: JOBS, conditions: [COUNTS, NAMED, UNKNOWN] },
    expression: MARK_JOB,
  },
  {
    ...{ ...common, name: SINK_BINDING_POLICIES.pods, rules: PODS, conditions: [COUNTS, OF_JOB, UNTOLD, KNOWN] },
    ...{ variables: VARIABLES, expression: TELL_POD },
  },
];

function refusal(): KubeObject[] {
  const name = SINK_BINDING_POLICIES.waiting;
  const apiVersion = `${ADMISSION_GROUP}/v1`;
  return [
    {
      ...{ apiVersion, kind: 'ValidatingAdmissionPolicy', metadata: { name } },
      spec: {
        ...{ failurePolicy: 'Ignore', paramKind: PARAMS, matchConditions: [COUNTS, OF_JOB, UNKNOWN] },
        matchConstraints: { ...SELECTORS, resourceRules: PODS },
        validations: [
          {
            expression: TOLD,
            messageExpression:
              '"SinkBinding " + params.metadata.name + " is to tell this pod where to send events: it waits for the address of its sink"',
            reason: 'Forbidden',
          },
        ],
      },
    } as KubeObject,
    {
      ...{ apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name } },
      spec: { policyName: name, paramRef: ALL_PARAMS, validationActions: ['Deny'] },
    } as KubeObject,
  ];
}

/**
 * Policies by which an API server tells subjects of SinkBindings where to send events: Deployments, ReplicaSets and Jobs when they are
 * made, and pods of Jobs that were made before the address was known, which are refused until it is. The SinkBindings themselves are
 * the parameters of the policies.
 */
export const sinkBindingPolicies = (version: MutatingPolicyVersion): readonly KubeObject[] => [
  ...MUTATIONS.flatMap((one) => mutatingPolicy(one, version)),
  ...refusal(),
];
