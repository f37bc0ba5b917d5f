import { type Clock, errorMessage, type Log } from '../../base';
import { LOG_LEVELS, type LogLevel } from './log-level';

type Fields = Readonly<Record<string, unknown>>;

export interface JsonLogOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Gets one line with its end. */
  readonly write: (line: string) => void;
  /** What is less than this is not written. @default 'info' */
  readonly level?: LogLevel;
}

/** A log as a JSON object a line: `time` (RFC 3339), `level`, `msg`, then the fields. */
export class JsonLog implements Log {
  readonly #least: number;

  constructor(private readonly options: JsonLogOptions) {
    this.#least = LOG_LEVELS.indexOf(options.level ?? 'info');
  }

  debug(message: string, fields?: Fields): void {
    this.#write('debug', message, fields);
  }

  info(message: string, fields?: Fields): void {
    this.#write('info', message, fields);
  }

  warn(message: string, fields?: Fields): void {
    this.#write('warn', message, fields);
  }

  error(message: string, fields?: Fields): void {
    this.#write('error', message, fields);
  }

  #write(level: LogLevel, msg: string, fields: Fields | undefined): void {
    if (LOG_LEVELS.indexOf(level) < this.#least) return;
    const time = new Date(this.options.clock.now()).toISOString();
    this.options.write(`${JSON.stringify({ time, level, msg, ...fields }, readable)}\n`);
  }
}

/** What JSON would leave out, or refuse. */
function readable(_key: string, value: unknown): unknown {
  if (value instanceof Error) return errorMessage(value);
  return typeof value === 'bigint' ? String(value) : value;
}
