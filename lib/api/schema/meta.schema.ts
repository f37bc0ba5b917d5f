import { type TObject, type TSchema, Type } from '@sinclair/typebox';
import { bool, define, int64, list, str, stringMap, strings } from './builders.schema';

const OwnerReference = define(
  'OwnerReference',
  'A reference to the object that owns this one.',
  {
    apiVersion: str('API version of the owner.'),
    kind: str('Kind of the owner.'),
    name: str('Name of the owner.'),
    uid: str('UID of the owner.'),
    controller: bool('Whether the owner controls this object.'),
    blockOwnerDeletion: bool('Whether this object holds up the foreground deletion of the owner.'),
  },
  { required: ['apiVersion', 'kind', 'name', 'uid'], atomic: true },
);

/** metav1.ObjectMeta, every field: an unknown one is refused as a strict API server would. */
export const ObjectMeta = define('ObjectMeta', 'Standard metadata of an object.', {
  name: str('Unique among objects of the kind in the namespace.'),
  generateName: str('A prefix from which the server makes a unique name when `name` is not given.'),
  namespace: str('The namespace of the object.'),
  labels: stringMap('Keys and values by which objects are selected.'),
  annotations: stringMap('Keys and values that tools and controllers read.'),
  finalizers: strings('Must be empty before the object is deleted.', { listType: 'set' }),
  ownerReferences: list(OwnerReference, 'Objects that own this one; it is deleted when the last of them is.', {
    listType: 'map',
    listMapKeys: ['uid'],
  }),
  uid: str('Set by the server.'),
  resourceVersion: str('Set by the server.'),
  generation: int64('Set by the server: counts changes of the spec.'),
  creationTimestamp: str('Set by the server.', { nullable: true }),
  deletionTimestamp: str('Set by the server.', { nullable: true }),
  deletionGracePeriodSeconds: int64('Set by the server.'),
  selfLink: str('No longer used.'),
  managedFields: list(
    Type.Unsafe({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true, tsType: 'unknown' }),
    'Set by the server: who set which field.',
    { listType: 'atomic' },
  ),
});

const Condition = define(
  'Condition',
  'One condition of a status.',
  {
    type: str('Name of the condition.'),
    status: str('True, False or Unknown.', { tsType: "'True' | 'False' | 'Unknown'" }),
    severity: str('Empty for a failure, Info for what does not affect readiness.', { tsType: "'Error' | 'Warning' | 'Info'" }),
    lastTransitionTime: str('When the condition last changed (RFC 3339).'),
    reason: str('Why, in one word.'),
    message: str('Why, for people.'),
  },
  { required: ['type', 'status'] },
);

/** duckv1.Status: what every status begins with. */
export const KResourceStatus = define('KResourceStatus', 'What every Knative status begins with.', {
  observedGeneration: int64('The generation of the spec that the controller last acted on.'),
  conditions: list(Condition, 'The latest observations, sorted by type.', { listType: 'map', listMapKeys: ['type'] }),
  annotations: stringMap('Further facts for tools.'),
});

export const Addressable = define('Addressable', 'Where an object can be reached with an HTTP request.', {
  name: str('Name of the address.'),
  url: str('The URL.'),
  CACerts: str('PEM certificates that callers must trust for the URL.'),
  audience: str('Audience of the OpenID Connect token that the address expects.'),
});

/** A status with these fields beside the common ones. */
export const status = (
  name: string,
  description: string,
  properties: Readonly<Record<string, TSchema>>,
  options: { readonly required?: readonly string[] } = {},
) => define(name, description, properties, { extends: [KResourceStatus], ...options });

/** A whole kind; without a status schema it is one of which nothing is observed. `id` is its name here, where two versions share one. */
export function kind(
  apiVersion: string,
  name: string,
  description: string,
  spec: TObject,
  statusSchema?: TObject,
  { id = name, ...options }: Parameters<typeof define>[3] & { readonly id?: string } = {},
): TObject {
  const schema = define(
    id,
    description,
    {
      apiVersion: str('API version of the object.', { tsType: `'${apiVersion}'` }),
      kind: str('Kind of the object.', { tsType: `'${name}'` }),
      metadata: ObjectMeta,
      spec,
      ...(statusSchema ? { status: statusSchema } : {}),
    },
    { required: ['metadata', 'spec'], ...options },
  );
  return { ...schema, 'x-knc-api-version': apiVersion, 'x-knc-kind': name };
}
