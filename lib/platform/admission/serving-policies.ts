import {
  annotations,
  dns1035LabelErrors,
  type FeatureName,
  featureKey,
  gatedPodFields,
  goList,
  labels,
  ZERO_IS_UNSET,
} from '../../api';
import { autoscalingRules, queueSidecarRules, scaleLimitRules, wholeSeconds } from './annotation-rules';
import { type AdmissionPolicy, type AdmissionRule, message, quoted } from './policy';

const group = 'serving.knative.dev';
const v1 = ['v1'];
const TEMPLATE = 'spec.template.metadata.annotations';
const WITH_TEMPLATE = ['services', 'configurations'];
const templateAnnotations = { name: 'annotations', expression: 'object.spec.?template.?metadata.?annotations.orValue({})' };
const ownAnnotations = { name: 'annotations', expression: 'object.metadata.?annotations.orValue({})' };

const NETWORKING = [
  ...annotations.ingressClass,
  ...annotations.certificateClass,
  ...annotations.disableExternalDomainTls,
  ...annotations.httpProtocol,
];

/** Keys that routing does not know. */
function networkingRule(at: string): AdmissionRule {
  const strange = `variables.annotations.filter(k, k.startsWith("networking.knative.dev") && !(k in ${JSON.stringify(NETWORKING)}))`;
  const remedy = '. Visibility is a label of the Service or Route, not an annotation.';
  return {
    expression: `size(${strange}) == 0`,
    message: `"invalid key name \\"" + ${strange}[0] + ${quoted(`": ${at}${remedy}`)}`,
  };
}

const nameRule: AdmissionRule = {
  expression: `object.metadata.?name.orValue("a").matches("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$")`,
  message: message(
    `not a DNS 1035 label: ${goList(dns1035LabelErrors('1'))}: metadata.name`,
    'Names of services are parts of host names: use lower case letters, digits and dashes, 63 at most.',
  ),
};

const misplaced: AdmissionRule = {
  expression: `!variables.annotations.exists(k, k.startsWith("autoscaling.knative.dev"))`,
  message: `"invalid key name \\"" + variables.annotations.filter(k, k.startsWith("autoscaling.knative.dev"))[0] + ${quoted(
    '": metadata.annotations. autoscaling annotations must be put under "spec.template.metadata.annotations" to work',
  )}`,
};

/** Who made an object does not change; who changed it last only with its spec. */
const signatures: readonly AdmissionRule[] = [
  {
    expression: `request.operation == "CREATE" || variables.annotations[?"${annotations.creator[0]}"] == oldObject.metadata.?annotations.orValue({})[?"${annotations.creator[0]}"]`,
    message: message(`annotation value is immutable: metadata.annotations.${annotations.creator[0]}`),
  },
];

/** A label that says whose child an object is needs the owner that proves it. */
const ownerRule = (label: string, kind: string): AdmissionRule => ({
  expression: `!(${quoted(label)} in object.metadata.?labels.orValue({})) || object.metadata.?ownerReferences.orValue([]).exists(o, o.kind == ${quoted(kind)} && o.name == object.metadata.labels[${quoted(label)}])`,
  message: message(
    `missing field(s): metadata.labels.${label}`,
    `Leave the label out: the controller of the ${kind} sets it on its children.`,
  ),
});

/** Fields of a pod that config-features, which is `params`, must allow. */
function featureRules(spec: string, at: string): AdmissionRule[] {
  return (Object.entries(gatedPodFields) as [string, FeatureName][]).map(([field, feature]) => {
    const key = featureKey(feature);
    const on = `params.?data[?${quoted(key)}].orValue("disabled").lowerAscii() in ["enabled", "allowed"]`;
    return {
      expression: `${on} || ${unset(spec, field)}`,
      message: message(`must not set the field(s): ${at}.${field}`, `Set ${key}: 'enabled' in ConfigMap config-features.`),
    };
  });
}

function unset(spec: string, field: string): string {
  const value = `${spec}.?${field}`;
  if (!ZERO_IS_UNSET.has(field)) return `!${value}.hasValue()`;
  const zero = field.startsWith('host') ? 'false' : '""';
  return `${value}.orValue(${zero}) == ${zero}`;
}

const timeoutRule = (spec: string, at: string): AdmissionRule => {
  const most = 'params.?data[?"max-revision-timeout-seconds"].orValue("600")';
  return {
    expression: `!${most}.matches("^[0-9]{1,9}$") || ${spec}.?timeoutSeconds.orValue(0) <= int(${most})`,
    message: `"expected 0 <= " + string(${spec}.?timeoutSeconds.orValue(0)) + " <= " + ${most} + ${quoted(
      `: ${at}.timeoutSeconds. Lower it, or raise max-revision-timeout-seconds in ConfigMap config-defaults.`,
    )}`,
  };
};

const POD = 'object.spec.?template.?spec';
const POD_AT = 'spec.template.spec';
/** A revision is its template: what no template may have, no revision may have that somebody makes without a Configuration. */
const REVISION_POD = 'object.?spec';

/** Rules of Serving that the definitions of the kinds cannot have: over metadata, users and settings. */
export const servingPolicies: readonly AdmissionPolicy[] = [
  {
    ...{ name: 'templates', group, versions: v1, resources: WITH_TEMPLATE, variables: [templateAnnotations] },
    rules: [
      ...autoscalingRules(TEMPLATE),
      networkingRule(TEMPLATE),
      ...queueSidecarRules(TEMPLATE),
      ...wholeSeconds(annotations.progressDeadline, TEMPLATE, 'progress-deadline'),
    ],
  },
  {
    ...{ name: 'template-scales', group, versions: v1, resources: WITH_TEMPLATE, variables: [templateAnnotations] },
    settings: 'config-autoscaler',
    rules: scaleLimitRules(TEMPLATE),
  },
  {
    ...{ name: 'template-features', group, versions: v1, resources: WITH_TEMPLATE },
    settings: 'config-features',
    rules: featureRules(POD, POD_AT),
  },
  {
    ...{ name: 'template-timeouts', group, versions: v1, resources: WITH_TEMPLATE },
    settings: 'config-defaults',
    rules: [timeoutRule(POD, POD_AT)],
  },
  {
    ...{
      name: 'services',
      group,
      versions: v1,
      resources: ['services', 'configurations', 'routes'],
      variables: [ownAnnotations],
    },
    rules: [
      nameRule,
      misplaced,
      ...wholeSeconds(annotations.rolloutDuration, 'metadata.annotations', 'rollout-duration'),
      ...signatures,
    ],
  },
  {
    ...{ name: 'children', group, versions: v1, resources: ['configurations', 'routes'] },
    rules: [ownerRule(labels.service, 'Service')],
  },
  {
    ...{ name: 'revisions', group, versions: v1, resources: ['revisions'], variables: [ownAnnotations] },
    rules: [nameRule, ...autoscalingRules('metadata.annotations'), ownerRule(labels.configuration, 'Configuration')],
  },
  {
    ...{ name: 'revision-scales', group, versions: v1, resources: ['revisions'], variables: [ownAnnotations] },
    settings: 'config-autoscaler',
    rules: scaleLimitRules('metadata.annotations'),
  },
  {
    // What a revision is made of does not change: one from before a setting was changed can still be labelled.
    ...{ name: 'revision-features', group, versions: v1, resources: ['revisions'], operations: ['CREATE'] },
    settings: 'config-features',
    rules: featureRules(REVISION_POD, 'spec'),
  },
  {
    ...{ name: 'revision-timeouts', group, versions: v1, resources: ['revisions'], operations: ['CREATE'] },
    settings: 'config-defaults',
    rules: [timeoutRule(REVISION_POD, 'spec')],
  },
];
