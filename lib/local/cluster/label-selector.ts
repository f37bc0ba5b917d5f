import type { LabelSelector } from '../../api';
import { badRequest } from './refusals';

export type Labels = Readonly<Record<string, string>> | undefined;

/** Tells whether labels satisfy a selector. */
export type LabelMatcher = (labels: Labels) => boolean;

const KEY = String.raw`(?:[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?`;
const VALUE = `(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?`;
const ABSENT = new RegExp(`^!\\s*(${KEY})$`);
const PRESENT = new RegExp(`^(${KEY})$`);
const COMPARED = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`);
const ORDERED = new RegExp(`^(${KEY})\\s*([<>])\\s*(-?\\d+)$`);
const IN_SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const ONE_VALUE = new RegExp(`^${VALUE}$`);

const value = (labels: Labels, key: string): string | undefined =>
  labels && Object.hasOwn(labels, key) ? labels[key] : undefined;

/** Compiles `key=value,key in (a,b),!other`: Kubernetes' label selector syntax. The empty selector matches everything. */
export function parseLabelSelector(text: string | undefined): LabelMatcher {
  const requirements = splitRequirements(text ?? '').map(parseRequirement);
  return (labels) => requirements.every((matches) => matches(labels));
}

/** Compiles the structured selector of a Deployment or ReplicaSet. The empty selector matches everything. */
export function labelMatcher(selector: LabelSelector): LabelMatcher {
  const equal = Object.entries(selector.matchLabels ?? {});
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }): LabelMatcher => {
    if (operator === 'Exists') return (labels) => value(labels, key) !== undefined;
    if (operator === 'DoesNotExist') return (labels) => value(labels, key) === undefined;
    return inSet(key, values, operator === 'In');
  });
  return (labels) => equal.every(([key, wanted]) => value(labels, key) === wanted) && expressions.every((e) => e(labels));
}

/** Splits at commas outside parentheses. */
function splitRequirements(text: string): string[] {
  if (text.trim() === '') return [];
  const parts: string[] = [];
  let start = 0;
  let inside = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '(') inside = true;
    else if (character === ')') inside = false;
    else if (character === ',' && !inside) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  return [...parts, text.slice(start).trim()];
}

/** As Kubernetes has it, `notin` and `!=` also match objects without the label. */
function inSet(key: string, values: readonly string[], wanted: boolean): LabelMatcher {
  const set = new Set(values);
  return (labels) => {
    const found = value(labels, key);
    return wanted ? found !== undefined && set.has(found) : found === undefined || !set.has(found);
  };
}

function parseRequirement(text: string): LabelMatcher {
  const absent = ABSENT.exec(text);
  if (absent) return (labels) => value(labels, absent[1]!) === undefined;
  const present = PRESENT.exec(text);
  if (present) return (labels) => value(labels, present[1]!) !== undefined;
  const compared = COMPARED.exec(text);
  if (compared) return inSet(compared[1]!, [compared[3]!], compared[2] !== '!=');
  const listed = IN_SET.exec(text);
  if (listed) {
    const values = listed[3]!.split(',').map((one) => one.trim());
    if (values.every((one) => ONE_VALUE.test(one))) return inSet(listed[1]!, values, listed[2] === 'in');
  }
  const ordered = ORDERED.exec(text);
  if (!ordered) throw badRequest(`unable to parse requirement: ${JSON.stringify(text)}`);
  const bound = Number(ordered[3]);
  return (labels) => {
    const found = value(labels, ordered[1]!);
    if (found === undefined || !/^-?\d+$/.test(found)) return false;
    return ordered[2] === '<' ? Number(found) < bound : Number(found) > bound;
  };
}
