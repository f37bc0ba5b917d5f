import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { KncError } from '../../base';
import { CesqlError, type CesqlErrorKind, compileCesql } from '../../expr/cesql';
import { compileData, DataExpressionError } from '../../expr/data';
import type { FilterEvent } from '../../expr/filter';
import type { Invocation } from '../command-spec';
import { exitCodes } from '../exit-codes';
import { parseEvent } from '../filter/event-file';
import type { Io } from '../io';
import { UsageError } from '../usage-error';

/** What an expression says of an event. A trigger with it lets the event pass if `matches`. */
interface Answer {
  readonly matches: boolean;
  readonly value: unknown;
  readonly error: CesqlErrorKind | null;
}

/** An answer, and what failed in words. */
interface Trial {
  readonly answer: Answer;
  readonly message?: string;
}

/** Tries a filter expression on an event. */
export async function run({ options }: Invocation, io: Io): Promise<number> {
  const { cesql, data, event: file } = options as { readonly cesql?: string; readonly data?: string; readonly event?: string };
  if ((cesql === undefined) === (data === undefined)) throw new UsageError('give one expression: --cesql or --data');
  if (file === undefined) throw new UsageError('give an event: --event FILE, or --event - for standard input');
  const event = parseEvent(await read(file, io), file === '-' ? 'the event' : file);
  const { answer, message } = cesql === undefined ? tryData(data!, event) : tryCesql(cesql, event);
  io.stdout.write(`${JSON.stringify(answer, (_key, value) => (typeof value === 'bigint' ? Number(value) : value))}\n`);
  if (message !== undefined) io.stderr.write(`${message}\n`);
  return exitCodes.ok;
}

async function read(file: string, io: Io): Promise<string> {
  if (file === '-') return io.readStdin();
  try {
    return await readFile(path.resolve(io.cwd, file), 'utf8');
  } catch (error) {
    const remedy = 'Give a file that holds an event, or - for standard input.';
    throw new KncError('KNC4001', `It cannot be read: ${(error as NodeJS.ErrnoException).code}`, { where: file, remedy });
  }
}

function tryCesql(expression: string, event: FilterEvent): Trial {
  try {
    const { value, error } = compileCesql(expression)(event.attributes);
    return error ? failed(error.kind, error.message, value) : { answer: { matches: value === true, value, error: null } };
  } catch (error) {
    if (error instanceof CesqlError) return failed(error.kind, error.message);
    throw error;
  }
}

function tryData(expression: string, event: FilterEvent): Trial {
  try {
    const evaluate = compileData(expression);
    const json = event.json();
    if (json === undefined) return failed('generic', 'the event has no JSON data');
    const { value, error } = evaluate(json, event.attributes);
    return error === undefined ? { answer: { matches: value === true, value, error: null } } : failed('generic', error);
  } catch (error) {
    if (error instanceof DataExpressionError) return failed('parse', error.message);
    throw error;
  }
}

function failed(error: CesqlErrorKind, message: string, value: unknown = false): Trial {
  return { answer: { matches: false, value, error }, message };
}
