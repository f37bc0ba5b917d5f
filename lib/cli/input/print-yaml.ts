import { stringify } from 'yaml';
import type { KubeObject } from '../../api';

/** Objects as one YAML stream that Kubernetes' parser reads as they are: strings that it would take for something else are quoted. */
export function printYaml(objects: readonly KubeObject[]): string {
  return objects.map((object) => stringify(object, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
}

/** Objects as one List in JSON, which `kubectl apply` reads too. */
export function printJson(objects: readonly KubeObject[]): string {
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }, null, 2)}\n`;
}
