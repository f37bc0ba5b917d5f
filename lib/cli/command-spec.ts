import type { Io } from './io';

export type OptionValue = string | number | boolean | readonly string[] | undefined;

/** What was typed after a command's name. */
export interface Invocation {
  readonly args: readonly string[];
  /** By the option's long name in camel case: `inheritEnv`. */
  readonly options: Readonly<Record<string, OptionValue>>;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly description: string;
  readonly variadic?: boolean;
  /** It may be left out, or the command says itself when it is missing. @default false */
  readonly optional?: boolean;
  /** What stands for it if it is left out. */
  readonly default?: string;
  /** The only values there are. */
  readonly choices?: readonly string[];
}

export interface OptionSpec {
  /** `-o, --output <dir>`. */
  readonly flags: string;
  readonly description: string;
  /** How the value is read. @default 'string', or a boolean where `flags` names no value */
  readonly type?: 'port' | 'path' | 'list';
  /** The only values there are. */
  readonly choices?: readonly string[];
  /** Values that shells offer beside what else it may be. */
  readonly suggests?: readonly string[];
}

/** Loaded only when its command runs, so that `knc --help` starts at once. */
export interface CommandModule {
  /** Returns the exit code. */
  run(invocation: Invocation, io: Io): Promise<number>;
}

/** One command as data: help, parsing and shell completion all read this. */
export interface CommandSpec {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What it does in a few sentences. */
  readonly description: string;
  readonly examples: readonly { readonly command: string; readonly explains: string }[];
  readonly args: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  /** With `--json` it prints a line for each event, errors among them, instead of one document. @default false */
  readonly eventLines?: boolean;
  /** What exit codes mean here, where they mean more than everywhere. */
  readonly exitCodes?: Readonly<Partial<Record<number, string>>>;
}

/** The long name of an option: `--output`. */
export function longFlag(option: OptionSpec): string {
  return option.flags.match(/--[a-z-]+/)![0];
}

/** The name of an option's value as in `<dir>`, or undefined for a switch. */
export function valueName(option: OptionSpec): string | undefined {
  return option.flags.match(/<([^>]+)>/)?.[1];
}
