import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { type Attributes, CesqlError, compileCesql, type Result, type Value } from '../../../../lib/expr/cesql';

/** The suite that cloudevents/spec publishes; elsewhere it is named by CESQL_TCK. */
const folder = process.env['CESQL_TCK'] ?? path.join(__dirname, '../../../../../shared/cesql-tck');

interface Case {
  readonly name: string;
  readonly expression: string;
  readonly result?: Value;
  readonly error?: string;
  readonly event?: Attributes;
  readonly eventOverrides?: Attributes;
}

const EVENT: Attributes = { specversion: '1.0', id: 'an-id', source: '/a/source', type: 'a.type' };

function evaluate(expression: string, event: Attributes): Result {
  try {
    return compileCesql(expression)(event);
  } catch (error) {
    if (!(error instanceof CesqlError)) throw error;
    return { value: false, error };
  }
}

const suites = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.yaml')) : [];
const name = 'the published conformance cases of CloudEvents SQL';
if (suites.length === 0) {
  test.skip(`${name} (not found beside the project; name their folder in CESQL_TCK)`, () => {});
} else {
  describe.each(suites)(`${name}: %s`, (file) => {
    // YAML 1.1 would read more words as booleans than the suite means.
    const { tests } = parse(readFileSync(path.join(folder, file), 'utf8')) as { tests: Case[] };

    test.each(tests)('$name: $expression', ({ expression, result, error, event, eventOverrides }) => {
      const actual = evaluate(String(expression), event ?? { ...EVENT, ...eventOverrides });
      expect(actual.error?.kind).toBe(error);
      if (result !== undefined) expect(actual.value).toEqual(typeof actual.value === 'boolean' ? toBoolean(result) : result);
    });
  });
}

/** One case of the suite writes FALSE. */
const toBoolean = (value: Value): Value => (value === 'FALSE' ? false : value === 'TRUE' ? true : value);
