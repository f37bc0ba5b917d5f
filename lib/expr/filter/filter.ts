import { type Attributes, CesqlError, compileCesql } from '../cesql';
import { compileData, DataExpressionError } from '../data';

/** What a filter sees of an event. */
export interface FilterEvent {
  readonly attributes: Attributes;
  /** The data as JSON, undefined if it is none; asked for only by filters over data, as reading it costs. */
  json(): unknown;
}

/**
 * One filter of a Trigger: exactly one dialect each (CloudEvents Subscriptions 3.2.4). `data` is this package's own: a CEL
 * expression over the event's JSON data.
 */
export interface FilterSpec {
  readonly exact?: Readonly<Record<string, string>>;
  readonly prefix?: Readonly<Record<string, string>>;
  readonly suffix?: Readonly<Record<string, string>>;
  readonly all?: readonly FilterSpec[];
  readonly any?: readonly FilterSpec[];
  readonly not?: FilterSpec;
  readonly cesql?: string;
  readonly data?: string;
}

/** Kinds of failed evaluation; those of CloudEvents SQL by their own names. */
export interface FilterFault {
  readonly dialect: 'cesql' | 'data';
  readonly expression: string;
  readonly kind: string;
  readonly message: string;
}

/** Whether an event passes, and what failed on the way: a filter that fails is no match. */
export interface Verdict {
  readonly matches: boolean;
  readonly faults: readonly FilterFault[];
}

type Test = (event: FilterEvent, faults: FilterFault[]) => boolean;

const NO_FAULTS: readonly FilterFault[] = [];

/** Attributes that an event may lack and that still count as present and empty, as upstream reads them. */
const EMPTY_IF_ABSENT = new Set(['subject', 'dataschema']);

/** The value of an attribute as filters compare it, or undefined if the event lacks it. */
export function comparable(attributes: Attributes, name: string): string | undefined {
  if (Object.hasOwn(attributes, name)) return String(attributes[name]);
  return EMPTY_IF_ABSENT.has(name) ? '' : undefined;
}

/** Compiles filters of which all must match; none at all lets every event pass. Expressions that do not parse never match. */
export function compileFilters(specs: readonly FilterSpec[]): (event: FilterEvent) => Verdict {
  const test = all(specs);
  return (event) => {
    const faults: FilterFault[] = [];
    const matches = test(event, faults);
    return { matches, faults: faults.length > 0 ? faults : NO_FAULTS };
  };
}

function compile(spec: FilterSpec): Test {
  if (spec.exact) return attributes(spec.exact, (value, wanted) => value === wanted);
  if (spec.prefix) return attributes(spec.prefix, (value, wanted) => value.startsWith(wanted));
  if (spec.suffix) return attributes(spec.suffix, (value, wanted) => value.endsWith(wanted));
  if (spec.all) return all(spec.all);
  if (spec.any) return any(spec.any);
  if (spec.not) return not(compile(spec.not));
  if (spec.cesql !== undefined) return cesql(spec.cesql);
  if (spec.data !== undefined) return data(spec.data);
  return () => true;
}

function attributes(wanted: Readonly<Record<string, string>>, fits: (value: string, wanted: string) => boolean): Test {
  const entries = Object.entries(wanted);
  return ({ attributes }) =>
    entries.every(([name, text]) => {
      const value = comparable(attributes, name);
      return value !== undefined && fits(value, text);
    });
}

function all(specs: readonly FilterSpec[]): Test {
  const tests = specs.map(compile);
  return (event, faults) => tests.every((test) => test(event, faults));
}

function any(specs: readonly FilterSpec[]): Test {
  const tests = specs.map(compile);
  return (event, faults) => tests.some((test) => test(event, faults));
}

function not(test: Test): Test {
  return (event, faults) => !test(event, faults);
}

function cesql(expression: string): Test {
  const fault = (error: CesqlError): FilterFault => ({ dialect: 'cesql', expression, kind: error.kind, message: error.message });
  try {
    const evaluate = compileCesql(expression);
    return (event, faults) => {
      const { value, error } = evaluate(event.attributes);
      if (error) faults.push(fault(error));
      return !error && value === true;
    };
  } catch (error) {
    if (!(error instanceof CesqlError)) throw error;
    return failing(fault(error));
  }
}

function data(expression: string): Test {
  const fault = (kind: string, message: string): FilterFault => ({ dialect: 'data', expression, kind, message });
  try {
    const evaluate = compileData(expression);
    const noJson = fault('data', 'the event has no JSON data');
    return (event, faults) => {
      const json = event.json();
      const { value, error } = json === undefined ? { error: noJson.message } : evaluate(json, event.attributes);
      if (error !== undefined) faults.push(json === undefined ? noJson : fault('evaluation', error));
      return error === undefined && value === true;
    };
  } catch (error) {
    if (!(error instanceof DataExpressionError)) throw error;
    return failing(fault('parse', error.message));
  }
}

function failing(fault: FilterFault): Test {
  return (_event, faults) => {
    faults.push(fault);
    return false;
  };
}
