import type { FieldError } from '../../lib/base';
import type { ModelObject, Service } from './api-types';

/** A label of a host name, and with it the names of Services and revisions, ends here. */
const LABEL_LIMIT = 63;
/** What Knative appends to a configuration's name to name its revisions. */
const GENERATED_SUFFIX = '-00001';
/** Services that Kubernetes itself makes; a route of that name would claim them. */
const RESERVED = new Map([['default', new Set(['kubernetes'])]]);

/** What is wrong with the final names of an object and of what Knative will name after them. */
export function nameProblems(object: ModelObject): FieldError[] {
  const { name = '', namespace = 'default' } = object.metadata ?? {};
  const tooLong = (what: string, made: string, path: string): FieldError[] =>
    made.length <= LABEL_LIMIT
      ? []
      : [
          {
            message: `${what} "${made}" is ${made.length} characters long, ${LABEL_LIMIT} are allowed`,
            paths: [path],
            remedy: `Shorten the name of the service, ${name.length} characters, by ${made.length - LABEL_LIMIT} or more.`,
          },
        ];
  const spec = object.spec as Partial<Service['spec']> | undefined;
  const generated = object.kind === 'Service' && spec?.template?.metadata?.name === undefined;
  const tags = (spec?.traffic ?? []).flatMap(({ tag }, i) => (tag ? [[tag, i] as const] : []));
  return [
    ...(generated ? tooLong('the name of its revisions', name + GENERATED_SUFFIX, 'metadata.name') : []),
    ...tags.flatMap(([tag, i]) => tooLong('the host of the tag', `${tag}-${name}`, `spec.traffic[${i}].tag`)),
    ...(RESERVED.get(namespace)?.has(name)
      ? [
          {
            message: `"${name}" is the name of a Service of Kubernetes itself`,
            paths: ['metadata.name'],
            remedy: 'Choose another name or namespace.',
          },
        ]
      : []),
  ];
}

/** True if the name has the form in which Knative names revisions and their Services: `hello-00001`. */
export function isRevisionLike(name: string | undefined): boolean {
  return /-\d{5}(-private)?$/.test(name ?? '');
}
