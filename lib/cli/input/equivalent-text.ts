import type { Equivalent, KubeObject } from '../../api';
import { printYaml } from './print-yaml';

/** How an object of an old kind is refused: with what it is written as today, as YAML. */
export interface EquivalentText {
  readonly message: string;
  readonly details: string;
  readonly remedy: string;
}

/** The words for an object of an old kind and its equivalent. */
export function equivalentText({ apiVersion, kind }: KubeObject, { objects, note }: Equivalent): EquivalentText {
  const kinds = [...new Set(objects.map((object) => `${object.kind} of ${object.apiVersion}`))].join(', ');
  return {
    message: `kind ${JSON.stringify(kind)} of ${apiVersion} is no longer there: today it is ${kinds}`,
    details: printYaml(objects).trimEnd(),
    remedy: `Write that instead${note ? `; ${note}` : ''}. docs/glossary.md has the words of today for the old ones.`,
  };
}
