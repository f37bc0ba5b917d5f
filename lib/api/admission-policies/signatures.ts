import { eventingGroups, signatureKeys } from '../keys';
import type { KubeObject } from '../meta';
import { type MutatingPolicy, type MutatingPolicyVersion, mutatingPolicy } from './mutating-policy';

const SERVING = 'serving.knative.dev';
/** Groups whose objects say in upstream's annotations who made them. */
const GROUPS = [SERVING, ...eventingGroups];

const resourcesOf = (group: string): readonly string[] =>
  group === SERVING ? ['services', 'configurations', 'routes', 'domainmappings'] : ['*'];

function policy(group: string): MutatingPolicy {
  const { creator, lastModifier } = signatureKeys(group);
  const user = 'request.userInfo.username';
  return {
    name: `knc-signatures-${group.slice(0, group.indexOf('.'))}`,
    rules: [{ apiGroups: [group], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: resourcesOf(group) }],
    conditions: [
      { name: 'spec-is-changed', expression: 'request.operation == "CREATE" || object.?spec != oldObject.?spec' },
      {
        name: 'nobody-owns-it',
        expression: 'object.metadata.?ownerReferences.orValue([]).size() == 0 || !(object.kind in ["Configuration", "Route"])',
      },
    ],
    expression: `Object{metadata: Object.metadata{annotations: request.operation == "CREATE"
  ? {"${creator}": ${user}, "${lastModifier}": ${user}} : {"${lastModifier}": ${user}}}}`,
  };
}

/** Policies by which an API server notes who made an object of Knative's and who changed its spec last, as upstream's webhooks do. */
export const signaturePolicies = (version: MutatingPolicyVersion, eventing = true): readonly KubeObject[] =>
  GROUPS.filter((group) => eventing || group === SERVING).flatMap((group) => mutatingPolicy(policy(group), version));
