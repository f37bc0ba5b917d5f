import { type FieldError, generic, invalidKeyName, invalidValue, isJsonObject, via, withRemedy } from '../../base';
import { nearest } from '../schema/near-miss';
import { cesqlProblem, dataProblem } from './expressions';

const ATTRIBUTES = ['exact', 'prefix', 'suffix'] as const;
const LISTS = ['all', 'any'] as const;
const TEXTS = ['cesql', 'data'] as const;
const DIALECTS: readonly string[] = [...ATTRIBUTES, ...LISTS, 'not', ...TEXTS];

/** How deep filters may stand in one another. */
const DEEPEST = 30;

const NAME = /^[a-z][a-z0-9]*$/;
const NAME_RULE = 'Attribute name must start with a letter and can only contain lowercase alphanumeric';

/** The names of attributes that a filter looks at. */
export function attributeNameErrors(attributes: Readonly<Record<string, unknown>> = {}): FieldError[] {
  return Object.keys(attributes)
    .filter((name) => !NAME.test(name))
    .map((name) => invalidKeyName(name, `[${name}]`, NAME_RULE));
}

const isSet = (value: unknown): boolean => {
  if (value === undefined || value === null || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isJsonObject(value) || Object.keys(value).length > 0;
};

function wrongType(value: unknown, path: string, wanted: string): FieldError {
  return invalidValue(value, path, `must be of type ${wanted}, not ${Array.isArray(value) ? 'array' : typeof value}`);
}

function mapErrors(value: unknown, dialect: string): FieldError[] {
  if (value === undefined || value === null) return [];
  if (!isJsonObject(value)) return [wrongType(value, dialect, 'object')];
  const wrong = Object.entries(value).filter(([, text]) => typeof text !== 'string');
  return via(dialect, [
    ...attributeNameErrors(value),
    ...wrong.map(([name, text]) => withRemedy(wrongType(text, name, 'string'), `Put it in quotes: "${String(text)}".`)),
  ]);
}

function textErrors(value: unknown, dialect: 'cesql' | 'data'): FieldError[] {
  if (value === undefined || value === null || value === '') return [];
  if (typeof value !== 'string') return [wrongType(value, dialect, 'string')];
  const problem = dialect === 'cesql' ? cesqlProblem(value) : dataProblem(value);
  return problem === undefined ? [] : [invalidValue(value, dialect, problem)];
}

function oneFilter(filter: unknown, depth: number): FieldError[] {
  if (!isJsonObject(filter)) return [wrongType(filter, '', 'object')];
  if (depth > DEEPEST) return [generic(`filters may stand ${DEEPEST} deep in one another`)];
  const unknown = Object.keys(filter).filter((key) => !DIALECTS.includes(key));
  const used = DIALECTS.filter((dialect) => (dialect === 'not' ? filter[dialect] != null : isSet(filter[dialect])));
  const { not } = filter;
  return [
    ...unknown.map((key) => {
      const error = generic(`unknown filter dialect ${JSON.stringify(key)}`, key);
      const meant = nearest(key, DIALECTS);
      return withRemedy(error, meant ? `Did you mean "${meant}"?` : `The dialects are ${DIALECTS.join(', ')}.`);
    }),
    ...(used.length > 1
      ? [
          withRemedy(
            generic('multiple dialects found, filters can have only one dialect set'),
            `Write ${used.join(' and ')} as two filters: all of a list must match.`,
          ),
        ]
      : []),
    ...ATTRIBUTES.flatMap((dialect) => mapErrors(filter[dialect], dialect)),
    ...LISTS.flatMap((dialect) => via(dialect, listErrors(filter[dialect], depth + 1))),
    ...(not === undefined || not === null ? [] : via('not', oneFilter(not, depth + 1))),
    ...TEXTS.flatMap((dialect) => textErrors(filter[dialect], dialect)),
  ];
}

function listErrors(filters: unknown, depth: number): FieldError[] {
  if (filters === undefined || filters === null) return [];
  if (!Array.isArray(filters)) return [wrongType(filters, '', 'array')];
  return filters.flatMap((filter, i) => via(`[${i}]`, oneFilter(filter, depth)));
}

/** What is wrong with a list of filters, expressions included; the errors' path is that of the list. */
export function filterErrors(filters: readonly unknown[] | undefined): FieldError[] {
  return listErrors(filters, 0);
}
