import { type FieldError, generic, invalidValue, missingField, via } from '../../base';
import { readyColumns } from '../columns';
import type { HTTPIngressPath, Ingress, IngressBackendSplit, IngressRule, IngressTLS } from '../generated/types';
import type { KindRules } from '../kind-rules';
import { resourceType } from '../resource-type';

export type {
  HeaderMatch,
  HTTPIngressPath,
  HTTPIngressRuleValue,
  Ingress,
  IngressBackendSplit,
  IngressRule,
  IngressSpec,
  IngressStatus,
  IngressTLS,
  LoadBalancerIngressStatus,
  LoadBalancerStatus,
} from '../generated/types';

/** What the front door is programmed with. */
export const IngressType = resourceType<Ingress>('networking.internal.knative.dev/v1alpha1', 'Ingress', 'ingresses', {
  shortNames: ['kingress', 'king'],
  categories: ['knative-internal', 'networking'],
  columns: readyColumns,
});

const defaultPath = (path: HTTPIngressPath): HTTPIngressPath => {
  const [only, ...others] = path.splits;
  return only && others.length === 0 && !only.percent ? { ...path, splits: [{ ...only, percent: 100 }] } : path;
};

const defaultRule = (rule: IngressRule): IngressRule => ({
  ...rule,
  visibility: rule.visibility || 'ExternalIP',
  ...(rule.http ? { http: { ...rule.http, paths: rule.http.paths.map(defaultPath) } } : {}),
});

function setDefaults(ingress: Ingress): Ingress {
  const { rules } = ingress.spec;
  return rules ? { ...ingress, spec: { ...ingress.spec, rules: rules.map(defaultRule) } } : ingress;
}

function splitErrors(split: IngressBackendSplit, namespace: string | undefined): FieldError[] {
  const { percent = 0, serviceNamespace, serviceName, servicePort } = split;
  const mismatch = serviceNamespace && serviceNamespace !== (namespace ?? '');
  return [
    ...(percent < 0 || percent > 100 ? [invalidValue(percent, 'percent')] : []),
    ...(serviceNamespace ? [] : [missingField('serviceNamespace')]),
    ...(mismatch ? [generic('service namespace must match ingress namespace', 'serviceNamespace')] : []),
    ...(serviceName ? [] : [missingField('serviceName')]),
    ...(servicePort ? [] : [missingField('servicePort')]),
  ];
}

function pathErrors({ splits }: HTTPIngressPath, namespace: string | undefined): FieldError[] {
  if (splits.length === 0) return [missingField('splits')];
  const errors = splits.flatMap((split, i) => via(`splits[${i}]`, splitErrors(split, namespace)));
  const total = splits.reduce((sum, split) => sum + (split.percent ?? 0), 0);
  if (errors.length > 0 || total === 100) return errors;
  return [generic(`traffic split percentage must total to 100, but was ${total}`, 'splits')];
}

function ruleErrors({ http }: IngressRule, namespace: string | undefined): FieldError[] {
  if (!http) return [missingField('http')];
  if (http.paths.length === 0) return [missingField('http.paths')];
  return http.paths.flatMap((path, i) => via(`http.paths[${i}]`, pathErrors(path, namespace)));
}

function tlsErrors({ secretName, secretNamespace }: IngressTLS): FieldError[] {
  return [...(secretName ? [] : [missingField('secretName')]), ...(secretNamespace ? [] : [missingField('secretNamespace')])];
}

function validate({ metadata, spec }: Ingress): FieldError[] {
  const { rules = [], tls = [] } = spec;
  return via('spec', [
    ...(rules.length === 0 ? [missingField('rules')] : []),
    ...rules.flatMap((rule, i) => via(`rules[${i}]`, ruleErrors(rule, metadata.namespace))),
    ...tls.flatMap((entry, i) => via(`tls[${i}]`, tlsErrors(entry))),
  ]);
}

export const ingressRules: KindRules<Ingress> = { setDefaults, validate };
