import { apiVersionOf, type KubeObject } from '../../api';
import { ClusterError, type PatchType } from '../../kube';
import { versionRequired } from '../cluster/refusals';
import { checkNamespace } from './namespace-lifecycle';
import { existing, notFound, representation } from './reads';
import { parseJson, parseYaml, readObject, readObjectText, unsupported } from './request-body';
import { notAllowed, type ResourceRequest } from './resource-request';
import { replicasOf, scaleOf } from './scale';
import { fieldValidationOf, validatedObject, validatedPatch } from './validation';
import { forceOf, requireManager, writeOptions } from './write-query';

/** Whether a kind is one of Kubernetes' own: those have a strategy for merging, and may leave out their kind. */
export const isBuiltIn = (group: string): boolean => !group.includes('.') || group.endsWith('.k8s.io');

const PATCH_TYPES: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** The object of the body, made to belong where the path says. @throws ClusterError BadRequest if it belongs elsewhere */
async function inputObject(
  { exchange, resource, path, parts }: ResourceRequest,
  options: 'CreateOptions' | 'UpdateOptions',
): Promise<KubeObject> {
  const { type } = resource;
  const mode = fieldValidationOf(options, exchange.query);
  const { object, text } = await readObjectText(exchange, parts.protobuf);
  const { value, warnings } = validatedObject(type, mode, object, text);
  exchange.warn(warnings);
  const body = value as Partial<KubeObject>;
  if (!body.kind && !isBuiltIn(type.group)) {
    throw new ClusterError('BadRequest', `Object 'Kind' is missing in '${JSON.stringify(body).slice(0, 200)}'`);
  }
  const metadata = body.metadata ?? {};
  if (typeof metadata !== 'object') throw new ClusterError('BadRequest', 'metadata is no object');
  const { namespace } = path;
  if (type.namespaced && metadata.namespace && metadata.namespace !== namespace) {
    throw new ClusterError('BadRequest', 'the namespace of the provided object does not match the namespace sent on the request');
  }
  return {
    ...body,
    apiVersion: body.apiVersion || apiVersionOf(type),
    kind: body.kind || type.kind,
    metadata: { ...metadata, ...(type.namespaced ? { namespace } : {}) },
  };
}

const userAgent = ({ exchange }: ResourceRequest): string | undefined => exchange.request.headers['user-agent'];

/** Answers a POST to a collection. */
export async function createObject(request: ResourceRequest): Promise<void> {
  const { exchange, resource } = request;
  const shown = representation(request);
  const options = writeOptions('CreateOptions', exchange.query, userAgent(request));
  const input = await inputObject(request, 'CreateOptions');
  await checkNamespace(request, input.metadata.name || input.metadata.generateName);
  const created = await resource.cluster.create(resource.type, input, options);
  await exchange.send(201, shown.object(created), shown.form);
}

/** Answers a PUT of an object, of its status or of its scale. */
export async function updateObject(request: ResourceRequest): Promise<void> {
  const { exchange, resource, path } = request;
  const { cluster, type } = resource;
  const options = writeOptions('UpdateOptions', exchange.query, userAgent(request));
  if (path.subresource === 'scale') return updateScale(request);
  if (path.subresource !== undefined && path.subresource !== 'status') throw notAllowed();
  const shown = representation(request);
  const input = await inputObject(request, 'UpdateOptions');
  if (input.metadata.name !== path.name) {
    throw new ClusterError(
      'BadRequest',
      `the name of the object (${input.metadata.name ?? ''}) does not match the name on the URL (${path.name})`,
    );
  }
  const { uid, resourceVersion } = input.metadata;
  const unconditional = !resourceVersion || resourceVersion === '0';
  if (uid || (unconditional && !isBuiltIn(type.group))) {
    const old = await existing(request);
    if (uid && old.metadata.uid !== uid) {
      const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
      const resourceName = type.group ? `${type.plural}.${type.group}` : type.plural;
      throw new ClusterError('Conflict', `Operation cannot be fulfilled on ${resourceName} "${path.name}": ${why}`);
    }
  }
  if (unconditional && !isBuiltIn(type.group)) throw versionRequired(type, path.name!);
  const write = path.subresource === 'status' ? cluster.updateStatus : cluster.update;
  await exchange.send(200, shown.object(await write.call(cluster, type, input, options)), shown.form);
}

async function updateScale(request: ResourceRequest): Promise<void> {
  const { exchange, resource, path, parts } = request;
  const form = exchange.accepts();
  const options = writeOptions('UpdateOptions', exchange.query, userAgent(request));
  const scale = await readObject(exchange, parts.protobuf);
  const replicas = replicasOf(scale, path.name ?? '');
  const { resourceVersion } = (scale['metadata'] ?? {}) as { resourceVersion?: string };
  const stored = await resource.cluster.patch(
    resource.type,
    path.namespace,
    path.name!,
    'merge',
    { spec: { replicas } },
    {
      ...options,
      subresource: 'scale',
      ...(resourceVersion ? { resourceVersion } : {}),
    },
  );
  await exchange.send(200, scaleOf(stored), form);
}

/** Answers a PATCH of an object, of its status or of its scale. */
export async function patchObject(request: ResourceRequest): Promise<void> {
  const { exchange, resource, path } = request;
  const { type, cluster } = resource;
  const { subresource } = path;
  if (subresource !== undefined && subresource !== 'status' && subresource !== 'scale') throw notAllowed();
  const patchType = PATCH_TYPES[exchange.contentType];
  const strategic = isBuiltIn(type.group);
  if (!patchType || (patchType === 'strategic' && !strategic)) {
    throw unsupported(Object.keys(PATCH_TYPES).filter((one) => strategic || PATCH_TYPES[one] !== 'strategic'));
  }
  const apply = patchType === 'apply';
  const force = forceOf(exchange.query, apply);
  if (apply) requireManager(exchange.query);
  const options = writeOptions('PatchOptions', exchange.query, userAgent(request));
  const shown = subresource === 'scale' ? undefined : representation(request);
  const form = shown?.form ?? exchange.accepts();
  const bytes = await exchange.body();
  const patch = apply ? parseYaml(bytes) : parseJson(bytes);
  const mode = fieldValidationOf('PatchOptions', exchange.query);
  if (subresource !== 'scale') exchange.warn(validatedPatch(type, mode, patch, apply ? undefined : bytes.toString('utf8')));
  const before = apply ? await cluster.get(type, path.namespace, path.name!) : undefined;
  if (apply && !before && subresource) throw notFound(request);
  if (apply && !before) await checkNamespace(request, path.name);
  const stored = await cluster.patch(type, path.namespace, path.name!, patchType, patch, {
    ...options,
    ...(subresource ? { subresource } : {}),
    ...(apply ? { force } : {}),
  });
  const code = apply && !before ? 201 : 200;
  await exchange.send(code, shown ? shown.object(stored) : scaleOf(stored), form);
}
