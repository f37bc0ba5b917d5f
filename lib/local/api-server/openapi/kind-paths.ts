import type { ResourceType } from '../../../api';
import { isBuiltIn } from '../../schemas';
import { definitionId } from './definitions';

const parameter = (name: string, description: string, type: 'string' | 'boolean' | 'integer' = 'string') => ({
  name,
  in: 'query',
  description,
  schema: { type, uniqueItems: true },
});

const DRY_RUN = parameter('dryRun', 'All: do everything but store it.');
const MANAGER = parameter('fieldManager', 'Who writes, for metadata.managedFields.');
const VALIDATION = parameter('fieldValidation', 'What becomes of unknown and duplicate fields: Ignore, Warn or Strict.');
const FORCE = parameter('force', 'With server-side apply: take over fields that others manage.', 'boolean');
const WRITE = [DRY_RUN, MANAGER, VALIDATION];
const SELECT = [
  parameter('labelSelector', 'Only objects with these labels.'),
  parameter('fieldSelector', 'Only objects with these fields.'),
  parameter('limit', 'How many objects one answer has at most.', 'integer'),
  parameter('continue', 'Where the last answer ended.'),
  parameter('watch', 'Follow changes.', 'boolean'),
  parameter('resourceVersion', 'Where a watch begins.'),
];

const pathParameter = (name: string, description: string) => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string', uniqueItems: true },
});

/** The paths of a kind below the path of its group, with what can be done there. */
export function kindPaths(base: string, type: ResourceType): Readonly<Record<string, unknown>> {
  const { group, version, kind, plural, namespaced } = type;
  const body = (id: string, ...mediaTypes: string[]) => ({
    content: Object.fromEntries(
      (mediaTypes.length > 0 ? mediaTypes : ['application/json']).map((one) => [
        one,
        { schema: { $ref: `#/components/schemas/${id}` } },
      ]),
    ),
  });
  const id = definitionId(type);
  const operation = (action: string, parameters: readonly unknown[], answer: string, request?: unknown) => ({
    tags: [group === '' ? `core_${version}` : `${group}_${version}`],
    operationId: `${action}${kind}`,
    parameters,
    ...(request ? { requestBody: request } : {}),
    responses: { '200': { description: 'OK', ...body(answer) } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
  });
  const patches = [
    'application/json-patch+json',
    'application/merge-patch+json',
    ...(isBuiltIn(type) ? ['application/strategic-merge-patch+json'] : []),
    'application/apply-patch+yaml',
  ];
  const patchBody = { content: Object.fromEntries(patches.map((one) => [one, { schema: { type: 'object' } }])), required: true };
  const object = {
    get: operation('get', [], id),
    put: operation('put', WRITE, id, body(id)),
    patch: operation('patch', [...WRITE, FORCE], id, patchBody),
  };
  const collection = {
    get: operation('list', SELECT, `${id}List`),
    post: operation('post', WRITE, id, body(id)),
    delete: operation('deletecollection', [...SELECT, DRY_RUN], 'io.k8s.apimachinery.pkg.apis.meta.v1.Status'),
  };
  const remove = operation('delete', [DRY_RUN], 'io.k8s.apimachinery.pkg.apis.meta.v1.Status');
  const inNamespace = namespaced ? [pathParameter('namespace', 'The namespace of the object.')] : [];
  const named = [pathParameter('name', `Name of the ${kind}.`), ...inNamespace];
  const at = namespaced ? `${base}/namespaces/{namespace}/${plural}` : `${base}/${plural}`;
  return {
    ...(namespaced ? { [`${base}/${plural}`]: { get: operation('list', SELECT, `${id}List`) } } : {}),
    [at]: { ...collection, parameters: inNamespace },
    [`${at}/{name}`]: { ...object, delete: remove, parameters: named },
    ...(type.statusSubresource ? { [`${at}/{name}/status`]: { ...object, parameters: named } } : {}),
  };
}
