import { apiVersionOf, ConfigMapType, DeploymentType, K8sServiceType, PodType, ReplicaSetType, SecretType } from '../../api';
import type { Schema } from '../../api/schema/schema';

/** An object of which only these fields are looked at. */
const open = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required,
  'x-kubernetes-preserve-unknown-fields': true,
});
const list = (items: Schema): Schema => ({ type: 'array', items });
const text: Schema = { type: 'string' };
const integer: Schema = { type: 'integer', format: 'int32' };
const flag: Schema = { type: 'boolean' };
const texts: Schema = { type: 'object', additionalProperties: text };
const intOrString: Schema = { 'x-kubernetes-int-or-string': true };

const metadata = open({ name: text, namespace: text, labels: texts, annotations: texts });
const env = open({ name: text, value: text, valueFrom: open({}) }, ['name']);
const containerPort = open({ containerPort: integer, name: text, protocol: text }, ['containerPort']);
const container = open(
  {
    name: text,
    image: text,
    command: list(text),
    args: list(text),
    env: list(env),
    envFrom: list(open({})),
    ports: list(containerPort),
    volumeMounts: list(open({ name: text, mountPath: text, readOnly: flag }, ['name', 'mountPath'])),
  },
  ['name', 'image'],
);
const podSpec = open(
  {
    containers: list(container),
    initContainers: list(container),
    volumes: list(open({ name: text }, ['name'])),
    serviceAccountName: text,
    hostNetwork: flag,
    terminationGracePeriodSeconds: { type: 'integer', format: 'int64' },
  },
  ['containers'],
);
const template = open({ metadata: open({ labels: texts, annotations: texts }), spec: podSpec }, ['spec']);
const workload = (more: Readonly<Record<string, Schema>> = {}): Schema =>
  open(
    {
      metadata,
      spec: open({ replicas: integer, selector: open({ matchLabels: texts }), template, ...more }, ['selector', 'template']),
    },
    ['spec'],
  );
const servicePort = open({ port: integer, targetPort: intOrString, name: text, protocol: text, nodePort: integer }, ['port']);

const key = (type: Parameters<typeof apiVersionOf>[0]): string => `${apiVersionOf(type)}/${type.kind}`;

const schemas: Readonly<Record<string, Schema>> = {
  [key(ConfigMapType)]: open({ metadata, data: texts, binaryData: texts, immutable: flag }),
  [key(SecretType)]: open({ metadata, type: text, data: texts, stringData: texts, immutable: flag }),
  [key(K8sServiceType)]: open(
    { metadata, spec: open({ type: text, selector: texts, ports: list(servicePort), externalName: text, clusterIP: text }) },
    ['spec'],
  ),
  [key(PodType)]: open({ metadata, spec: podSpec }, ['spec']),
  [key(DeploymentType)]: workload({ minReadySeconds: integer, paused: flag }),
  [key(ReplicaSetType)]: workload(),
};

/** Of any kind, the metadata can be looked at. */
const anything = open({ metadata });

/** What is looked at of Kubernetes' own kinds: the fields in which mistakes are common; all others are left alone. */
export function coreSchema(apiVersion: string, kind: string): Schema {
  return schemas[`${apiVersion}/${kind}`] ?? anything;
}
