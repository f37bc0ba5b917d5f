import type { KubeObject } from '../meta';

/** The version of MutatingAdmissionPolicies: `v1` from Kubernetes 1.36 on; before, `v1beta1` where it has been switched on. */
export type MutatingPolicyVersion = 'v1' | 'v1beta1';

export const ADMISSION_GROUP = 'admissionregistration.k8s.io';

export interface MatchCondition {
  readonly name: string;
  /** CEL; it cannot use `variables`. */
  readonly expression: string;
}

export interface MutatingPolicy {
  readonly name: string;
  /** Resources with their groups, versions and operations. */
  readonly rules: readonly object[];
  /** Selectors beside the rules. */
  readonly selectors?: object;
  readonly conditions: readonly MatchCondition[];
  readonly variables?: readonly MatchCondition[];
  /** An apply configuration, in CEL. */
  readonly expression: string;
  /** Kind of the objects that expressions read as `params`; all of the namespace of what is made count. */
  readonly params?: { readonly apiVersion: string; readonly kind: string };
}

/** Every object of the kind in the namespace of what is made; where there is none, nothing happens. */
export const ALL_PARAMS = { selector: {}, parameterNotFoundAction: 'Allow' };

/** A policy and its binding, which has its name. What goes wrong in it stops nothing. */
export function mutatingPolicy(policy: MutatingPolicy, version: MutatingPolicyVersion): readonly KubeObject[] {
  const { name, rules, selectors, conditions, variables = [], expression, params } = policy;
  const apiVersion = `${ADMISSION_GROUP}/${version}`;
  const spec = {
    failurePolicy: 'Ignore',
    reinvocationPolicy: 'Never',
    ...(params ? { paramKind: params } : {}),
    matchConstraints: { ...selectors, resourceRules: rules },
    matchConditions: conditions,
    ...(variables.length > 0 ? { variables } : {}),
    mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression } }],
  };
  const bound = { policyName: name, ...(params ? { paramRef: ALL_PARAMS } : {}) };
  const objects = [
    { apiVersion, kind: 'MutatingAdmissionPolicy', metadata: { name }, spec },
    { apiVersion, kind: 'MutatingAdmissionPolicyBinding', metadata: { name }, spec: bound },
  ];
  return objects satisfies readonly KubeObject[];
}
