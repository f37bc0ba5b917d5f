import type { KubeObject, ResourceType } from '../../api';
import { badRequest } from './refusals';

const COMMON_FIELDS = ['metadata.name', 'metadata.namespace'];

/** Beside name and namespace, the fields by which the API server lets each kind be selected. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  nodes: [],
  namespaces: ['status.phase'],
  secrets: ['type'],
  replicasets: ['status.replicas'],
  services: ['spec.clusterIP', 'spec.type'],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'reason',
    'type',
  ],
};

/** As an API server says it: kinds of Kubernetes that have none but the two fields of all have a text of their own. */
function unsupported({ group, plural }: ResourceType, path: string): string {
  const custom = group.includes('.') && !group.endsWith('.k8s.io');
  if (custom || (group === '' && FIELDS[plural])) return `field label not supported: ${path}`;
  return `${JSON.stringify(path)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

const BUILT_IN_GROUPS = new Set(['', 'apps']);

function fieldText(object: KubeObject, path: string): string {
  let value: unknown = object;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return value === undefined || value === null ? '' : String(value);
}

/** Compiles `metadata.name=x,status.phase!=Running`. A field that the kind cannot be selected by is a BadRequest. */
export function parseFieldSelector(type: ResourceType, text: string | undefined): (object: KubeObject) => boolean {
  const known = [...COMMON_FIELDS, ...(BUILT_IN_GROUPS.has(type.group) ? (FIELDS[type.plural] ?? []) : [])];
  const terms = (text ?? '')
    .split(',')
    .filter((term) => term.trim() !== '')
    .map((term) => {
      const parsed = /^\s*([^=!]+?)\s*(==|=|!=)\s*(.*?)\s*$/.exec(term);
      if (!parsed) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
      const [, path, operator, wanted] = parsed as unknown as [string, string, string, string];
      if (!known.includes(path)) throw badRequest(unsupported(type, path));
      return { path, equal: operator !== '!=', wanted };
    });
  return (object) => terms.every(({ path, equal, wanted }) => (fieldText(object, path) === wanted) === equal);
}
