import { Document, isScalar, Scalar, type Tags, visit } from 'yaml';
import type { KubeObject } from '../../api';

const MERGE = 'tag:yaml.org,2002:merge';

/** Nothing printed is a merge: a field that is called `<<` is only that, and is quoted for it. */
const withoutMerge = (tags: Tags): Tags =>
  tags.filter((tag) => tag !== 'merge' && (typeof tag === 'string' || tag.tag !== MERGE));

function printed(object: KubeObject): string {
  const document = new Document(object, { version: '1.1', customTags: withoutMerge, aliasDuplicateObjects: false });
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && key.value === '<<') key.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Objects as one YAML stream that Kubernetes' parser reads as they are: strings that it would take for something else are quoted. */
export function printYaml(objects: readonly KubeObject[]): string {
  return objects.map(printed).join('---\n');
}

/** Objects as one List in JSON, which `kubectl apply` reads too. */
export function printJson(objects: readonly KubeObject[]): string {
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }, null, 2)}\n`;
}
