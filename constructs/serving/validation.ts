import { ApiObject } from 'cdk8s';
import type { IConstruct, IValidation } from 'constructs';
import type { EventingFeatures, KubeObject } from '../../lib/api';
import {
  declaredFeatures,
  FEATURES_MAP,
  findingLine,
  findings,
  type ModelObject,
  type Problem,
  type WarningRule,
} from '../model';
import type { KnObject } from './kn-object';

/** What is validated: the object, how it was before escape hatches, and what was wrong with the props. */
export interface Validated<T extends ModelObject> {
  readonly apiObject: KnObject<T>;
  readonly unpatched: () => T;
  readonly problems: () => readonly Problem[];
  readonly silence: readonly WarningRule[];
}

/** The features of Knative Eventing as the app sets them. */
function featuresIn(root: IConstruct): EventingFeatures | undefined {
  const maps = root.node.findAll().filter((one): one is ApiObject => ApiObject.isApiObject(one) && one.name === FEATURES_MAP);
  return declaredFeatures(maps.map((map) => map.toJson() as KubeObject));
}

/**
 * Validates the final object at synthesis. Errors refuse it, one line each, together with those of every other construct
 * of the app. Warnings go to `process.emitWarning` with code KNC1101, once each.
 */
export function objectValidation<T extends ModelObject>({ apiObject, unpatched, problems, silence }: Validated<T>): IValidation {
  const warned = new Set<string>();
  return {
    validate() {
      let object: T;
      try {
        object = apiObject.toJson();
      } catch (error) {
        return [findingLine('KNC1001', { message: (error as Error).message, paths: [] })];
      }
      const features = () => featuresIn(apiObject.node.root);
      const found = findings(object, problems(), apiObject.patched ? unpatched() : undefined, features);
      for (const warning of found.warnings) {
        const line = `[${apiObject.node.scope?.node.path}] ${findingLine('KNC1101', warning)} (silence: '${warning.rule}')`;
        if (silence.includes(warning.rule) || warned.has(line)) continue;
        warned.add(line);
        process.emitWarning(line, { type: 'KnativeWarning', code: 'KNC1101' });
      }
      return found.errors.map((error) => findingLine('KNC1001', error));
    },
  };
}
