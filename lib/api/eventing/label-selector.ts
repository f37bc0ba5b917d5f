import { type FieldError, invalidValue, via } from '../../base';
import type { LabelSelector } from '../generated/types';

/** What is wrong with a label selector; the errors' path is that of the selector. */
export function selectorErrors(selector: LabelSelector | undefined): FieldError[] {
  return (selector?.matchExpressions ?? []).flatMap(({ operator, values = [] }, i) => {
    const path = `matchExpressions[${i}]`;
    switch (operator) {
      case 'In':
      case 'NotIn':
        return values.length > 0
          ? []
          : via(path, [
              invalidValue("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty", 'values'),
            ]);
      case 'Exists':
      case 'DoesNotExist':
        return values.length === 0
          ? []
          : via(path, [invalidValue('values: Invalid value: values set must be empty for exists and does not exist', 'values')]);
      default:
        return via(path, [invalidValue(`${JSON.stringify(operator)} is not a valid label selector operator`, 'operator')]);
    }
  });
}

/** Whether labels satisfy a selector. The empty selector matches everything. */
export function selectorMatches(selector: LabelSelector, labels: Readonly<Record<string, string>> = {}): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, wanted]) => Object.hasOwn(labels, key) && labels[key] === wanted) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const present = Object.hasOwn(labels, key);
      if (operator === 'Exists') return present;
      if (operator === 'DoesNotExist') return !present;
      // As Kubernetes has it, NotIn also matches objects without the label.
      return (present && values.includes(labels[key]!)) === (operator === 'In');
    })
  );
}
