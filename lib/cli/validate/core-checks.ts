import { parse } from 'yaml';
import {
  type ConfigMap,
  configMapError,
  type Deployment,
  dns1123SubdomainErrors,
  EVENTING_NAMESPACE,
  goList,
  type K8sService,
  type KubeObject,
  type Secret,
} from '../../api';
import { conform } from '../../api/schema/conform';
import { type FieldError, generic, invalidValue, type JsonObject, missingField, withRemedy } from '../../base';
import { schemaOfKind } from './core-schemas';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const KNATIVE_NAMESPACES: ReadonlySet<string | undefined> = new Set(['knative-serving', EVENTING_NAMESPACE, undefined]);

function secretErrors({ data = {} }: Secret): FieldError[] {
  return Object.entries(data)
    .filter(([, value]) => !BASE64.test(value.replace(/\s/g, '')))
    .map(([name]) => withRemedy(generic('illegal base64 data', `data.${name}`), 'Write clear text under stringData.'));
}

/** A setting of Knative that its controllers would not take. */
function configMapErrors(configMap: ConfigMap): FieldError[] {
  if (!KNATIVE_NAMESPACES.has(configMap.metadata.namespace)) return [];
  const error = configMapError(configMap, (text) => parse(text));
  return error === undefined ? [] : [generic(error, 'data')];
}

function workloadErrors({ spec }: Deployment): FieldError[] {
  const { selector, template } = spec;
  const wanted = Object.entries(selector?.matchLabels ?? {});
  const labels = template?.metadata?.labels ?? {};
  if (wanted.every(([key, value]) => labels[key] === value)) return [];
  return [
    withRemedy(
      { ...invalidValue(labels, 'spec.template.metadata.labels'), details: '`selector` does not match template `labels`' },
      `Give the template the labels ${wanted.map(([key, value]) => `${key}: ${value}`).join(', ')}.`,
    ),
  ];
}

function serviceErrors({ spec }: K8sService): FieldError[] {
  const ports = spec.ports ?? [];
  const unnamed = ports.flatMap(({ name }, i) => (name || ports.length < 2 ? [] : [missingField(`spec.ports[${i}].name`)]));
  const none = ports.length === 0 && spec.type !== 'ExternalName' && spec.clusterIP !== 'None';
  return [...unnamed, ...(none ? [missingField('spec.ports')] : [])];
}

const rules: Readonly<Record<string, (object: never) => FieldError[]>> = {
  'v1/Secret': secretErrors,
  'v1/ConfigMap': configMapErrors,
  'v1/Service': serviceErrors,
  'apps/v1/Deployment': workloadErrors,
  'apps/v1/ReplicaSet': workloadErrors,
};

/** What is wrong with an object of a kind that is not Knative's, and whether its fields are known here. */
export interface CoreCheck {
  readonly errors: readonly FieldError[];
  /** False if its metadata alone could be looked at. */
  readonly complete: boolean;
}

/**
 * Checks the fields of Kubernetes' own kinds, the rules that are broken most often, and the metadata of any other kind. The cluster's
 * own validation has more to say.
 */
export function checkCore(object: KubeObject): CoreCheck {
  const { apiVersion, kind, metadata } = object;
  const name = dns1123SubdomainErrors(metadata.name ?? '');
  // Names of roles and the like may hold colons; those of what runs may not.
  const named = name.length > 0 && !apiVersion.includes('rbac') ? [generic(goList(name), 'metadata.name')] : [];
  const { schema, complete } = schemaOfKind(apiVersion, kind);
  const { errors, broken, value } = conform(object as unknown as JsonObject, schema);
  const rule = broken || errors.length > 0 ? undefined : rules[`${apiVersion}/${kind}`];
  return { errors: [...named, ...errors, ...(rule?.(value as never) ?? [])], complete };
}
