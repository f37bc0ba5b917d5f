import { INSTALLATION, type KubeObject } from '../../api';
import { accountsOf } from '../objects/access';
import { metadataOf } from '../objects/labels';
import type { ResolvedPlatform } from '../options';

const API = 'admissionregistration.k8s.io/v1';

/** A rule in CEL: what must be true, and what is said where it is not. */
export interface AdmissionRule {
  readonly expression: string;
  /** A text, as a CEL expression; on one line. */
  readonly message: string;
}

/** A policy over some kinds. */
export interface AdmissionPolicy {
  readonly name: string;
  readonly group: string;
  readonly versions: readonly string[];
  readonly resources: readonly string[];
  readonly operations?: readonly ('CREATE' | 'UPDATE')[];
  /** Whose requests are looked at. @default 'others': those of everybody but the platform */
  readonly by?: 'others' | 'platform';
  /**
   * ConfigMap of namespace knative-serving that rules read as `params`. Where it is not there, they do not count: what they would refuse
   * is refused by the plans, which go by the defaults of settings, and nobody is kept from writing objects because a ConfigMap is gone.
   */
  readonly settings?: string;
  /** Only objects of these namespaces. @default of all */
  readonly namespaces?: readonly string[];
  /** Only objects of these names. @default all */
  readonly names?: readonly string[];
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  readonly rules: readonly AdmissionRule[];
}

/** A text as CEL has it. */
export const quoted = (text: string): string => JSON.stringify(text);

/** `must not set the field(s): spec.x. Do this.` on one line, as CEL. Parts between are CEL themselves. */
export const message = (text: string, remedy?: string): string => quoted(remedy === undefined ? text : `${text}. ${remedy}`);

/**
 * A policy and its binding. What the platform writes itself is not looked at unless the policy is about that: its plans hold to the
 * rules, or mend what does not.
 */
export function policyObjects(platform: ResolvedPlatform, policy: AdmissionPolicy): readonly KubeObject[] {
  const { group, versions, resources, operations = ['CREATE', 'UPDATE'], settings, names, namespaces, by = 'others' } = policy;
  const metadata = metadataOf(platform, `knative-constructs-${policy.name}`, 'admission');
  const users = accountsOf(platform).map(({ name, namespace }) => `system:serviceaccount:${namespace}:${name}`);
  return [
    {
      apiVersion: API,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        ...(settings === undefined ? {} : { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }),
        matchConstraints: {
          ...(namespaces
            ? {
                namespaceSelector: {
                  matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: namespaces }],
                },
              }
            : {}),
          resourceRules: [{ apiGroups: [group], apiVersions: versions, operations, resources }],
        },
        matchConditions: [
          by === 'others'
            ? { name: 'not-by-the-platform', expression: `!(request.userInfo.username in ${JSON.stringify(users)})` }
            : { name: 'by-the-platform', expression: `request.userInfo.username in ${JSON.stringify(users)}` },
          ...(names ? [{ name: 'of-these-names', expression: `object.metadata.name in ${JSON.stringify(names)}` }] : []),
        ],
        ...(policy.variables ? { variables: policy.variables } : {}),
        validations: policy.rules.map((rule) => ({
          expression: rule.expression,
          messageExpression: rule.message,
          reason: 'Invalid',
        })),
      },
    },
    {
      apiVersion: API,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: {
        policyName: metadata.name,
        validationActions: ['Deny'],
        ...(settings === undefined
          ? {}
          : { paramRef: { name: settings, namespace: INSTALLATION.servingNamespace, parameterNotFoundAction: 'Allow' } }),
      },
    },
  ];
}
