import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { KubeObject } from '../../lib/api';
import { EventGraph, findingLine, type GraphObject, graphFindings, identityOf } from '../model';
import { silenceOf } from './silence';

/** Marks a root whose graph is checked already; shared by all copies of this package. */
const CHECKED = Symbol.for('knative-constructs.event-graph');

/** What stands for an object that is there already. */
interface Existing {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

function isExisting(construct: IConstruct): construct is IConstruct & Existing {
  const { apiVersion, kind, name } = construct as IConstruct & Partial<Existing>;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof name === 'string';
}

/** The object, if it can be made; what cannot is refused by its own validation. */
function synthesized(apiObject: ApiObject): KubeObject | undefined {
  try {
    return apiObject.toJson() as KubeObject;
  } catch {
    return undefined;
  }
}

/** The objects of an app, with what it says of others that are there already. */
function graphOf(root: IConstruct): EventGraph {
  const constructs = root.node.findAll();
  const objects = constructs.filter(ApiObject.isApiObject).flatMap((apiObject): GraphObject[] => {
    const object = synthesized(apiObject);
    const owner = apiObject.node.scope;
    return object ? [{ object, path: (owner ?? apiObject).node.path, silence: silenceOf(owner) }] : [];
  });
  const existing = constructs
    .filter((construct) => !ApiObject.isApiObject(construct))
    .filter(isExisting)
    .map(({ apiVersion, kind, name, namespace = '' }) => identityOf(apiVersion, kind, namespace, name));
  return new EventGraph(objects, new Set(existing));
}

/** Has the way of events through an app checked when it is synthesized: once for all of its constructs. */
export function checkGraph(root: IConstruct): void {
  if (CHECKED in root) return;
  Object.defineProperty(root, CHECKED, { value: true });
  const warned = new Set<string>();
  root.node.addValidation({
    validate() {
      for (const { owner, rule, error } of graphFindings(graphOf(root))) {
        const line = `[${owner.path}] ${findingLine('KNC1101', error)} (silence: '${rule}')`;
        if (warned.has(line)) continue;
        warned.add(line);
        process.emitWarning(line, { type: 'KnativeWarning', code: 'KNC1101' });
      }
      return [];
    },
  });
}
